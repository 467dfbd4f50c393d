/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keyboard and the input method; what becomes of them in a session is the rule of typing.h. */

#include "keys.h"
#include "window_parts.h"

#include <base/clock.h>

#include <inttypes.h>
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <string.h>

#define LED_CAPS 4u
#define TEXT_REST_MS 150 /* a page that redraws a field takes the focus away and gives it back */

/* ---- where typing goes ---- */

static void on_key(void *context, uint32_t code, bool is_down)
{
	struct window *window = context;

	if (window->has_session) {
		session_key(&window->session, window->keyboard.keysyms[code],
			keys_xt_of_evdev(code), is_down);
	}
}

static void on_character(void *context, char character)
{
	struct window *window = context;
	uint32_t keysym = (uint32_t)character;

	session_key(&window->session, keysym, 0, true);
	session_key(&window->session, keysym, 0, false);
}

static void on_text(void *context, const char *text, size_t size)
{
	struct window *window = context;

	window->keyboard.composed[0] = '\0';              /* the text takes its place */
	(void)session_text(&window->session, text, size); /* controls are refused: not text */
}

void window_keys_init(struct window *window)
{
	static const struct typing_port port = {on_key, on_character, on_text};

	window->keyboard = (struct keyboard){0};
	typing_init(&window->keyboard.typing, &port, window);
}

/* ---- the text field and the input method ---- */

static enum typing_mode mode_of_bits(uint32_t bits)
{
	if ((bits & GARASU_FRAME_TEXT_FOCUS) == 0) {
		return TYPING_KEYS;
	}
	return (bits & GARASU_FRAME_TEXT_HIDDEN) != 0 ? TYPING_TAPS : TYPING_TEXT;
}

static void set_preedit(struct window *window, const char *text, int start, int length)
{
	struct overlay_preedit *preedit = &window->keyboard.preedit;

	SDL_utf8strlcpy(preedit->text, text, sizeof(preedit->text)); /* no half character */
	preedit->start = start;
	preedit->length = length;
	window->painting.is_panel_stale = true;
}

/* Where policy lets it cross, the session's own field shows what is composed. */
static void compose(struct window *window, const char *text, int start, int length)
{
	struct keyboard *keyboard = &window->keyboard;
	bool is_news = text[0] != '\0' || keyboard->composed[0] != '\0';

	if (text[0] != '\0') {
		window_active(window);
	}

	SDL_utf8strlcpy(keyboard->composed, text, sizeof(keyboard->composed));
	if (!window->has_session || !window->session.may_compose) {
		set_preedit(window, text, start, length);
	} else if (is_news) {
		session_compose(&window->session, text);
	}
}

static void drop_preedit(struct window *window)
{
	set_preedit(window, "", 0, 0);
	compose(window, "", 0, 0);
}

static void use_method(struct window *window, bool is_used)
{
	if (is_used && !SDL_IsTextInputActive()) {
		SDL_StartTextInput();
	} else if (!is_used && SDL_IsTextInputActive()) {
		SDL_StopTextInput();
		drop_preedit(window);
	}
}

/* Where the input method shows its candidates: at the session's caret, in points. */
static void move_method(struct window *window)
{
	const struct geometry *geometry = &window->geometry;
	const struct garasu_rect *caret = &window->keyboard.caret;
	struct garasu_rect place = window_place(window);
	SDL_Rect at = {(int)(place.x + caret->x), (int)(place.y + caret->y), (int)caret->width,
		(int)caret->height};

	if (geometry->width > 0 && geometry->points_width < geometry->width) {
		at.x = at.x * (int)geometry->points_width / (int)geometry->width;
		at.y = at.y * (int)geometry->points_height / (int)geometry->height;
		at.h = at.h * (int)geometry->points_height / (int)geometry->height;
	}
	at.w = at.w > 0 ? at.w : 1;
	SDL_SetTextInputRect(&at);
}

