/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line protocol. Reads untrusted bytes from: nobody; its commands are the user's own. */

#include "script.h"

#include "keys.h"
#include "shot.h"

#include <base/clock.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DRAG_STEPS 8 /* moves on the way */
#define LINE_BYTES 65536u
#define RETRY_MS 5
#define SHOT_LIMIT_MS 5000
#define RESTLESS_FACTOR 10 /* rests after the first picture, until one that never rests will do */

static void answer(int result)
{
	if (result == 0) {
		puts("ok");
	} else {
		printf("error %s\n", strerror(-result));
	}
}

void script_init(struct script *script, struct session *session, int fd, uint32_t rest_ms)
{
	*script = (struct script){.session = session, .fd = fd, .rest_ms = rest_ms};
	garasu_buffer_init(&script->input, LINE_BYTES);
	setvbuf(stdout, NULL, _IOLBF, 0);
}

void script_finish(struct script *script)
{
	garasu_buffer_finish(&script->input);
}

void script_read(struct script *script)
{
	uint8_t *room = garasu_buffer_reserve(&script->input, 4096);
	ssize_t got = room == NULL ? 0 : read(script->fd, room, 4096);

	if (got > 0) {
		garasu_buffer_commit(&script->input, (size_t)got);
	} else if (got == 0 || errno != EINTR) {
		script->is_at_end = true;
	}
}

void script_event(struct script *script, const struct decoder_event *event)
{
	(void)script;
	if (event->type == DECODER_EVENT_STATE) {
		printf("state %" PRIu32 " %" PRIu32 "\n", event->value, event->extra);
	} else if (event->type == DECODER_EVENT_MESSAGE) {
		printf("message %.*s\n", (int)event->size, (const char *)event->bytes);
	}
}

bool script_rests(const struct session *session, uint32_t rest_ms)
{
	return garasu_clock_ms() >= session->counts.last_picture_ms + rest_ms;
}

int64_t script_rest_left_ms(const struct session *session, uint32_t rest_ms)
{
	const struct session_counts *counts = &session->counts;
	uint64_t now_ms = garasu_clock_ms(), due_ms = counts->last_picture_ms + rest_ms;
	uint64_t patience_ms = counts->first_picture_ms + (uint64_t)rest_ms * RESTLESS_FACTOR;

	if (counts->pictures == 0) {
		return -1;
	}
	due_ms = due_ms < patience_ms ? due_ms : patience_ms;
	return due_ms > now_ms ? (int64_t)(due_ms - now_ms) : 0;
}

/* ---- commands: each answers, or says what it waits for ---- */

static uint32_t colour_at(const struct session *session, uint32_t x, uint32_t y)
{
	const uint8_t *pixel = picture_row(&session->picture, y) + (size_t)x * 4;

	return (uint32_t)pixel[2] << 16 | (uint32_t)pixel[1] << 8 | pixel[0];
}

static bool is_on_picture(const struct script *script, uint32_t x, uint32_t y)
{
	return x < script->session->picture.width && y < script->session->picture.height;
}

static void do_state(const struct script *script)
{
	const struct session *session = script->session;

	printf("ok phase %d size %" PRIu32 "x%" PRIu32 " garasu %d keys %d resize %d continuous %d "
	       "caret %" PRIu32 "\n",
		(int)session->phase, session->picture.width, session->picture.height,
		session->has_garasu, session->has_qemu_key, session->has_resize,
		session->has_continuous, session->caret_bits);
}

static void do_stats(const struct script *script)
{
	const struct session_counts *counts = &script->session->counts;

	printf("ok bytes %" PRIu64 " updates %" PRIu64 " pictures %" PRIu64 " fences %" PRIu64
	       " requests %" PRIu64 "\n",
		counts->bytes_in, counts->updates, counts->pictures, counts->fences,
		counts->requests);
}

static int do_key(struct session *session, const char *rest)
{
	uint32_t keysym = 0;
	char way[8] = {0};

	if (sscanf(rest, "%" SCNi32 " %7s", (int32_t *)&keysym, way) != 2 ||
		(strcmp(way, "down") != 0 && strcmp(way, "up") != 0)) {
		return -EINVAL;
	}
	session_key(session, keysym, 0, way[0] == 'd');
	return 0;
}

static int do_press(struct session *session, const char *rest, bool is_code)
{
	char *end = NULL;
	uint32_t number = (uint32_t)strtoul(rest, &end, 0);
	uint32_t xt_code = is_code ? keys_xt_of_evdev(number) : 0;

	if (end == rest || *end != '\0' || (is_code && xt_code == 0)) {
		return -EINVAL;
	}
	if (is_code && !session->has_qemu_key) {
		return -ENOTSUP;
	}
	session_key(session, is_code ? 0 : number, xt_code, true);
	session_key(session, is_code ? 0 : number, xt_code, false);
	return 0;
}

