/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Users of the soak. Each types into the painter's text page, which shows how many characters
 * arrived and which the newest were, and reads that from the decoded picture. */

#include "soak.h"

#include "garasu/state.h"

#include "pattern.h"

#include <png.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SIDE 320u /* of a window: all words and cells are on it */
#define MARK 0x203bu
#define LOOKS 3000 /* at a picture; each waits for the viewer's answer */

struct shown {
	uint32_t count, state;
	uint32_t cells[PATTERN_CELLS];
};

/* ---- characters ---- */

static uint32_t pick_character(struct soak *soak)
{
	static const uint32_t rare[] = {0x20bb7, 0x20b9f, 0x1f363, 0x1f37a, 0xe0100, 0xff76, 0xff9e,
		0x2460, 0x337b, 0x3231, 0x9ad9, 0xfa11};

	switch (soak_random(soak, 8)) {
	case 0:
		return rare[soak_random(soak, sizeof(rare) / sizeof(rare[0]))];
	case 1:
	case 2:
		return 0x30a1 + soak_random(soak, 0x30fa - 0x30a1);
	case 3:
	case 4:
	case 5:
		return 0x4e00 + soak_random(soak, 0x5000);
	default:
		return 0x3041 + soak_random(soak, 0x3096 - 0x3041);
	}
}

static size_t encode(uint32_t character, char *out)
{
	static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t size = character >= 0x10000 ? 4 : character >= 0x800 ? 3 : character >= 0x80 ? 2 : 1;

	for (size_t i = size; i > 1; i--) {
		out[i - 1] = (char)(0x80u | (character & 0x3fu));
		character >>= 6;
	}
	out[0] = (char)(leads[size == 1 ? 0 : size] | character);
	return size;
}

static void say(struct soak_user *user, const uint32_t *characters, unsigned count)
{
	char text[4 * (SOAK_BATCH + 1) + 1];
	size_t used = 0;

	for (unsigned i = 0; i < count; i++) {
		used += encode(characters[i], text + used);
	}
	text[used] = '\0';
	flow_viewer_say(&user->viewer, "text %s", text);
}

/* ---- the picture ---- */

/* Returns 1 when it is the page's, whole and of the window's size. */
static int read_page(struct soak *soak, struct soak_user *user, struct shown *shown)
{
	static uint8_t pixels[SIDE * SIDE * 4];
	char path[128];
	png_image image = {.version = PNG_IMAGE_VERSION};
	int is_read = 1;

	snprintf(path, sizeof(path), "%s/%s.png", soak->broker.directory, user->name);
	flow_viewer_say(&user->viewer, "shot %s", path);
	assert_int_not_equal(png_image_begin_read_from_file(&image, path), 0);
	if (image.width != SIDE || image.height != SIDE) {
		png_image_free(&image);
		return 0;
	}
	image.format = PNG_FORMAT_BGRA;
	assert_int_not_equal(png_image_finish_read(&image, NULL, pixels, 0, NULL), 0);
	is_read &= pattern_read_word(pixels, SIDE * 4, PATTERN_WORD_COUNT, &shown->count) == 0;
	is_read &= pattern_read_word(pixels, SIDE * 4, PATTERN_WORD_STATE, &shown->state) == 0;
	for (unsigned i = 0; i < PATTERN_CELLS; i++) {
		is_read &= pattern_read_cell(pixels, SIDE * 4, i, &shown->cells[i]) == 0;
	}
	return is_read;
}

static void wait_field(struct soak *soak, struct soak_user *user)
{
	const uint32_t wanted = PATTERN_KEYBOARD_FOCUS | PATTERN_TEXT_INSIDE;
	struct shown shown;

	for (int look = 0; look < LOOKS; look++) {
		if (read_page(soak, user, &shown) && (shown.state & wanted) == wanted) {
			return;
		}
	}
	fail_msg("%s never saw the text field", user->name);
}

/* Demands that the first characters of the batch are what the page shows next. */
static void check_batch(struct soak_user *user, const struct shown *shown, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		uint32_t cell = shown->cells[(user->shown + i) % PATTERN_CELLS];

		if (cell != user->batch[i]) {
			fail_msg("%s: character %u of %u is U+%04X, typed was U+%04X", user->name,
				i + 1, count, cell, user->batch[i]);
		}
	}
}

