/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window: its life, its sessions one after another, and its loop.
 * Reads untrusted bytes from: the decoder child's events, bounded by events.c. */

#include "window.h"

#include "reconnect.h"
#include "window_parts.h"

#include <base/clock.h>
#include <base/log.h>

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define REST_MS 150     /* a size that stays so long is asked for */
#define METHOD_MS 20    /* how often an input method is looked after: its news wake nobody */
#define HELD_BACK_MS 10 /* how long a picture waits for the update that is being drawn over it */
#define TITLE "Garasu 硝子 — %s"
#define LEAST_POINTS_WIDTH 320
#define LEAST_POINTS_HEIGHT 240

static void wake_main_thread(void)
{
	SDL_Event event = {.type = SDL_USEREVENT};

	SDL_PushEvent(&event);
}

void window_show(struct window *window, enum screen screen)
{
	window->screen = screen;
	window_dirty_all(window);
	window_keys_mode(window, garasu_clock_ms());
}

/* ---- size ---- */

static void ask_size(struct window *window, uint64_t now_ms)
{
	struct geometry_size wish = geometry_wish(&window->geometry, window->limit);

	if (window->ask_due_ms == 0 || now_ms < window->ask_due_ms) {
		return;
	}
	window->ask_due_ms = 0;
	window->asked = wish;
	if (window->has_session) {
		session_geometry(&window->session, wish.width, wish.height, window->geometry.scale);
	}
}

void window_resized(struct window *window)
{
	int points_width, points_height, width, height;
	const struct geometry before = window->geometry;

	SDL_GetWindowSize(window->sdl, &points_width, &points_height);
	SDL_GetWindowSizeInPixels(window->sdl, &width, &height);
	geometry_lay_out(&window->geometry, (uint32_t)points_width, (uint32_t)points_height,
		(uint32_t)width, (uint32_t)height, window->options->session.scale);
	overlay_set_scale(window->overlay, window->geometry.scale);
	window_dirty_all(window);
	if (before.width != window->geometry.width || before.height != window->geometry.height ||
		before.scale != window->geometry.scale) {
		window->ask_due_ms = garasu_clock_ms() + REST_MS;
	}
}

/* The server takes no size as large as asked for. */
static void lower_limit(struct window *window)
{
	if (geometry_limit_lower(&window->limit, window->asked)) {
		window->ask_due_ms = garasu_clock_ms();
	}
}

/* ---- the session ---- */

/* In the title, where nothing of a session is ever shown. */
static void show_last_login(struct window *window, uint32_t unix_s)
{
	char title[512];
	int used = snprintf(title, sizeof(title), TITLE "  ", window->options->session.host);

	if (used < (int)sizeof(title)) {
		words_of_last_login(title + used, sizeof(title) - (size_t)used,
			window->options->language, unix_s);
	}
	SDL_SetWindowTitle(window->sdl, title);
}

static void take_state(struct window *window, const struct decoder_event *event)
{
	if (event->value == GARASU_STATE_LAST_LOGIN) {
		show_last_login(window, event->extra);
	}
	if (event->value == GARASU_STATE_FAILED_LOGINS) {
		window->notice.state = event->value;
		window->notice.value = event->extra;
		window_dirty_all(window);
	}
	if (event->value == GARASU_STATE_IDLE_WARNING ||
		event->value == GARASU_STATE_UPGRADE_WARNING ||
		event->value == GARASU_STATE_ADDRESS_LIMIT) {
		window->notice.state = event->value;
		window->notice.value = 0;
		window->notice.ends_ms = garasu_clock_ms() + (uint64_t)event->extra * 1000;
		window_dirty_all(window);
	}
}

static void take_message(struct window *window, const struct decoder_event *event)
{
	size_t size = event->size < sizeof(window->notice.message)
			      ? event->size
			      : sizeof(window->notice.message) - 1;

	memcpy(window->notice.message, event->bytes, size);
	window->notice.message[size] = '\0';
	window->notice.title = PHRASE_MESSAGE;
	window_dirty_all(window);
}