static int do_pointer(struct session *session, const char *rest, bool is_click)
{
	uint32_t x = 0, y = 0, button = 1;
	int got = sscanf(rest, "%" SCNu32 " %" SCNu32 " %" SCNu32, &x, &y, &button);

	if (got < 2 || button < 1 || button > 8) {
		return -EINVAL;
	}
	session_pointer(session, x, y, session->buttons);
	if (is_click) {
		session_pointer(session, x, y, 1u << (button - 1));
		session_pointer(session, x, y, 0);
	}
	return 0;
}

/* With the first button held. */
static int do_drag(struct session *session, const char *rest)
{
	uint32_t x = 0, y = 0, to_x = 0, to_y = 0;

	if (sscanf(rest, "%" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32, &x, &y, &to_x, &to_y) !=
		4) {
		return -EINVAL;
	}
	session_pointer(session, x, y, 0);
	for (uint32_t step = 0; step <= DRAG_STEPS; step++) {
		session_pointer(session, (x * (DRAG_STEPS - step) + to_x * step) / DRAG_STEPS,
			(y * (DRAG_STEPS - step) + to_y * step) / DRAG_STEPS, 1);
	}
	session_pointer(session, to_x, to_y, 0);
	return 0;
}

static int do_wheel(struct session *session, const char *rest)
{
	uint32_t x = 0, y = 0;
	int32_t dx = 0, dy = 0;

	if (sscanf(rest, "%" SCNu32 " %" SCNu32 " %" SCNd32 " %" SCNd32, &x, &y, &dx, &dy) != 4) {
		return -EINVAL;
	}
	session_wheel(session, x, y, dx, dy);
	return 0;
}

static int do_size(struct session *session, const char *rest)
{
	uint32_t width = 0, height = 0, percent = 100;

	if (sscanf(rest, "%" SCNu32 " %" SCNu32 " %" SCNu32, &width, &height, &percent) < 2 ||
		width < 1 || width > 65535 || height < 1 || height > 65535 || percent > 1000) {
		return -EINVAL;
	}
	session_geometry(session, width, height, percent * GARASU_SCALE_ONE / 100);
	return 0;
}

static int do_focus(struct session *session, const char *rest)
{
	if (strcmp(rest, "in") != 0 && strcmp(rest, "out") != 0) {
		return -EINVAL;
	}
	session_focus(session, rest[0] == 'i');
	return 0;
}

static int do_pace(struct session *session, const char *rest)
{
	uint32_t rate = (uint32_t)strtoul(rest, NULL, 10);

	if (strcmp(rest, "full") == 0) {
		session_pace(session, PACE_FULL, 0);
	} else if (strcmp(rest, "none") == 0) {
		session_pace(session, PACE_COUNT, 0);
	} else if (rate >= 1 && rate <= 1000) {
		session_pace(session, PACE_RATE, rate);
	} else {
		return -EINVAL;
	}
	return 0;
}

static void do_pixel(struct script *script, const char *rest)
{
	uint32_t x = 0, y = 0;

	if (sscanf(rest, "%" SCNu32 " %" SCNu32, &x, &y) != 2 || !is_on_picture(script, x, y)) {
		answer(-EINVAL);
	} else {
		printf("ok %06" PRIX32 "\n", colour_at(script->session, x, y));
	}
}

static void do_wait(struct script *script, enum script_wait wait, uint64_t limit_ms)
{
	script->wait = wait;
	script->deadline_ms = garasu_clock_ms() + limit_ms;
}

static void do_wait_pixel(struct script *script, const char *rest)
{
	uint32_t limit_ms = 0;

	if (sscanf(rest, "%" SCNu32 " %" SCNu32 " %" SCNx32 " %" SCNu32, &script->x, &script->y,
		    &script->colour, &limit_ms) != 4) {
		answer(-EINVAL);
		return;
	}
	do_wait(script, SCRIPT_WAIT_PIXEL, limit_ms);
}

