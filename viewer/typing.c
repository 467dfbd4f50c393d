/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rule of typing.h. Pure. */

#include "typing.h"

#include "keys.h"

#include <linux/input-event-codes.h>
#include <string.h>

void typing_init(struct typing *typing, const struct typing_port *port, void *context)
{
	*typing = (struct typing){.port = port, .context = context};
}

static void set_held(struct typing *typing, uint32_t code, bool is_down)
{
	if (typing->is_held[code] != is_down) {
		typing->is_held[code] = is_down;
		typing->port->on_key(typing->context, code, is_down);
	}
}

static void tap(struct typing *typing, uint32_t code)
{
	set_held(typing, code, true);
	set_held(typing, code, false);
}

static bool is_one_ascii(const char *text)
{
	return text[0] >= 0x20 && text[0] < 0x7f && text[1] == '\0';
}

static char lower(char character)
{
	return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

static void press_for_text(struct typing *typing, const struct typing_key *key)
{
	if (!key->can_write) {
		tap(typing, key->code);
	} else if (key->is_shortcut) {
		tap(typing, key->code);
		typing->is_ignoring = true;
	} else {
		typing->is_waiting = true;
		typing->key = *key;
	}
}

void typing_press(struct typing *typing, const struct typing_key *key)
{
	typing_settle(typing);
	if (key->code == 0 || key->code >= TYPING_CODES) {
		return;
	}
	if (keys_is_modifier(key->code)) {
		set_held(typing, key->code, true);
		return;
	}
	if (typing->is_held[key->code]) {
		typing->is_ignoring = typing->mode == TYPING_TEXT && key->can_write;
		return; /* held since before the field had the focus: the session repeats it */
	}
	if (keys_is_momentary(key->code)) {
		tap(typing, key->code);
		return;
	}
	switch (typing->mode) {
	case TYPING_KEYS:
		set_held(typing, key->code, true);
		return;
	case TYPING_TAPS:
		tap(typing, key->code);
		return;
	case TYPING_TEXT:
		press_for_text(typing, key);
		return;
	}
}

void typing_release(struct typing *typing, uint32_t code)
{
	if (code < TYPING_CODES) {
		set_held(typing, code, false);
	}
}

/* The text of the key that waits for it. */
static void write_key(struct typing *typing, const char *text)
{
	const struct typing_key *key = &typing->key;
	bool is_one = is_one_ascii(text);

	typing->is_waiting = false;
	if (key->has_alt_gr) {
		if (is_one && (uint32_t)(unsigned char)lower(text[0]) == key->plain) {
			tap(typing, key->code); /* right Alt is Alt: a shortcut */
			return;
		}
		set_held(typing, KEY_RIGHTALT, false); /* it has done its work here */
	}
	if (is_one) {
		typing->port->on_character(typing->context, text[0]);
	} else {
		typing->port->on_text(typing->context, text, strlen(text));
	}
}

void typing_input(struct typing *typing, const char *text)
{
	bool is_ignored = typing->is_ignoring && is_one_ascii(text);

	typing->is_ignoring = false;
	if (typing->mode != TYPING_TEXT || text[0] == '\0' || is_ignored) {
		return;
	}
	if (typing->is_waiting) {
		write_key(typing, text);
	} else {
		typing->port->on_text(typing->context, text, strlen(text));
	}
}

void typing_settle(struct typing *typing)
{
	bool was_waiting = typing->is_waiting;

	typing->is_waiting = false;
	typing->is_ignoring = false;
	if (was_waiting && typing->key.has_alt_gr) {
		tap(typing, typing->key.code);
	}
}

void typing_set_mode(struct typing *typing, enum typing_mode mode)
{
	if (typing->mode != mode) {
		typing_settle(typing);
		typing->mode = mode;
	}
}

void typing_release_all(struct typing *typing)
{
	typing->is_waiting = false;
	typing->is_ignoring = false;
	for (uint32_t code = 0; code < TYPING_CODES; code++) {
		set_held(typing, code, false);
	}
}