static void take_size(struct window *window, const struct decoder_event *event)
{
	window_drop_picture(window);
	window_dirty_all(window);
	if (event->value == DECODER_RESIZE_CLIENT && event->extra != 0) {
		lower_limit(window);
	}
}

static void take_update(struct window *window, const struct decoder_event *event)
{
	if (window->screen == SCREEN_CONNECTING && window->session.is_greeted) {
		window->tries = 0;
		window->was_open = true;
		window->asked = geometry_wish(&window->geometry, window->limit);
		window_show(window, SCREEN_OPEN);
		window_keys_focus(window, SDL_GetKeyboardFocus() == window->sdl);
	}
	window_dirty_picture(
		window, (struct garasu_rect){event->x, event->y, event->width, event->height});
}

static void on_event(void *context, const struct decoder_event *event)
{
	struct window *window = context;

	switch (event->type) {
	case DECODER_EVENT_SIZE:
		take_size(window, event);
		return;
	case DECODER_EVENT_UPDATE:
		take_update(window, event);
		return;
	case DECODER_EVENT_POINTER:
		window_pointer_picture(window, event);
		return;
	case DECODER_EVENT_CARET:
		window_keys_caret(window, event);
		return;
	case DECODER_EVENT_LED:
		window_keys_lock(window, event);
		return;
	case DECODER_EVENT_STATE:
		take_state(window, event);
		return;
	case DECODER_EVENT_MESSAGE:
		take_message(window, event);
		return;
	case DECODER_EVENT_BEGIN:
	case DECODER_EVENT_QEMU_KEY:
	case DECODER_EVENT_GARASU:
	case DECODER_EVENT_FENCE:
	case DECODER_EVENT_CONTINUOUS:
	case DECODER_EVENT_POLICY:
	case DECODER_EVENT_ERROR:
	case DECODER_EVENT_END:
		return;
	}
}

/* No picture comes to a window that nobody can see. */
static void set_pace(struct window *window)
{
	if (window->has_session) {
		session_pace(&window->session, window->is_out_of_sight ? PACE_COUNT : PACE_FULL, 0);
	}
}

void window_connect(struct window *window)
{
	struct session_settings settings = window->options->session;
	struct geometry_size wish = geometry_wish(&window->geometry, window->limit);

	window->notice = (struct notice){.state = GARASU_STATE_COUNT};
	window_show(window, SCREEN_CONNECTING);
	window_draw(window); /* before the name is looked up, which may take a while */
	settings.password = window->password->text;
	settings.width = wish.width;
	settings.height = wish.height;
	settings.scale = window->geometry.scale;
	if (window->was_open) {
		settings.address = NULL; /* it is open, or the user has gone on */
	}
	window->ask_due_ms = 0;
	session_init(&window->session, &settings, on_event, window);
	window->has_session = true;
	set_pace(window);
}

static void end_session(struct window *window)
{
	if (!window->has_session) {
		return;
	}
	waker_watch(&window->waker, NULL, 0);
	window_drop_picture(window);
	session_finish(&window->session);
	window->has_session = false;
	window->pointer.buttons = 0;
	window->keyboard.caret_bits = 0;
	window_pointer_finish(window);
	window_keys_init(window); /* what it held went with it */
}

static void after_session(struct window *window)
{
	bool is_useful;
	uint32_t chance = 0;

	window->outcome = window->session.outcome;
	is_useful = reconnect_is_useful(&window->outcome);
	if (is_useful && window->screen == SCREEN_OPEN) {
		window_keep_last(window);
	}
	end_session(window);
	if (is_useful) {
		window->tries++;
		if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) != sizeof(chance)) {
			chance = (uint32_t)garasu_clock_ms();
		}
		window->retry_ms = garasu_clock_ms() +
				   reconnect_delay_ms(&window->outcome, window->tries, chance);
		window_show(window, SCREEN_WAITING);
	} else if (window->outcome.fault == FAULT_STATE &&
		   window->outcome.state == GARASU_STATE_REFUSED) {
		password_clear(window->password);
		window_show(window, SCREEN_ASKING);
	} else {
		window_draw_finish(window); /* the last picture too: it is nobody's any more */
		window_show(window, SCREEN_STOPPED);
	}
}