void window_keys_mode(struct window *window, uint64_t now_ms)
{
	struct keyboard *keyboard = &window->keyboard;
	enum typing_mode wanted = mode_of_bits(keyboard->caret_bits);
	enum typing_mode now = keyboard->typing.mode;

	if (window->screen != SCREEN_OPEN) {
		use_method(window, window->screen == SCREEN_ASKING);
		return;
	}
	if (now == TYPING_TEXT && wanted == TYPING_KEYS) {
		if (keyboard->composed[0] != '\0') {
			keyboard->text_ends_ms = 0;
			return; /* the method would throw it away */
		}
		if (keyboard->text_ends_ms == 0) {
			keyboard->text_ends_ms = now_ms + TEXT_REST_MS;
		}
		if (now_ms < keyboard->text_ends_ms) {
			return;
		}
	}
	keyboard->text_ends_ms = 0;
	typing_set_mode(&keyboard->typing, wanted);
	use_method(window, wanted == TYPING_TEXT);
}

void window_keys_caret(struct window *window, const struct decoder_event *event)
{
	struct keyboard *keyboard = &window->keyboard;

	keyboard->caret_bits = event->value & 3u;
	if ((keyboard->caret_bits & GARASU_FRAME_TEXT_FOCUS) != 0) {
		keyboard->caret =
			(struct garasu_rect){event->x, event->y, event->width, event->height};
		move_method(window);
		window->painting.is_panel_stale |= keyboard->preedit.text[0] != '\0';
	}
}

void window_keys_lock(struct window *window, const struct decoder_event *event)
{
	window->keyboard.knows_lock = true;
	window->keyboard.has_lock = (event->value & LED_CAPS) != 0;
}

void window_keys_focus(struct window *window, bool has_focus)
{
	if (!has_focus) {
		typing_release_all(&window->keyboard.typing);
		drop_preedit(window);
	}
	if (window->screen == SCREEN_OPEN) {
		session_focus(&window->session, has_focus);
	}
}

/* ---- keys ---- */

static uint32_t keysym_of(uint32_t code, const SDL_Keysym *key)
{
	bool is_upper = ((key->mod & KMOD_SHIFT) != 0) != ((key->mod & KMOD_CAPS) != 0);
	uint32_t keysym = keys_keysym_of_evdev(code), character = (uint32_t)key->sym;

	if (keysym != 0) {
		return keysym;
	}
	if (code >= KEY_1 && code <= KEY_0 && (character & SDLK_SCANCODE_MASK) != 0) {
		return '0' + (code - KEY_1 + 1) % 10; /* of the keypad */
	}
	if ((character & SDLK_SCANCODE_MASK) != 0 || character < 0x20) {
		return 0;
	}
	if (character >= 'a' && character <= 'z' && is_upper) {
		return character - 'a' + 'A';
	}
	return character < 0x100 ? character : 0x01000000u + character;
}

/* Says it in a panel; a number other than 0 follows. */
static void say_of_paste(struct window *window, enum phrase which, uint32_t number)
{
	struct notice *notice = &window->notice;
	const char *words = words_of_phrase(window->options->language, which);

	notice->title = PHRASE_PASTE;
	if (number > 0) {
		snprintf(notice->message, sizeof(notice->message), "%s: %" PRIu32, words, number);
	} else {
		snprintf(notice->message, sizeof(notice->message), "%s", words);
	}
	window_dirty_all(window);
}

/* From the desk's clipboard into the session's field, where policy allows it. */
static void paste_clipboard(struct window *window)
{
	uint32_t most = window->session.paste_max;
	struct paste paste;
	char *untrusted_text;

	if (most == 0) {
		say_of_paste(window, PHRASE_PASTE_OFF, 0);
		return;
	}
	if (window->keyboard.typing.mode == TYPING_KEYS) {
		say_of_paste(window, PHRASE_PASTE_NOWHERE, 0);
		return;
	}
	untrusted_text = SDL_GetClipboardText();
	paste_take(&paste, untrusted_text != NULL ? untrusted_text : "", most);
	SDL_free(untrusted_text);
	typing_release_all(&window->keyboard.typing);
	session_paste(&window->session, &paste);
	if (paste.length == 0) {
		say_of_paste(window, PHRASE_PASTE_EMPTY, 0);
	} else if (paste.length > most) {
		say_of_paste(window, PHRASE_PASTE_CUT, most);
	}
}

