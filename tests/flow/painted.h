/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_PAINTED_H
#define GARASU_FLOW_PAINTED_H

#include "harness.h"

#include "pattern.h"

/* A session of the painter's pages: what its viewer shows is compared with what was drawn. */

#define PAINTED_WIDTH 1280u
#define PAINTED_HEIGHT 800u
#define PAINTED_HOST "http://painter/"
#define PAINTED_NOTCH_PIXELS 60u /* of a turned wheel */

struct painted {
	struct flow_broker broker;
	struct flow_viewer viewer;
	struct pattern page; /* that stands */
};

/* Starts all of it, on a page of one colour. */
void painted_start(struct painted *painted);

/* Opens a page, waits for it and compares each pixel. Returns the bytes received for it. */
unsigned long painted_open(struct painted *painted, const char *address);

/* Turns the wheel one notch down (1) or up (-1) and does the same. */
unsigned long painted_turn(struct painted *painted, int direction);

#endif