/* Commands that answer at once with nothing but success. Returns 1 for another command. */
static int run_input(struct session *session, const char *word, const char *rest)
{
	if (strcmp(word, "text") == 0) {
		return session_text(session, rest, strlen(rest));
	}
	if (strcmp(word, "key") == 0) {
		return do_key(session, rest);
	}
	if (strcmp(word, "press") == 0 || strcmp(word, "code") == 0) {
		return do_press(session, rest, word[0] == 'c');
	}
	if (strcmp(word, "move") == 0 || strcmp(word, "click") == 0) {
		return do_pointer(session, rest, word[0] == 'c');
	}
	if (strcmp(word, "drag") == 0) {
		return do_drag(session, rest);
	}
	if (strcmp(word, "wheel") == 0) {
		return do_wheel(session, rest);
	}
	if (strcmp(word, "size") == 0) {
		return do_size(session, rest);
	}
	if (strcmp(word, "open") == 0) {
		return session_address(session, rest);
	}
	if (strcmp(word, "focus") == 0) {
		return do_focus(session, rest);
	}
	if (strcmp(word, "pace") == 0) {
		return do_pace(session, rest);
	}
	if (strcmp(word, "requests") == 0) {
		session_pace(session, PACE_COUNT, (uint32_t)strtoul(rest, NULL, 10));
		return 0;
	}
	return 1;
}

static void run_command(struct script *script, char *line)
{
	char *rest = strchr(line, ' ');
	int result;

	if (rest != NULL) {
		*rest++ = '\0';
	} else {
		rest = line + strlen(line);
	}
	result = run_input(script->session, line, rest);
	if (result <= 0) {
		answer(result);
	} else if (strcmp(line, "shot") == 0 && rest[0] != '\0' &&
		   strlen(rest) < sizeof(script->path)) {
		memcpy(script->path, rest, strlen(rest) + 1);
		do_wait(script, SCRIPT_WAIT_SHOT, SHOT_LIMIT_MS);
	} else if (strcmp(line, "pixel") == 0) {
		do_pixel(script, rest);
	} else if (strcmp(line, "rest") == 0) {
		do_wait(script, SCRIPT_WAIT_REST, 60000);
	} else if (strcmp(line, "wait-pixel") == 0) {
		do_wait_pixel(script, rest);
	} else if (strcmp(line, "state") == 0) {
		do_state(script);
	} else if (strcmp(line, "stats") == 0) {
		do_stats(script);
	} else if (strcmp(line, "quit") == 0) {
		answer(0);
		script->wait = SCRIPT_QUIT;
	} else {
		puts("error unknown command");
	}
}

/* ---- waits: 0 or negative when over, 1 to go on waiting ---- */

static int try_shot(struct script *script)
{
	const struct picture *picture = &script->session->picture;
	uint8_t *rgb = NULL;
	int result = picture_copy_rgb(picture, &rgb);

	if (result == -EAGAIN) {
		return 1;
	}
	if (result == 0) {
		result = shot_write(script->path, rgb, picture->width, picture->height);
		free(rgb);
	}
	return result;
}

static int try_wait(struct script *script)
{
	switch (script->wait) {
	case SCRIPT_WAIT_REST:
		return script_rest_left_ms(script->session, script->rest_ms) == 0 ? 0 : 1;
	case SCRIPT_WAIT_PIXEL:
		return is_on_picture(script, script->x, script->y) &&
				       colour_at(script->session, script->x, script->y) ==
					       script->colour
			       ? 0
			       : 1;
	case SCRIPT_WAIT_SHOT:
		return try_shot(script);
	case SCRIPT_READY:
	case SCRIPT_QUIT:
		break;
	}
	return 0;
}

/* Returns true if the next command may run. */
static bool finish_wait(struct script *script)
{
	int result;

	if (script->wait == SCRIPT_READY || script->wait == SCRIPT_QUIT) {
		return script->wait == SCRIPT_READY;
	}
	result = try_wait(script);
	if (result == 1 && garasu_clock_ms() < script->deadline_ms) {
		return false;
	}
	answer(result == 1 ? -ETIMEDOUT : result);
	script->wait = SCRIPT_READY;
	return true;
}

int script_work(struct script *script)
{
	while (script->session->is_greeted && finish_wait(script)) {
		uint8_t *start = script->input.data + script->input.start;
		size_t held = garasu_buffer_size(&script->input), size;
		uint8_t *end = held > 0 ? memchr(start, '\n', held) : NULL;

		if (end == NULL) {
			script->wait = script->is_at_end ? SCRIPT_QUIT : SCRIPT_READY;
			break;
		}
		*end = '\0';
		size = (size_t)(end - start) + 1;
		run_command(script, (char *)start);
		garasu_buffer_consume(&script->input, size);
	}
	return script->wait == SCRIPT_READY || !script->session->is_greeted ? -1 : RETRY_MS;
}
