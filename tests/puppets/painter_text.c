/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The painter's text field: its caret stands behind the newest cell. */

#include "painter.h"

#include <stdio.h>
#include <stdlib.h>

static uint32_t newest_cell(const struct painter *painter)
{
	return painter->page.words[PATTERN_WORD_COUNT] % PATTERN_CELLS;
}

static void send_state(struct painter *painter)
{
	uint32_t cell = newest_cell(painter);
	uint32_t x = PATTERN_CELL_BITS * PATTERN_BIT;
	uint32_t y = PATTERN_CELLS_Y + cell * PATTERN_BIT;

	zwp_text_input_v3_set_content_type(painter->text, ZWP_TEXT_INPUT_V3_CONTENT_HINT_NONE,
		painter->page.is_hidden != 0 ? ZWP_TEXT_INPUT_V3_CONTENT_PURPOSE_PASSWORD
					     : ZWP_TEXT_INPUT_V3_CONTENT_PURPOSE_NORMAL);
	zwp_text_input_v3_set_cursor_rectangle(painter->text, (int32_t)(x * 120 / painter->scale),
		(int32_t)(y * 120 / painter->scale), 2,
		(int32_t)(PATTERN_BIT * 120 / painter->scale));
	zwp_text_input_v3_commit(painter->text);
	painter->text_cell = cell;
}

void text_update(struct painter *painter, int is_due)
{
	int wanted = painter->text_is_inside && painter->page.kind == PATTERN_TEXT &&
		     (!painter->page.is_late || is_due || painter->text_is_enabled);

	if (!painter->text_is_inside) {
		painter->text_is_enabled = 0;
		return;
	}
	if (wanted && !painter->text_is_enabled) {
		zwp_text_input_v3_enable(painter->text);
		send_state(painter);
	} else if (!wanted && painter->text_is_enabled) {
		zwp_text_input_v3_disable(painter->text);
		zwp_text_input_v3_commit(painter->text);
	} else if (wanted) {
		send_state(painter);
	}
	painter->text_is_enabled = wanted;
}

/* Valid UTF-8 only, which the compositor promises. */
void text_arrived(struct painter *painter, const char *utf8)
{
	const unsigned char *at = (const unsigned char *)utf8;

	while (*at != '\0') {
		unsigned more = *at >= 0xf0 ? 3 : (*at >= 0xe0 ? 2 : (*at >= 0xc0 ? 1 : 0));
		uint32_t character = more == 0 ? *at : *at & (0x3fu >> more);

		for (at++; more > 0 && *at != '\0'; more--, at++) {
			character = character << 6 | (*at & 0x3fu);
		}
		pattern_arrive(&painter->page, character);
	}
}

static void on_enter(void *data, struct zwp_text_input_v3 *text, struct wl_surface *surface)
{
	struct painter *painter = data;

	(void)text;
	(void)surface;
	painter->text_is_inside = 1;
	painter->page.words[PATTERN_WORD_STATE] |= PATTERN_TEXT_INSIDE;
	text_update(painter, 0);
}

static void on_leave(void *data, struct zwp_text_input_v3 *text, struct wl_surface *surface)
{
	struct painter *painter = data;

	(void)surface;
	zwp_text_input_v3_disable(text);
	zwp_text_input_v3_commit(text);
	painter->text_is_inside = 0;
	painter->page.words[PATTERN_WORD_STATE] &= ~(uint32_t)PATTERN_TEXT_INSIDE;
	text_update(painter, 0);
}

static void on_preedit(
	void *data, struct zwp_text_input_v3 *text, const char *utf8, int32_t begin, int32_t end)
{
	(void)data;
	(void)text;
	(void)utf8;
	(void)begin;
	(void)end;
}

static void on_commit(void *data, struct zwp_text_input_v3 *text, const char *utf8)
{
	struct painter *painter = data;

	(void)text;
	if (utf8 != NULL && painter->page.kind == PATTERN_TEXT) {
		text_arrived(painter, utf8);
	}
}

static void on_delete(void *data, struct zwp_text_input_v3 *text, uint32_t before, uint32_t after)
{
	(void)data;
	(void)text;
	(void)before;
	(void)after;
}

static void on_done(void *data, struct zwp_text_input_v3 *text, uint32_t serial)
{
	struct painter *painter = data;

	(void)text;
	(void)serial;
	if (painter->text_is_enabled && newest_cell(painter) != painter->text_cell) {
		send_state(painter);
	}
}

static const struct zwp_text_input_v3_listener text_listener = {
	.enter = on_enter,
	.leave = on_leave,
	.preedit_string = on_preedit,
	.commit_string = on_commit,
	.delete_surrounding_text = on_delete,
	.done = on_done,
};

void text_listen(struct painter *painter)
{
	painter->text = zwp_text_input_manager_v3_get_text_input(painter->texts, painter->seat);
	zwp_text_input_v3_add_listener(painter->text, &text_listener, painter);
}