void soak_user_judge(struct soak *soak, struct soak_user *user)
{
	struct shown shown = {0};

	for (int look = 0; look < LOOKS; look++) {
		if (!read_page(soak, user, &shown) || shown.count < user->shown + user->count) {
			continue;
		}
		assert_int_equal(shown.count, user->shown + user->count); /* none doubled */
		check_batch(user, &shown, user->count);
		soak->tally.typed += user->count;
		user->shown += user->count;
		user->count = 0;
		return;
	}
	fail_msg(
		"%s: %u of %u characters came", user->name, shown.count - user->shown, user->count);
}

/* All that went before the mark is shown when the mark is. */
static void judge_what_came(struct soak *soak, struct soak_user *user)
{
	const uint32_t mark = MARK;
	struct shown shown = {0};
	unsigned came;

	say(user, &mark, 1);
	for (int look = 0;; look++) {
		if (read_page(soak, user, &shown) && shown.count > user->shown &&
			shown.cells[(shown.count - 1) % PATTERN_CELLS] == MARK) {
			break;
		}
		if (look == LOOKS) {
			fail_msg("%s: the mark never came; %u characters of %u did", user->name,
				shown.count - user->shown, user->count);
		}
	}
	came = shown.count - user->shown - 1;
	assert_in_range(came, 0, user->count);
	check_batch(user, &shown, came);
	soak->tally.typed += came;
	soak->tally.repeated += user->count - came;
	user->shown += came + 1;
	user->count -= came;
	memmove(user->batch, user->batch + came, user->count * sizeof(user->batch[0]));
	if (user->count > 0) {
		say(user, user->batch, user->count);
	}
}

/* ---- coming and going ---- */

void soak_user_come(struct soak *soak, struct soak_user *user)
{
	flow_viewer_start(
		&user->viewer, &soak->broker, user->name, "--size", "320x320", (char *)NULL);
	user->is_connected = 1;
	if (strstr(user->viewer.states, "state 0 1") == NULL) {
		assert_int_equal(user->has_session, 0);
		user->has_session = 1;
		user->shown = 0;
		soak->tally.started++;
		wait_field(soak, user);
		return;
	}
	assert_int_equal(user->has_session, 1);
	soak->tally.resumed++;
	wait_field(soak, user);
	judge_what_came(soak, user);
	soak_user_judge(soak, user);
}

void soak_user_type(struct soak *soak, struct soak_user *user)
{
	assert_int_equal(user->count, 0);
	user->count = 8 + soak_random(soak, SOAK_BATCH - 8 + 1);
	for (unsigned i = 0; i < user->count; i++) {
		user->batch[i] = pick_character(soak);
	}
	say(user, user->batch, user->count);
}

void soak_user_leave(struct soak_user *user)
{
	flow_viewer_stop(&user->viewer);
	user->is_connected = 0;
}

void soak_user_was_dropped(struct soak_user *user)
{
	flow_viewer_wait_end(&user->viewer);
	user->is_connected = 0;
}

void soak_user_drop(struct soak_user *user)
{
	flow_child_kill(&user->viewer.child);
	soak_user_was_dropped(user);
}

/* What was said and not seen ends with its session. */
static void forget_session(struct soak *soak, struct soak_user *user)
{
	soak->tally.ends++;
	soak->tally.ended += user->count;
	user->count = 0;
	user->has_session = 0;
}

void soak_user_lost(struct soak *soak, struct soak_user *user)
{
	soak_user_was_dropped(user);
	forget_session(soak, user);
}

void soak_user_over(struct soak *soak, struct soak_user *user, int state)
{
	flow_viewer_wait_state(&user->viewer, state);
	soak_user_lost(soak, user);
}

void soak_user_end(struct soak *soak, struct soak_user *user)
{
	char output[16384];
	char needle[64];
	char number[16];
	char *row;

	assert_int_equal(flow_ctl(&soak->broker, output, sizeof(output), "session", "list",
				 "--json", (char *)NULL),
		0);
	snprintf(needle, sizeof(needle), "\"%s\"", user->name);
	row = strstr(output, needle);
	assert_non_null(row);
	while (row > output && strncmp(row, "\"session\":", 10) != 0) {
		row--;
	}
	assert_int_equal(sscanf(row, "\"session\":%15[0-9]", number), 1);
	assert_int_equal(
		flow_ctl(&soak->broker, output, 0, "session", "end", number, (char *)NULL), 0);
	if (user->is_connected) {
		soak_user_over(soak, user, GARASU_STATE_ENDED_BY_ADMIN);
	} else {
		forget_session(soak, user);
	}
	flow_wait_session(&soak->broker, needle, 0);
}