/* Returns true for a key of the viewer's own. */
static bool take_hotkey(struct window *window, const SDL_KeyboardEvent *event)
{
	bool has_both = (event->keysym.mod & KMOD_CTRL) != 0 && (event->keysym.mod & KMOD_ALT) != 0;
	bool is_full = (SDL_GetWindowFlags(window->sdl) & SDL_WINDOW_FULLSCREEN_DESKTOP) ==
		       SDL_WINDOW_FULLSCREEN_DESKTOP;

	if (!has_both || (event->keysym.scancode != SDL_SCANCODE_RETURN &&
				 event->keysym.scancode != SDL_SCANCODE_M &&
				 event->keysym.scancode != SDL_SCANCODE_V)) {
		return false;
	}
	if (event->repeat != 0) {
		return true;
	}
	if (event->keysym.scancode == SDL_SCANCODE_RETURN) {
		SDL_SetWindowFullscreen(window->sdl, is_full ? 0 : SDL_WINDOW_FULLSCREEN_DESKTOP);
		return true;
	}
	if (event->keysym.scancode == SDL_SCANCODE_V && window->screen == SCREEN_OPEN) {
		paste_clipboard(window);
		return true;
	}
	if (event->keysym.scancode == SDL_SCANCODE_V || window->screen != SCREEN_OPEN ||
		!window_has_panel(window)) {
		return false;
	}
	window_dismiss(window);
	return true;
}

/* Before a key: the session's Caps Lock is the desk's, wherever that was switched. It is pressed by
 * its keysym, and not again before the session has told what it did. */
static void agree_on_lock(struct window *window, bool has_lock)
{
	struct keyboard *keyboard = &window->keyboard;
	uint32_t keysym = keys_keysym_of_evdev(KEY_CAPSLOCK);

	if (window->has_session && keyboard->knows_lock && keyboard->has_lock != has_lock) {
		session_key(&window->session, keysym, 0, true);
		session_key(&window->session, keysym, 0, false);
		keyboard->knows_lock = false;
	}
}

static void press(struct window *window, const SDL_KeyboardEvent *event)
{
	struct keyboard *keyboard = &window->keyboard;
	const SDL_Keysym *key = &event->keysym;
	uint32_t scancode = (uint32_t)key->scancode, code = keys_evdev_of_usage(scancode);
	uint32_t modifiers = key->mod;
	struct typing_key typed = {
		.is_shortcut = (modifiers & (KMOD_CTRL | KMOD_LALT | KMOD_GUI)) != 0,
		.has_alt_gr = (modifiers & (KMOD_RALT | KMOD_MODE)) != 0,
		.plain = (uint32_t)key->sym};

	if (code == 0 || code == KEY_NUMLOCK || code == KEY_CAPSLOCK) {
		return; /* the locks are the desk's own: see keys_of_keypad and agree_on_lock */
	}
	agree_on_lock(window, (modifiers & KMOD_CAPS) != 0);
	if (keyboard->sent_as[scancode] == 0) {
		keyboard->sent_as[scancode] =
			(uint8_t)keys_of_keypad(code, (modifiers & KMOD_NUM) != 0);
	}
	typed.code = keyboard->sent_as[scancode];
	typed.can_write = keys_writes(typed.code);
	keyboard->keysyms[typed.code] = keysym_of(typed.code, key);
	window_active(window);
	typing_press(&keyboard->typing, &typed);
}

static void release(struct window *window, const SDL_KeyboardEvent *event)
{
	uint32_t scancode = (uint32_t)event->keysym.scancode;
	struct keyboard *keyboard = &window->keyboard;

	if (scancode < sizeof(keyboard->sent_as) && keyboard->sent_as[scancode] != 0) {
		typing_release(&keyboard->typing, keyboard->sent_as[scancode]);
		keyboard->sent_as[scancode] = 0;
	}
}

static void take_open(struct window *window, const SDL_Event *event)
{
	struct typing *typing = &window->keyboard.typing;

	if (event->type == SDL_KEYDOWN) {
		press(window, &event->key);
	} else if (event->type == SDL_KEYUP) {
		release(window, &event->key);
	} else if (event->type == SDL_TEXTINPUT) {
		window_active(window);
		typing_input(typing, event->text.text);
		drop_preedit(window);
	} else if (typing->mode != TYPING_TEXT) {
		drop_preedit(window);
	} else if (event->type == SDL_TEXTEDITING) {
		compose(window, event->edit.text, event->edit.start, event->edit.length);
	} else if (event->type == SDL_TEXTEDITING_EXT) {
		compose(window, event->editExt.text, event->editExt.start, event->editExt.length);
	}
}

