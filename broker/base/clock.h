/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_BASE_CLOCK_H
#define GARASU_BASE_CLOCK_H

#include <stdint.h>

/* Monotonic time, for intervals. */
uint64_t garasu_clock_ms(void);
uint64_t garasu_clock_us(void);

/* Time of day in milliseconds since 1970, for records. */
uint64_t garasu_clock_unix_ms(void);

/* CPU time of this process in microseconds. */
uint64_t garasu_clock_cpu_us(void);

#endif
