/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_WINDOW_H
#define VIEWER_WINDOW_H

#include "options.h"

/* Runs sessions in a window until the user closes it, and connects again where that may help. Asks
 * for the password if it is empty, and again if the server refuses it. Fills outcome. */
void window_run(const struct options *options, struct password *password, struct outcome *outcome);

#endif
