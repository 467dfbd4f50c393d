/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A user at work: when it acts, and when the effect is seen.
 * Reads untrusted bytes from: the server, as a decoded picture. */

#include "work.h"

#include "compare.h"

#include <base/clock.h>

#include <stdio.h>
#include <string.h>

#define UNREAD_MAX 30u
#define FILM_EVERY 8u /* frames: comparing each would make the tool a bottleneck */

static struct code_picture picture_of(const struct work *work)
{
	const struct connection *connection = &work->connection;

	return (struct code_picture){.pixels = connection->picture.pixels,
		.stride = (size_t)connection->picture.max_width * 4,
		.width = connection->width,
		.height = connection->height,
		.scale = work->settings->connection.scale};
}

/* ---- what is measured ---- */

static void note(struct work *work, enum work_action action, uint64_t time_us)
{
	if (work->tally != NULL && samples_add(&work->tally->times[action], time_us) == 0) {
		work->tally->done[action]++;
	}
}

static void note_film(struct work *work, const struct code_picture *picture)
{
	double error = 0;

	if (work->tally->frames % FILM_EVERY == 1 &&
		film_error(&work->film, picture, &work->place, work->frame, &error) == 0) {
		/* without memory for it one frame goes uncompared */
		(void)!samples_add(&work->tally->film, (uint64_t)(compare_psnr(error) * 1000));
	}
}

static void note_frame(struct work *work, const struct code_picture *picture, bool is_whole)
{
	uint16_t steps = (uint16_t)(work->strip.frame - work->frame);

	if (!work->is_open) {
		work->has_frame = false;
		return;
	}
	if (!is_whole) {
		work->tally->torn++;
		return;
	}
	if (work->has_frame && steps == 0) {
		work->tally->repeated++;
		return;
	}
	work->tally->frames++;
	work->tally->skipped += work->has_frame ? steps - 1u : 0;
	work->has_frame = true;
	work->frame = work->strip.frame;
	note_film(work, picture);
}

/* ---- what is seen ---- */

/* Another page has its strip where the last had it, as a rule: no search delays that. */
static bool is_where_it_was(const struct work *work, const struct code_picture *picture)
{
	struct code_strip strip;

	return !work_profile_has_frames(work->profile) &&
	       code_read(picture, &work->place, &strip) == 0;
}

static void look_for_place(struct work *work, const struct code_picture *picture, uint64_t now_us)
{
	if (is_where_it_was(work, picture)) {
		work->has_place = true;
		work->is_late = false;
		return;
	}
	if (now_us - work->searched_us < WORK_SEARCH_EVERY_US) {
		work->is_late = true; /* looked at again by and by */
		return;
	}
	work->searched_us = now_us;
	work->is_late = false;
	work->has_place = code_find(picture, CODE_TOP, &work->place) == 0;
	work->has_bottom = work->has_place && work_profile_has_frames(work->profile) &&
			   code_find(picture, CODE_BOTTOM, &work->bottom) == 0 &&
			   work->bottom.y > work->place.y;
}

static void look_at_ruler(struct work *work, const struct code_picture *picture)
{
	int32_t position = 0;

	if (code_ruler(picture, &work->place, &position) != 0) {
		return;
	}
	if (!work->has_position || position != work->position) {
		work->moved_us = work->picture_us;
	}
	work->has_position = true;
	work->position = position;
}

/* At what is expected or past it: what was taken for dropped may come after all, with it. */
static bool is_shown(const struct work *work)
{
	uint32_t pages_past = (work->strip.token + WORK_TOKENS - work->expected) % WORK_TOKENS;

	switch (work->action) {
	case WORK_KEY:
	case WORK_KEY_SCROLLING:
	case WORK_TEXT:
		return work->has_strip && (int16_t)(work->strip.count - work->expected) >= 0;
	case WORK_PAGE:
		return work->has_strip && pages_past < WORK_TOKENS / 2;
	case WORK_WHEEL:
		return work->has_position && work->position != work->position_before;
	case WORK_RESUME:
	case WORK_ACTIONS:
		break;
	}
	return false;
}

