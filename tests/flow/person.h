/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_PERSON_H
#define GARASU_FLOW_PERSON_H

#include "harness.h"

/* The person at the web viewer, one at a time: a real browser, in which page/page.mjs does what a
 * person does. The browser is one for all tests of a program. */

void person_start(const struct flow_broker *broker);
void person_stop(void);

/* The program's group teardown. */
int person_finish(void **state);

/* Has one step done: its name and, for some, a word. */
void person_does(const char *step);

#endif
