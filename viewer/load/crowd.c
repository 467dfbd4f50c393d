/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop over all users. */

#include "crowd.h"

#include <base/clock.h>

#include <errno.h>
#include <stdlib.h>
#include <time.h>

int crowd_init(struct crowd *crowd, size_t capacity)
{
	*crowd = (struct crowd){.works = calloc(capacity, sizeof(*crowd->works)),
		.fds = calloc(capacity, sizeof(*crowd->fds)),
		.has_more = calloc(capacity, sizeof(*crowd->has_more)),
		.capacity = capacity};
	if (crowd->works == NULL || crowd->fds == NULL || crowd->has_more == NULL) {
		crowd_finish(crowd);
		return -ENOMEM;
	}
	return 0;
}

void crowd_finish(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++) {
		work_stop(&crowd->works[i]);
	}
	free(crowd->works);
	free(crowd->fds);
	free(crowd->has_more);
	samples_finish(&crowd->turn_us);
	*crowd = (struct crowd){0};
}

struct work *crowd_next(struct crowd *crowd)
{
	return crowd->count < crowd->capacity ? &crowd->works[crowd->count++] : NULL;
}

static bool is_waiting(const struct work *work)
{
	return work->phase != WORK_UNUSED && work->phase != WORK_FAILED;
}

static uint64_t next_due(const struct crowd *crowd, uint64_t until_us)
{
	for (size_t i = 0; i < crowd->count; i++) {
		const struct work *work = &crowd->works[i];
		uint64_t due_us = work->due_us;

		if (crowd->has_more[i]) {
			return 0;
		}
		if (work->is_late && work->searched_us + WORK_SEARCH_EVERY_US < due_us) {
			due_us = work->searched_us + WORK_SEARCH_EVERY_US;
		}
		if (is_waiting(work) && due_us < until_us) {
			until_us = due_us;
		}
	}
	return until_us;
}

static void wait_for_news(struct crowd *crowd, uint64_t until_us)
{
	uint64_t now_us = garasu_clock_us(), due_us = next_due(crowd, until_us);
	uint64_t left_us = due_us > now_us ? due_us - now_us : 0;
	const struct timespec wait = {
		(time_t)(left_us / 1000000), (long)(left_us % 1000000) * 1000};

	for (size_t i = 0; i < crowd->count; i++) {
		crowd->fds[i] = connection_fd(&crowd->works[i].connection);
		crowd->fds[i].revents = 0;
	}
	(void)ppoll(crowd->fds, crowd->count, &wait, NULL); /* a signal is a turn without news */
}

void crowd_turn(struct crowd *crowd, uint64_t until_us)
{
	uint64_t start_us;
	bool is_any = false;

	wait_for_news(crowd, until_us);
	start_us = garasu_clock_us();
	for (size_t i = 0; i < crowd->count; i++) {
		struct work *work = &crowd->works[i];
		uint64_t now_us = garasu_clock_us();

		if (crowd->fds[i].revents != 0 || crowd->has_more[i] || now_us >= work->due_us ||
			(work->is_late && now_us >= work->searched_us + WORK_SEARCH_EVERY_US)) {
			crowd->has_more[i] = work_run(work, now_us);
			is_any = true;
		}
	}
	if (is_any) {
		/* without memory for it one turn goes unmeasured */
		(void)!samples_add(&crowd->turn_us, garasu_clock_us() - start_us);
	}
}
