/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_LATENCY_H
#define LOAD_LATENCY_H

#include "options.h"

/* Measures one session: keys and notches one at a time. Returns the exit code. */
int latency_run(const struct options *options);

#endif
