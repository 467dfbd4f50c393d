/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_LAUNCHER_MEMBERS_H
#define GARASU_LAUNCHER_MEMBERS_H

#include <stdint.h>

/* Sends a signal (0: none) to every process of the control group in this directory, and to no other
 * process. Returns how many processes the group had. */
uint32_t members_signal(const char *directory, int signal_number);

#endif
