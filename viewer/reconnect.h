/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_RECONNECT_H
#define VIEWER_RECONNECT_H

#include "words.h"

#include <stdbool.h>

/* Whether to connect again without being asked, and when. Pure. */

/* True if what happened may pass by itself; a final state waits for the user. */
bool reconnect_is_useful(const struct outcome *outcome);

/* Returns milliseconds to wait before try number `tries` (1: the first after a loss): at most half
 * a second, doubling up to half a minute, after what a busy server asks for. chance is any number:
 * by it, desks that lost the server at once come back one after the other. */
uint32_t reconnect_delay_ms(const struct outcome *outcome, uint32_t tries, uint32_t chance);

#endif
