/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_WORK_H
#define LOAD_WORK_H

#include "code.h"
#include "connection.h"
#include "film.h"
#include "inspection.h"
#include "samples.h"

/*
 * One user at work: a connection, a profile, and what is measured of both.
 *
 * An action's time runs from just before the write() of its message to the moment when the update
 * that shows its effect is decoded. A strip's count or token, or the ruler's position, shows the
 * effect: a frame made before the action cannot. What was not seen within the time-out is lost, and
 * waited for once more as long before the next action begins, so that its coming late is not taken
 * for the next one's effect; after that the server is taken to have dropped it.
 */

#define WORK_TOKENS 200u             /* of pages: 1 and on */
#define WORK_SEARCH_EVERY_US 100000u /* of the whole picture for the strip */

enum work_profile {
	WORK_READ,   /* wheel notches, with time to read */
	WORK_TYPE,   /* Japanese text and keys into a form */
	WORK_LOAD,   /* one page after the other */
	WORK_ADVERT, /* reads nothing; an animated advertisement stands on the page */
	WORK_VIDEO,  /* a film of 640 x 360 */
	WORK_IDLE,   /* looks at a still page */
	WORK_PARKED, /* leaves and comes back */
	WORK_BENCH,  /* two keys on a page at rest, a notch, a key while it moves: for latency */
	WORK_SCROLL, /* reads nothing; text of the whole width moves smoothly by itself */
	WORK_NOTCH,  /* one notch after the other over such text */
	WORK_SITE,   /* the same beside a sticky header, side bars and a moving advertisement */
	WORK_PHOTO,  /* the same over photographs */
	WORK_BESIDE, /* keys one after the other beside a film of 640 x 360 */
	WORK_LOOK,   /* one page of photographs and text after the other; compares each at rest */
	WORK_PROFILES,
};

enum work_action {
	WORK_KEY,
	WORK_KEY_SCROLLING, /* while the movement of a notch goes on */
	WORK_TEXT,
	WORK_WHEEL,
	WORK_PAGE,
	WORK_RESUME,
	WORK_ACTIONS
};

/* What a step measured of one profile's users. */
struct tally {
	struct samples times[WORK_ACTIONS];
	uint64_t done[WORK_ACTIONS]; /* begun while measuring and shown */
	uint64_t lost[WORK_ACTIONS]; /* begun while measuring, its effect not seen in time */
	uint64_t late[WORK_ACTIONS]; /* of these, seen later */
	uint64_t bytes_in;
	uint64_t notches_rested, notch_px; /* whose movement was seen to its end, and how far */
	uint64_t frames, repeated, torn, skipped; /* of pages that move; frames: distinct numbers */
	struct quality quality;                   /* of WORK_LOOK */
	struct samples film;                      /* PSNR of frames of a film, 1/1000 dB */
};

struct work_settings {
	struct connection_settings connection;
	const char *password;
	char pages[256];        /* http://HOST:PORT of the pages */
	bool types_latin;       /* letters alone */
	uint32_t think_percent; /* of the profiles' usual think times */
	uint32_t action_timeout_ms, start_timeout_ms;
	uint64_t seed;
};

enum work_phase {
	WORK_UNUSED = 0,
	WORK_STARTING, /* until the page's strip is seen */
	WORK_READY,    /* next action at due_us */
	WORK_WAITING,  /* for an action's effect, until due_us */
	WORK_AWAY,     /* parked until due_us */
	WORK_BUSY,     /* the broker said: later; tries again at due_us */
	WORK_FAILED,
};

struct work {
	const struct work_settings *settings; /* borrowed */
	enum work_profile profile;
	struct connection connection;
	char user[GARASU_RFB_USER_MAX + 1], page[512];
	struct chance chance;

	enum work_phase phase;
	uint64_t due_us;
	enum work_action action; /* in flight */
	bool is_counted;         /* it began while measuring */
	bool is_lost;            /* not seen in time; waited for once more */
	bool is_lost_counted;
	uint64_t action_us;
	uint16_t expected; /* count, or token of WORK_PAGE */
	int32_t position_before;

	bool has_place, has_bottom, is_aimed, is_resuming, is_late;
	struct code_place place, bottom;
	uint32_t unread;         /* pictures since the strips last fitted each other */
	uint64_t picture_us;     /* when the last update was decoded */
	uint64_t searched_us;    /* the whole picture for the strip */
	struct code_strip strip; /* as last read */
	bool has_strip, has_frame;
	uint16_t frame;
	bool has_position;
	int32_t position;
	uint64_t moved_us;      /* when the position last changed */
	uint64_t rest_since_us; /* when the next notch began to wait for rest; 0: it does not */
	bool is_notched;        /* a counted notch moves the page, from notched_from */
	int32_t notched_from;
	bool is_going_up;
	uint32_t step;   /* actions so far */
	uint32_t number; /* of the user, from 1 */
	struct inspection inspection;
	struct film film;

	uint64_t first_picture_us, first_page_us; /* since connect(); 0: not yet */
	uint32_t busy_retries;
	uint64_t bytes_seen; /* of the connection, already in a tally */
	struct tally *tally; /* borrowed; NULL: not measuring */
	bool is_open;        /* the window */
};

/* Fills a user of the given number (from 1) and starts to connect. */
void work_start(struct work *work, const struct work_settings *settings, enum work_profile profile,
	uint32_t number);

/* Does what is due and what the socket allows. Returns true if it must be called again at once. */
bool work_run(struct work *work, uint64_t now_us);

/* Begins measuring into tally, or (NULL) forgets the tally. */
void work_measure(struct work *work, struct tally *tally);

/* Ends the window: what begins from now on is not counted. An action in flight still is when its
 * effect shows or fails to, so that slow ones are not left out. */
void work_close_window(struct work *work);
bool work_is_pending(const struct work *work); /* a counted action is in flight */

/* What is due: its next action (work_acts.c). */
void work_act(struct work *work, uint64_t now_us);
/* Nothing is in flight: sets when the next action is due (work_acts.c). */
void work_be_ready(struct work *work, uint64_t now_us);

/* Closes its connection and frees; what was measured stays. */
void work_stop(struct work *work);

bool work_is_settled(const struct work *work); /* its page was seen, or it failed */

int work_profile_read(const char *name, enum work_profile *profile);
const char *work_profile_name(enum work_profile profile);
const char *work_page_mode(enum work_profile profile); /* m= in its page's address */
bool work_profile_has_frames(
	enum work_profile profile); /* its page numbers them, above and below */
bool work_profile_has_notches(enum work_profile profile);
bool work_profile_has_film(enum work_profile profile);
const char *work_action_name(enum work_action action);
bool work_action_is_typing(enum work_action action);
/* Fills out with why it failed, in English, on one line. */
void work_failure(const struct work *work, char *out, size_t size);

void tally_finish(struct tally *tally);
/* Adds more to tally. Returns 0 or -ENOMEM. */
int tally_join(struct tally *tally, const struct tally *more) __attribute__((warn_unused_result));

#endif