/* The page is there: for the first time, or again. */
static void arrive(struct work *work, uint64_t now_us)
{
	bool is_new = work->connection.page != NULL && work->connection.has_garasu;
	uint64_t since_us = work->picture_us - work->connection.start_us;

	if (is_new && work->strip.token != work->expected) {
		return;
	}
	if (work->is_resuming && work->is_counted) {
		note(work, WORK_RESUME, since_us);
	} else if (!work->is_resuming) {
		if (work_profile_has_film(work->profile)) { /* now, as nothing is measured yet */
			(void)!film_make(&work->film, work->number, work->strip.token);
		}
		work->first_page_us = since_us;
		work->first_picture_us =
			work->connection.first_picture_us - work->connection.start_us;
	}
	work_be_ready(work, now_us);
}

static bool is_picture_whole(const struct work *work, const struct code_picture *picture)
{
	struct code_strip bottom;

	return work->has_strip &&
	       (!work->has_bottom || (code_read(picture, &work->bottom, &bottom) == 0 &&
					     bottom.frame == work->strip.frame));
}

/* A moving page's torn strip stays where it is, unless it is torn for long: the window moved. */
static void keep_place(struct work *work, bool is_whole)
{
	work->unread = is_whole ? 0 : work->unread + 1;
	if (work->unread > UNREAD_MAX || (!work->has_strip && !work->has_bottom)) {
		work->has_place = work->has_bottom = false;
		work->unread = 0;
	}
}

/* What was waited for is there. */
static void finish_action(struct work *work, uint64_t now_us)
{
	bool is_counted = work->is_counted;

	if (is_counted) {
		note(work, work->action, work->picture_us - work->action_us);
	} else if (work->is_lost && work->is_lost_counted) {
		work->tally->late[work->action]++;
	}
	work_be_ready(work, now_us);
	if (work->profile == WORK_LOOK) {
		inspection_begin(&work->inspection, &work->connection, work->picture_us);
		work->inspection.is_counted = is_counted;
		work->due_us = now_us;
	}
}

static void look(struct work *work, uint64_t now_us)
{
	struct code_picture picture = picture_of(work);
	bool is_whole;

	if (!work->has_place) {
		look_for_place(work, &picture, now_us);
	}
	work->has_strip = work->has_place && code_read(&picture, &work->place, &work->strip) == 0;
	is_whole = is_picture_whole(work, &picture);
	if (work->has_bottom) {
		note_frame(work, &picture, is_whole);
	}
	keep_place(work, is_whole);
	if (!work->has_strip) {
		return;
	}
	if (work_profile_has_notches(work->profile)) {
		look_at_ruler(work, &picture);
	}
	if (work->phase == WORK_STARTING) {
		arrive(work, now_us);
	} else if (work->phase == WORK_WAITING && is_shown(work)) {
		finish_action(work, now_us);
	}
}

static void on_picture(void *context)
{
	struct work *work = context;
	uint64_t now_us = garasu_clock_us();

	work->picture_us = now_us;
	inspection_see(&work->inspection, &work->connection, now_us);
	look(work, now_us);
}

/* ---- its life ---- */

static void open_connection(struct work *work)
{
	work->phase = WORK_STARTING;
	work->has_place = work->has_bottom = work->has_strip = work->has_position = false;
	work->bytes_seen = 0;
	work->searched_us = 0;
	connection_open(&work->connection, &work->settings->connection);
	work->due_us =
		work->connection.start_us + work->settings->start_timeout_ms * UINT64_C(1000);
}

void work_start(struct work *work, const struct work_settings *settings, enum work_profile profile,
	uint32_t number)
{
	*work = (struct work){.settings = settings,
		.profile = profile,
		.number = number,
		.chance = {settings->seed * UINT64_C(1000003) + number}};
	work->expected = (uint16_t)chance_between(&work->chance, 1, WORK_TOKENS);
	snprintf(work->user, sizeof(work->user), "user%u", number);
	snprintf(work->page, sizeof(work->page), "%s/p?m=%s&s=%u&t=%u", settings->pages,
		work_page_mode(profile), number, work->expected);
	work->connection = (struct connection){.user = work->user,
		.port_offset = (uint16_t)(settings->connection.has_port_each ? number - 1 : 0),
		.password = settings->password,
		.page = work->page,
		.on_picture = on_picture,
		.context = work};
	open_connection(work);
}

