/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the viewer itself says in the window, and the colour of its strip. */

#include "window_parts.h"

#include <base/clock.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DOT "●"

/* Green: all that is below is the page. Blue: the viewer says or asks something. Amber: it is not
 * connected, but will be by itself. Red: it stopped. */
static const SDL_Color green = {0x1f, 0x9d, 0x55, 0xff};
static const SDL_Color blue = {0x1d, 0x5f, 0xd1, 0xff};
static const SDL_Color amber = {0xd9, 0x8b, 0x0b, 0xff};
static const SDL_Color red = {0xc6, 0x28, 0x28, 0xff};

static bool has_warning(const struct window *window)
{
	return window->notice.state != GARASU_STATE_COUNT;
}

static bool has_message(const struct window *window)
{
	return window->notice.message[0] != '\0';
}

bool window_has_panel(const struct window *window)
{
	return window->screen != SCREEN_OPEN || has_warning(window) || has_message(window);
}

SDL_Color window_strip_colour(const struct window *window)
{
	switch (window->screen) {
	case SCREEN_ASKING:
		return blue;
	case SCREEN_CONNECTING:
	case SCREEN_WAITING:
		return amber;
	case SCREEN_STOPPED:
		return red;
	case SCREEN_OPEN:
		break;
	}
	return window_has_panel(window) ? blue : green;
}

static uint32_t seconds_until(uint64_t due_ms)
{
	uint64_t now_ms = garasu_clock_ms();

	return due_ms > now_ms ? (uint32_t)((due_ms - now_ms + 999) / 1000) : 0;
}

static const char *phrase(const struct window *window, enum phrase which)
{
	return words_of_phrase(window->options->language, which);
}

/* Splits words of three lines: the first is the title. */
static void split(struct panel_words *words, const char *lines)
{
	const char *end = strchr(lines, '\n');
	int size = end != NULL ? (int)(end - lines) : (int)strlen(lines);

	snprintf(words->title, sizeof(words->title), "%.*s", size, lines);
	snprintf(words->body, sizeof(words->body), "%s", end != NULL ? end + 1 : "");
}

static void say_outcome(const struct window *window, struct panel_words *words)
{
	char lines[WORDS_BYTES_MAX];

	words_of_outcome(lines, sizeof(lines), window->options->language, &window->outcome);
	split(words, lines);
}

/* The password's length in dots; of what was refused before, why. */
static void say_password(const struct window *window, struct panel_words *words)
{
	const char *text = window->password->text;
	size_t used = 0;

	if (window->outcome.fault != FAULT_NONE) {
		say_outcome(window, words);
	} else {
		snprintf(words->title, sizeof(words->title), "%s", phrase(window, PHRASE_PASSWORD));
		snprintf(words->body, sizeof(words->body), "%s @ %s", window->options->session.user,
			window->options->session.host);
	}
	for (; *text != '\0' && used + sizeof(DOT) <= sizeof(words->field); text++) {
		if (((unsigned char)*text & 0xc0u) != 0x80u) {
			memcpy(words->field + used, DOT, sizeof(DOT));
			used += sizeof(DOT) - 1;
		}
	}
	words->field[used] = '\0';
	snprintf(words->hint, sizeof(words->hint), "%s",
		phrase(window, window->keyboard.wants_no_method ? PHRASE_NO_METHOD
								: PHRASE_PASSWORD_KEYS));
}

static void say_connecting(const struct window *window, struct panel_words *words)
{
	snprintf(words->title, sizeof(words->title), "%s", phrase(window, PHRASE_CONNECTING));
	if (window->tries > 0) {
		snprintf(words->body, sizeof(words->body), "%s\n%s: %" PRIu32,
			window->options->session.host, phrase(window, PHRASE_ATTEMPT),
			window->tries);
	} else {
		snprintf(words->body, sizeof(words->body), "%s", window->options->session.host);
	}
}

static void say_waiting(const struct window *window, struct panel_words *words)
{
	size_t used;

	say_outcome(window, words);
	used = strlen(words->body);
	snprintf(words->body + used, sizeof(words->body) - used,
		"\n%s\n%s: %" PRIu32 "   %s: %" PRIu32, phrase(window, PHRASE_RECONNECTING),
		phrase(window, PHRASE_ATTEMPT), window->tries, phrase(window, PHRASE_SECONDS),
		seconds_until(window->retry_ms));
	snprintf(words->hint, sizeof(words->hint), "%s", phrase(window, PHRASE_RETRY_OR_QUIT));
}

static void say_notice(const struct window *window, struct panel_words *words)
{
	const struct notice *notice = &window->notice;
	char lines[WORDS_BYTES_MAX];

	if (has_warning(window)) {
		words_of_state(lines, sizeof(lines), window->options->language, notice->state,
			notice->value > 0 ? notice->value : seconds_until(notice->ends_ms));
		split(words, lines);
	} else {
		snprintf(words->title, sizeof(words->title), "%s", phrase(window, notice->title));
		snprintf(words->body, sizeof(words->body), "%s", notice->message);
	}
	if (notice->state != GARASU_STATE_IDLE_WARNING) {
		snprintf(words->hint, sizeof(words->hint), "%s", phrase(window, PHRASE_DISMISS));
	}
}

void window_panel(
	const struct window *window, struct panel_words *words, struct overlay_panel *panel)
{
	*words = (struct panel_words){0};
	switch (window->screen) {
	case SCREEN_ASKING:
		say_password(window, words);
		panel->field = words->field;
		break;
	case SCREEN_CONNECTING:
		say_connecting(window, words);
		break;
	case SCREEN_WAITING:
		say_waiting(window, words);
		break;
	case SCREEN_STOPPED:
		say_outcome(window, words);
		snprintf(words->hint, sizeof(words->hint), "%s",
			phrase(window, PHRASE_RETRY_OR_QUIT));
		break;
	case SCREEN_OPEN:
		say_notice(window, words);
		break;
	}
	panel->title = words->title;
	panel->body = words->body;
	panel->hint = words->hint;
}

uint64_t window_panel_due_ms(const struct window *window, uint64_t now_ms)
{
	uint64_t end_ms = 0;

	if (window->screen == SCREEN_WAITING) {
		end_ms = window->retry_ms;
	} else if (window->screen == SCREEN_OPEN && has_warning(window)) {
		end_ms = window->notice.ends_ms;
	}
	/* the next whole second before the end */
	return end_ms > now_ms ? now_ms + ((end_ms - now_ms - 1) % 1000 + 1) : 0;
}

/* Someone is there. What is composed, or done beside the picture, does not reach the session: the
 * pointer is said to be where it is. */
static void tell_presence(struct window *window)
{
	struct session *session = &window->session;

	if (window->has_session) {
		session_pointer(session, session->pointer_x, session->pointer_y, session->buttons);
	}
}

void window_dismiss(struct window *window)
{
	if (has_warning(window)) {
		if (window->notice.state == GARASU_STATE_IDLE_WARNING) {
			tell_presence(window);
		}
		window->notice.state = GARASU_STATE_COUNT;
	} else {
		window->notice.message[0] = '\0';
	}
	window->painting.is_panel_stale = true;
}

void window_active(struct window *window)
{
	if (window->notice.state == GARASU_STATE_IDLE_WARNING) {
		window_dismiss(window);
	}
}