/* ---- while asking for the password ---- */

static void take_off_last(char *text)
{
	size_t size = strlen(text);

	while (size > 0) {
		unsigned char byte = (unsigned char)text[--size];

		text[size] = '\0';
		if ((byte & 0xc0u) != 0x80u) {
			return;
		}
	}
}

static void press_asking(struct window *window, SDL_Scancode scancode)
{
	char *text = window->password->text;

	window->keyboard.is_key_in_front = true;
	if (scancode == SDL_SCANCODE_BACKSPACE) {
		take_off_last(text);
	} else if ((scancode == SDL_SCANCODE_RETURN || scancode == SDL_SCANCODE_KP_ENTER) &&
		   text[0] != '\0') {
		window_connect(window);
	} else if (scancode == SDL_SCANCODE_ESCAPE) {
		window->quits = true;
	}
	window->painting.is_panel_stale = true;
}

/* An input method would show the password: it is sent back to its start, and the user told. */
static void take_asking(struct window *window, const SDL_Event *event)
{
	char *text = window->password->text;
	struct keyboard *keyboard = &window->keyboard;

	if (event->type == SDL_KEYDOWN) {
		press_asking(window, event->key.keysym.scancode);
	} else if (event->type == SDL_TEXTINPUT) {
		if (!keyboard->is_key_in_front) {
			keyboard->wants_no_method = true;
		} else if (strlen(text) + strlen(event->text.text) <= GARASU_RFB_PASSWORD_MAX) {
			memcpy(text + strlen(text), event->text.text, strlen(event->text.text) + 1);
			keyboard->wants_no_method = false;
		}
		keyboard->is_key_in_front = false;
	} else if (event->type == SDL_TEXTEDITING && event->edit.text[0] != '\0') {
		keyboard->wants_no_method = true;
		SDL_StopTextInput();
		SDL_StartTextInput();
	}
	window->painting.is_panel_stale = true;
}

/* ---- while there is no session ---- */

static void take_closed(struct window *window, const SDL_Event *event)
{
	if (event->type != SDL_KEYDOWN || event->key.repeat != 0) {
		return;
	}
	if (event->key.keysym.scancode == SDL_SCANCODE_ESCAPE) {
		window->quits = true;
	} else if (event->key.keysym.scancode == SDL_SCANCODE_RETURN &&
		   window->screen != SCREEN_CONNECTING) {
		window_connect(window);
	}
}

void window_keys_event(struct window *window, const SDL_Event *event)
{
	if (event->type == SDL_KEYDOWN && take_hotkey(window, &event->key)) {
		return;
	}
	switch (window->screen) {
	case SCREEN_OPEN:
		take_open(window, event);
		break;
	case SCREEN_ASKING:
		take_asking(window, event);
		break;
	case SCREEN_CONNECTING:
	case SCREEN_WAITING:
	case SCREEN_STOPPED:
		take_closed(window, event);
		break;
	}
	if (event->type == SDL_TEXTEDITING_EXT) {
		SDL_free(event->editExt.text);
	}
}

/* The method forgets what it composes when it is stopped; and then SDL forgets what it has written
 * that nobody has read yet, unless it is put aside. */
static void restart_method(struct window *window)
{
	static SDL_Event events[256];
	int count = SDL_PeepEvents(events, (int)(sizeof(events) / sizeof(events[0])), SDL_GETEVENT,
		SDL_FIRSTEVENT, SDL_LASTEVENT);

	SDL_StopTextInput();
	SDL_StartTextInput();
	move_method(window);
	if (count > 0) {
		(void)SDL_PeepEvents(events, count, SDL_ADDEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT);
	}
}

void window_keys_commit(struct window *window)
{
	char text[sizeof(window->keyboard.composed)];

	if (window->keyboard.composed[0] != '\0' && SDL_IsTextInputActive()) {
		SDL_strlcpy(text, window->keyboard.composed, sizeof(text));
		on_text(window, text, strlen(text));
		drop_preedit(window);
		restart_method(window);
	}
}

void window_keys_settle(struct window *window)
{
	typing_settle(&window->keyboard.typing);
	window->keyboard.is_key_in_front = false;
}