/* ---- the loop ---- */

static void take_window_event(struct window *window, const SDL_WindowEvent *event)
{
	if (event->event == SDL_WINDOWEVENT_SIZE_CHANGED ||
		event->event == SDL_WINDOWEVENT_DISPLAY_CHANGED) {
		window_resized(window);
	} else if (event->event == SDL_WINDOWEVENT_EXPOSED) {
		window_dirty_all(window);
	} else if (event->event == SDL_WINDOWEVENT_FOCUS_LOST) {
		window_keys_focus(window, false);
		window_pointer_release(window);
	} else if (event->event == SDL_WINDOWEVENT_FOCUS_GAINED) {
		window_keys_focus(window, true);
	} else if (event->event == SDL_WINDOWEVENT_MINIMIZED ||
		   event->event == SDL_WINDOWEVENT_HIDDEN) {
		window->is_out_of_sight = true;
		set_pace(window);
	} else if (event->event == SDL_WINDOWEVENT_RESTORED ||
		   event->event == SDL_WINDOWEVENT_MAXIMIZED ||
		   event->event == SDL_WINDOWEVENT_SHOWN) {
		window->is_out_of_sight = false;
		set_pace(window);
	} else if (event->event == SDL_WINDOWEVENT_CLOSE) {
		window->quits = true;
	}
}

/* The numbers are SDL's, not an enumeration of ours. */
static void take_event(struct window *window, const SDL_Event *event)
{
	if (event->type == SDL_QUIT) {
		window->quits = true;
	} else if (event->type == SDL_WINDOWEVENT) {
		take_window_event(window, &event->window);
	} else if (event->type >= SDL_KEYDOWN && event->type < SDL_MOUSEMOTION) {
		window_keys_event(window, event);
	} else if (event->type >= SDL_MOUSEMOTION && event->type <= SDL_MOUSEWHEEL) {
		window_pointer_event(window, event);
	}
}

static void sooner(int *wait_ms, uint64_t due_ms, uint64_t now_ms)
{
	int left_ms = due_ms > now_ms ? (int)(due_ms - now_ms) : 0;

	if (due_ms != 0 && (*wait_ms < 0 || left_ms < *wait_ms)) {
		*wait_ms = left_ms;
	}
}

static int next_wait_ms(const struct window *window)
{
	uint64_t now_ms = garasu_clock_ms();
	int wait_ms = window->has_session ? session_timeout_ms(&window->session) : -1;

	if (window->has_input) {
		return 0;
	}
	sooner(&wait_ms, window->ask_due_ms, now_ms);
	sooner(&wait_ms, window->keyboard.text_ends_ms, now_ms);
	sooner(&wait_ms, window->screen == SCREEN_WAITING ? window->retry_ms : 0, now_ms);
	sooner(&wait_ms, window->painting.panel_due_ms, now_ms);
	if (window->painting.is_held_back) {
		sooner(&wait_ms, now_ms + HELD_BACK_MS, now_ms);
	}
	if (SDL_IsTextInputActive()) {
		sooner(&wait_ms, now_ms + METHOD_MS, now_ms);
	}
	return wait_ms;
}

static void take_events(struct window *window)
{
	SDL_Event event;

	if (SDL_WaitEventTimeout(&event, next_wait_ms(window))) {
		do {
			take_event(window, &event);
		} while (!window->quits && SDL_PollEvent(&event));
	}
	window_keys_settle(window);
	window_pointer_settle(window);
	window->has_input = window_order_next();
}

