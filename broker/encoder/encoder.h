/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_ENCODER_H
#define ENCODER_ENCODER_H

#include "base/buffer.h"
#include "coder.h"
#include "credit.h"
#include "cursor.h"
#include "frame.h"
#include "garasu/control.h"
#include "garasu/settings.h"
#include "jpeg.h"
#include "picture.h"
#include "refine.h"
#include "scroll.h"
#include "viewer.h"
#include "zstd_coder.h"

/* A SetDesktopSize that waits for the session to change its size. */
struct resize {
	uint32_t answers; /* how many are owed; 0: none waits */
	uint32_t width, height;
	uint64_t deadline_ms;
};

/* The encoder: everything it knows, for one viewer's connection. */
struct encoder {
	struct garasu_encoder_settings settings;
	int control, stream, news; /* borrowed; the credit has its pipe */
	uint32_t resize_wait_ms;   /* how long a SetDesktopSize waits for its new size */
	uint32_t first_size_ms;    /* how long ServerInit waits for a first frame */
	uint32_t statistics_ms;

	struct frame_memory memory;
	struct frame frame; /* the last one taken */
	int has_frame;      /* the picture is whole */
	int has_news;       /* there is or may be a newer frame */
	int is_fresh;       /* it was taken since the last update */
	int has_rest;       /* the last update had no room for all of it */
	int needs_whole;    /* compare everything, whatever the damage says */
	uint32_t torn_count;
	uint64_t retry_ms; /* do not look at the memory again before */
	struct picture picture;
	struct scroll scroll;
	struct cursor cursor;

	struct viewer viewer;
	struct resize resize;
	uint64_t resized_ms; /* the viewer is about to ask for the whole picture; 0: it is not */
	struct credit credit;
	struct refine refine;
	int is_greeted; /* ClientInit came */

	struct coder *coder;
	struct zstd_coder zstd;
	struct jpeg jpeg;
	uint8_t *ways;                  /* how each tile goes out, for one update: paint.c */
	struct garasu_rect *rectangles; /* room for each tile */
	uint32_t rest_at[2]; /* tiles: where the rest of exact ones and of photographs goes on */
	int photos_wait;     /* the last update had room for none */
	struct garasu_buffer in, out;

	uint64_t started_ms, statistics_due_ms;
	struct garasu_encoder_statistics statistics;
	uint64_t said_bytes; /* when the supervisor was last told */
	int pixels_wait;     /* the first picture is in out */
};

/* The descriptors of garasu/heritage.h; borrowed, made non-blocking. Only frame is taken: closed
 * once it is mapped. */
struct encoder_edges {
	int control, stream, frame, news, credit;
};

/* Fills *encoder: maps the frame memory, makes buffers and libraries ready. Returns 0 or negative
 * errno, with everything freed; -EPROTO for settings out of bounds. */
int encoder_open(struct encoder *encoder, const struct encoder_edges *edges,
	const struct garasu_encoder_settings *settings) __attribute__((warn_unused_result));

/* Frees; accepts zeroes. */
void encoder_close(struct encoder *encoder);

/* Serves the viewer until it, the session or the supervisor is gone. Returns 0 then, or negative
 * errno: -EPROTO when the viewer broke the protocol. */
int encoder_run(struct encoder *encoder) __attribute__((warn_unused_result));

/* ---- steps, each in a file of its own; 0 or negative errno ---- */

/* stream.c: reads what the viewer said. -EPIPE when it is gone. */
int encoder_read(struct encoder *encoder, uint64_t now_ms) __attribute__((warn_unused_result));

/* stream.c: writes what waits, as far as the stream takes it. -EPIPE when the viewer is gone. */
int encoder_flush(struct encoder *encoder, uint64_t now_ms) __attribute__((warn_unused_result));

/* take.c: copies the newest frame's changed tiles. Call it only while the viewer has room. */
int encoder_take(struct encoder *encoder, uint64_t now_us) __attribute__((warn_unused_result));

/* resize.c: a wish for another size. */
int encoder_resize_wish(struct encoder *encoder, uint32_t width, uint32_t height, uint64_t now_ms)
	__attribute__((warn_unused_result));

/* resize.c: answers wishes that came true or whose time is up. */
int encoder_resize_step(struct encoder *encoder, uint64_t now_ms)
	__attribute__((warn_unused_result));

/* resize.c: tells the viewer that its picture now has this size; the next frame is taken whole. */
int encoder_resized(struct encoder *encoder, uint32_t width, uint32_t height, uint64_t now_ms)
	__attribute__((warn_unused_result));

/* update.c: true if there is something to send. */
int encoder_update_is_due(const struct encoder *encoder, uint64_t now_ms);

/* update.c: when lossy tiles are to be sent again bit-exact; UINT64_MAX while nothing lossy waits,
 * the line is not idle, or changes come first. */
uint64_t encoder_refine_due_ms(const struct encoder *encoder);

/* update.c: appends one FramebufferUpdate with all of it. Only while the viewer has room. */
int encoder_update(struct encoder *encoder, uint64_t now_ms) __attribute__((warn_unused_result));

#endif
