/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_WATCH_H
#define LOAD_WATCH_H

#include "options.h"

/* Measures processes alone, without a connection. Returns the exit code. */
int watch_run(const struct options *options);

#endif