void work_stop(struct work *work)
{
	connection_close(&work->connection);
	inspection_finish(&work->inspection);
	film_finish(&work->film);
}

/* What only the comparison asked for is no work. */
static void take_bytes(struct work *work)
{
	uint64_t more = work->connection.bytes_in - work->bytes_seen;

	work->bytes_seen = work->connection.bytes_in;
	if (work->is_open && work->inspection.phase != INSPECTION_ASKING) {
		work->tally->bytes_in += more;
	}
}

void work_measure(struct work *work, struct tally *tally)
{
	take_bytes(work);
	work->has_frame = false;
	work->is_counted = false;
	work->is_lost_counted = false;
	work->is_notched = false;
	work->inspection.is_counted = false;
	work->tally = tally;
	work->is_open = tally != NULL;
}

void work_close_window(struct work *work)
{
	take_bytes(work);
	work->is_open = false;
}

bool work_is_pending(const struct work *work)
{
	if (work->inspection.is_counted && work->phase == WORK_READY) {
		return true;
	}
	return work->is_counted &&
	       (work->phase == WORK_WAITING || (work->is_resuming && work->phase == WORK_STARTING));
}

/* An action whose effect did not come, and then not late either: what the page shows from there on
 * counts. */
static void give_up(struct work *work, uint64_t now_us)
{
	if (work->is_lost) {
		work_be_ready(work, now_us);
		return;
	}
	if (work->is_counted) {
		work->tally->lost[work->action]++;
	}
	work->is_lost = true;
	work->is_lost_counted = work->is_counted;
	work->is_counted = false;
	work->due_us = now_us + work->settings->action_timeout_ms * UINT64_C(1000);
}

static void ended(struct work *work, uint64_t now_us)
{
	const struct outcome *outcome = &work->connection.outcome;
	uint64_t wait_us = 1000000 * (uint64_t)(outcome->value > 0 ? outcome->value : 1);

	if (outcome->fault == FAULT_STATE && outcome->state == GARASU_STATE_BUSY) {
		work->busy_retries++;
		work->phase = WORK_BUSY;
		work->due_us =
			now_us + wait_us + chance_between(&work->chance, 0, 500) * UINT64_C(1000);
	} else {
		work->phase = WORK_FAILED;
	}
	connection_close(&work->connection);
}

static void do_due(struct work *work, uint64_t now_us)
{
	switch (work->phase) {
	case WORK_STARTING:
		connection_fail(&work->connection, FAULT_TIMEOUT);
		return;
	case WORK_READY:
		work_act(work, now_us);
		return;
	case WORK_WAITING:
		give_up(work, now_us);
		return;
	case WORK_AWAY:
		work->is_resuming = true;
		work->action = WORK_RESUME;
		work->is_counted = work->is_open;
		work->connection.page = NULL;
		open_connection(work);
		return;
	case WORK_BUSY:
		open_connection(work);
		return;
	case WORK_UNUSED:
	case WORK_FAILED:
		return;
	}
}

bool work_run(struct work *work, uint64_t now_us)
{
	bool is_any = false;

	if (work->phase == WORK_UNUSED || work->phase == WORK_FAILED) {
		return false;
	}
	if (work->phase != WORK_AWAY && work->phase != WORK_BUSY) {
		is_any = connection_work(&work->connection);
		take_bytes(work);
		if (work->connection.phase == CONNECTION_ENDED) {
			ended(work, now_us);
			return false;
		}
	}
	if (work->is_late && work->connection.phase == CONNECTION_OPEN &&
		now_us - work->searched_us >= WORK_SEARCH_EVERY_US) {
		look(work, now_us);
	}
	if (now_us >= work->due_us) {
		do_due(work, now_us);
	}
	return is_any;
}

bool work_is_settled(const struct work *work)
{
	return work->phase == WORK_FAILED || work->first_page_us > 0;
}
