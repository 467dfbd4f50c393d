/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_HEADLESS_H
#define VIEWER_HEADLESS_H

#include "options.h"

/* Runs a session without a window: takes one shot of the resting picture, or follows a script.
 * Fills outcome. */
void headless_run(const struct options *options, struct outcome *outcome);

#endif
