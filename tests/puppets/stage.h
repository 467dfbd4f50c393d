/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_PUPPETS_STAGE_H
#define GARASU_PUPPETS_STAGE_H

#include "garasu/frame.h"
#include "garasu/input.h"
#include "garasu/settings.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * What stands around a session in unit and escape tests: plays supervisor (makes the heritage),
 * gateway (input records) and encoder (credits, reads frames). Every wait has a deadline and fails
 * the cmocka test that called.
 */

#define STAGE_DEADLINE_MS 20000
#define STAGE_MAX_WIDTH 1600u
#define STAGE_MAX_HEIGHT 1200u
#define STAGE_STRIDE (STAGE_MAX_WIDTH * 4u)

struct stage {
	char directory[64]; /* holds the programs; is XDG_RUNTIME_DIR */
	pid_t pid;          /* the program that was started; -1 when its end was waited for */
	struct garasu_frame_header *header;
	uint8_t *memory, *pixels;
	int frame_fd;
	int news;     /* read end */
	int input;    /* write end */
	int credit;   /* write end */
	int handover; /* our end */
	int log;      /* read end of the program's fd 2 */
	int credit_is_out;
	char said[65536]; /* what came from log so far */
	size_t said_size;
};

struct stage_program {
	const char *from; /* path */
	const char *name; /* in the directory */
};

/* Makes the directory with copies of the programs (ended by a NULL), the first of which is started
 * with the heritage of a session (heritage.h). uid: whose process it is, 0: ours. */
void stage_start(struct stage *stage, const struct stage_program *programs,
	const struct garasu_session_settings *settings, uid_t uid);

/* The same with what its browser trusts beside Debian's list: PEM, or "". */
void stage_start_trusting(struct stage *stage, const struct stage_program *programs,
	const struct garasu_session_settings *settings, uid_t uid, const char *pem);

/* Settings with the stage's largest geometry and small tmpfses. */
struct garasu_session_settings stage_settings(
	const char *start_page, uint32_t width, uint32_t height, uint32_t scale);

/* Closes everything, waits for the program's end, removes the directory. Returns what
 * stage_wait_end did, or 0 if that was called before. */
int stage_stop(struct stage *stage);

/* Closes the last writers of both pipes. */
void stage_close_input(struct stage *stage);

/* Waits for the program's own end. Returns its exit code, or 1000 + signal. */
int stage_wait_end(struct stage *stage);

/* Writes one record: as the gateway, and as the encoder. */
void stage_play(struct stage *stage, struct garasu_input record);
void stage_play_as_encoder(struct stage *stage, struct garasu_input record);

/* Records. */
void stage_key(struct stage *stage, uint32_t code, int down);
void stage_keysym(struct stage *stage, uint32_t keysym, int down);
void stage_text(struct stage *stage, const char *utf8);
void stage_address(struct stage *stage, const char *address);
void stage_pointer(struct stage *stage, uint32_t x, uint32_t y, uint32_t buttons);
void stage_wheel(struct stage *stage, uint32_t x, uint32_t y, int dx, int dy);
void stage_geometry(
	struct stage *stage, uint32_t width, uint32_t height, uint32_t scale, uint16_t serial);

/* Gives a credit, if none is out. */
void stage_credit(struct stage *stage);

/* Waits for a frame's news; the credit must be out. */
void stage_wait_news(struct stage *stage);

/* True if news waits; does not take it. */
int stage_has_news(struct stage *stage);

/* A credit and its frame. */
void stage_frame(struct stage *stage);

/* Waits until the program has said a text on fd 2 that it had not said when last asked for. */
void stage_wait_said(struct stage *stage, const char *text);

uint32_t stage_pixel(const struct stage *stage, uint32_t x, uint32_t y);

#endif