static void work(struct window *window)
{
	uint64_t now_ms = garasu_clock_ms();

	if (window->has_session) {
		session_work(&window->session);
		if (window->session.phase == SESSION_ENDED) {
			after_session(window);
		}
	} else if (window->screen == SCREEN_WAITING && now_ms >= window->retry_ms) {
		window_connect(window);
	}
	window_keys_mode(window, now_ms);
	if (window->screen == SCREEN_OPEN) {
		ask_size(window, now_ms);
	}
}

static void watch_session(struct window *window)
{
	struct pollfd fds[WAKER_FDS];

	if (window->has_session) {
		waker_watch(&window->waker, fds, session_fds(&window->session, fds));
	}
}

static int open_window(struct window *window)
{
	const struct session_settings *settings = &window->options->session;
	uint32_t strip = geometry_strip_px(GARASU_SCALE_ONE);
	char title[sizeof(window->options->host) + sizeof(TITLE)];
	SDL_Rect room;
	int width = (int)settings->width, height = (int)(settings->height + strip);

	SDL_SetHint(SDL_HINT_IME_SHOW_UI, "1");
	SDL_SetHint(SDL_HINT_IME_SUPPORT_EXTENDED_TEXT, "1");
	SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
	SDL_SetHint(SDL_HINT_APP_NAME, "Garasu");
	if (SDL_Init(SDL_INIT_VIDEO) != 0) {
		return -1;
	}
	if (strcmp(SDL_GetCurrentVideoDriver(), "x11") == 0) {
		SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0"); /* MIT-SHM: no GL in here */
	}
	SDL_EnableScreenSaver();
	SDL_StopTextInput();
	if (SDL_GetDisplayUsableBounds(0, &room) == 0 && room.w > 0 && room.h > 0) {
		width = width < room.w ? width : room.w;
		height = height < room.h ? height : room.h;
	}
	snprintf(title, sizeof(title), TITLE, settings->host);
	window->sdl = SDL_CreateWindow(title, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, width,
		height, SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
	if (window->sdl == NULL) {
		return -1;
	}
	window_order_start(window->sdl);
	SDL_SetWindowMinimumSize(window->sdl, LEAST_POINTS_WIDTH, LEAST_POINTS_HEIGHT);
	return 0;
}

/* Returns 0 when all stands. */
static int start(struct window *window)
{
	if (open_window(window) != 0) {
		garasu_log(GARASU_LOG_ERROR, "no-window", "reason=%s", SDL_GetError());
		return -1;
	}
	window->overlay = overlay_create(GARASU_SCALE_ONE);
	if (window->overlay == NULL) {
		garasu_log(GARASU_LOG_ERROR, "no-font", "needed=NotoSansCJK-Regular.ttc");
		return -1;
	}
	return waker_start(&window->waker, wake_main_thread);
}

static void finish(struct window *window)
{
	end_session(window);
	waker_stop(&window->waker);
	window_draw_finish(window);
	overlay_destroy(&window->overlay);
	if (window->sdl != NULL) {
		SDL_DestroyWindow(window->sdl);
	}
	SDL_Quit();
}

void window_run(const struct options *options, struct password *password, struct outcome *outcome)
{
	struct window window = {.options = options,
		.password = password,
		.limit = geometry_limit(),
		.notice = {.state = GARASU_STATE_COUNT}};

	window_keys_init(&window);
	if (start(&window) != 0) {
		*outcome = (struct outcome){.fault = FAULT_LOCAL};
		finish(&window);
		return;
	}
	window_resized(&window);
	if (password->text[0] == '\0') {
		window_show(&window, SCREEN_ASKING);
	} else {
		window_connect(&window);
	}
	while (!window.quits) {
		window_draw(&window);
		watch_session(&window);
		take_events(&window);
		work(&window);
	}
	*outcome = window.outcome;
	if (window.screen == SCREEN_OPEN || window.screen == SCREEN_CONNECTING) {
		*outcome = (struct outcome){0}; /* the user's own wish */
	} else if (window.screen == SCREEN_ASKING && outcome->fault == FAULT_NONE) {
		outcome->fault = FAULT_PASSWORD;
	}
	finish(&window);
}
