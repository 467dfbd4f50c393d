/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_TYPING_H
#define VIEWER_TYPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The rule by which what is typed goes to the session: once, whole, and nothing sticks.
 *
 * Facts of the desk: a key that an input method takes for itself never shows up as a key, and its
 * text comes later, alone. A key that it leaves shows up as a key, and the text it writes follows
 * at once, before anything else. A dead key shows up as a key without text.
 *
 * 1. Modifiers are held in the session exactly while they are held here.
 * 2. No text field has the focus (KEYS): a key is held like a modifier, the session repeats it, and
 *    text is ignored.
 * 3. A field that hides what is typed (TAPS): a key is pressed and released at once, also for each
 *    repeat of the desk, and text is ignored: a slow line can neither repeat a key nor hold it.
 * 4. A text field has the focus (TEXT):
 *    a. A key that writes nothing, or with Ctrl, Alt or Meta, is a tap as in 3; a character that
 *       the desk says it wrote all the same is ignored.
 *    b. Any other key waits for its text. One ASCII character right behind it goes as that
 *       character's key, other text as text. If no text follows, the key was dead and is
 *       forgotten; with right Alt it is a tap.
 *    c. Text with no key in front is an input method's and goes as text.
 * 5. When the focus leaves, all that is held is released.
 *
 * So each piece of text is sent once: with its key (4b), or alone (4c).
 */

enum typing_mode {
	TYPING_KEYS = 0,
	TYPING_TAPS,
	TYPING_TEXT,
};

/* Where typing goes: the session, or a test. */
struct typing_port {
	void (*on_key)(void *context, uint32_t code, bool is_down);    /* evdev code */
	void (*on_character)(void *context, char character);           /* press and release */
	void (*on_text)(void *context, const char *text, size_t size); /* UTF-8 */
};

struct typing_key {
	uint32_t code;    /* evdev */
	bool can_write;   /* with the modifiers held now, but for Ctrl, Alt and Meta */
	bool is_shortcut; /* Ctrl, left Alt or Meta is held */
	bool has_alt_gr;  /* right Alt is held: AltGr, or Alt again, which only the text tells */
	uint32_t plain;   /* what it writes without modifiers; for has_alt_gr */
};

#define TYPING_CODES 256u

struct typing {
	const struct typing_port *port;
	void *context;
	enum typing_mode mode;
	bool is_waiting;  /* 4b: for the text of key */
	bool is_ignoring; /* 4a: one character right behind a tap */
	struct typing_key key;
	bool is_held[TYPING_CODES]; /* in the session */
};

void typing_init(struct typing *typing, const struct typing_port *port, void *context);
void typing_set_mode(struct typing *typing, enum typing_mode mode);
/* A key went down, or the desk repeats it. */
void typing_press(struct typing *typing, const struct typing_key *key);
void typing_release(struct typing *typing, uint32_t code);
void typing_input(struct typing *typing, const char *text);
/* Every event that the desk had is told: a key without text by now has none. */
void typing_settle(struct typing *typing);
void typing_release_all(struct typing *typing);

#endif
