/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clocks in use. */

#include "base/clock.h"

#include <time.h>

static uint64_t read_us(clockid_t clock)
{
	struct timespec now = {0};

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

uint64_t garasu_clock_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

uint64_t garasu_clock_ms(void)
{
	return read_us(CLOCK_MONOTONIC) / 1000u;
}

uint64_t garasu_clock_unix_ms(void)
{
	return read_us(CLOCK_REALTIME) / 1000u;
}

uint64_t garasu_clock_cpu_us(void)
{
	return read_us(CLOCK_PROCESS_CPUTIME_ID);
}
