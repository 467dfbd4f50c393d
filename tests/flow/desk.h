/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_DESK_H
#define GARASU_FLOW_DESK_H

#include "harness.h"

/*
 * A desk: an X server with the viewer's window on it, and a user who is not root. Everything of the
 * desk has its home in the broker's directory.
 */

struct desk {
	struct flow_broker *broker;
	struct flow_child display, window;
};

struct desk_place {
	char id[32]; /* the window's number */
	int x, y, width, height;
};

void desk_start(struct desk *desk, struct flow_broker *broker);
void desk_stop(struct desk *desk);

/* Fills path with a file's in the home. */
void desk_file(const struct desk *desk, char path[128], const char *name);

/* Starts a program as the desk's user; its words are ended by NULL. */
void desk_child(struct desk *desk, struct flow_child *child, char *const *words);

/* Opens the viewer in a window of 800 x 600 pixels of picture; address may be NULL. */
void desk_open(struct desk *desk, const char *password, const char *address);
/* Accepts one that was never opened. */
void desk_close(struct desk *desk);

void desk_find(const struct desk *desk, struct desk_place *place);
void desk_focus(const struct desk *desk);
/* At a place of the window. */
void desk_click(const struct desk *desk, int x, int y);

/* Takes screenshots until the pixel of the window has the colour; negative counts from the end. */
void desk_wait_colour(const struct desk *desk, int inner_x, int inner_y, const char *colour);

/* Runs a program to its end; fills output, or not when size is 0. */
void desk_run(char *output, size_t size, char *const *words);
#define DESK_RUN(...) desk_run(NULL, 0, (char *[]){__VA_ARGS__, NULL})

#endif
