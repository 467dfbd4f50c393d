/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_HELD_H
#define GARASU_FLOW_HELD_H

#include "harness.h"

/* Authenticators that wait until they are told to go on, by tests/puppets/held.c. */

/* Before the broker starts. */
void flow_held_place(const char *directory);

/* From now on new ones wait, or no longer; with is_held, none is there from before. */
void flow_held_set(struct flow_broker *broker, int is_held);

/* Waits for the state letter of /proc/PID/stat: T is stopped, Z has ended and is not reaped. */
void flow_held_wait(pid_t pid, char letter);

#endif
