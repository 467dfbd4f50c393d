/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DECODER_MACHINE_H
#define DECODER_MACHINE_H

#include "decoder/decoder.h"

#include <base/buffer.h>

#include <stdbool.h>
#include <turbojpeg.h>
#include <zlib.h>

/* The inside of the decoder: one step waits for `need` bytes, gets them, and says what comes next.
 */
typedef enum decoder_error (*decoder_step)(struct decoder *decoder, const uint8_t *untrusted_bytes);

#define TIGHT_STREAMS 4
#define TIGHT_PALETTE_MAX 256
#define TIGHT_LENGTH_MAX 0x3fffffu /* 22 bits */
#define TIGHT_PLAIN_BELOW 12u      /* bytes: shorter data is not compressed and has no length */

enum tight_filter {
	TIGHT_FILTER_COPY = 0,
	TIGHT_FILTER_PALETTE = 1,
	TIGHT_FILTER_GRADIENT = 2,
};

struct tight {
	z_stream streams[TIGHT_STREAMS];
	bool is_open[TIGHT_STREAMS];
	tjhandle jpeg;
	uint8_t *row, *previous; /* 3 * max_width bytes each */
	unsigned stream;
	bool is_jpeg;
	enum tight_filter filter;
	uint32_t colours;
	uint8_t palette[TIGHT_PALETTE_MAX * 3];
	uint32_t length, shift;
};

#define ZSTD_PLANES 3

/* Our zstd stream. A strip is some rows of one plane, on their way into the picture. */
struct zstd {
	struct ZSTD_DCtx_s *context;
	bool is_begun;  /* its frame's header has come */
	uint8_t *strip; /* strip_max bytes: at least a row */
	size_t strip_max;
	size_t strip_size, strip_used; /* of this strip; 0: the rectangle is painted */
	uint32_t left;                 /* bytes of the payload still to come */
	uint32_t plane;                /* 0 to ZSTD_PLANES */
};

struct decoder {
	struct decoder_picture picture;
	uint32_t offers;
	decoder_on_event on_event;
	void *context;

	struct garasu_buffer input;
	decoder_step step;
	size_t need;
	enum decoder_error error;

	uint32_t width, height;    /* of the picture now */
	uint32_t rectangles_left;  /* of this update */
	bool is_until_last;        /* the update ends with LastRect */
	struct garasu_rect rect;   /* this rectangle, as it was sent: trusted once bounded */
	uint32_t row;              /* next row of a Raw rectangle, or of a zstd plane */
	struct garasu_rect damage; /* of this update */
	uint32_t fence_flags, garasu_sub;
	uint64_t foreign; /* messages that were dropped */
	uint64_t taken;   /* bytes, with those of this step */
	struct tight tight;
	struct zstd zstd;
};

/* Says what comes next: `step` once `need` bytes are there. */
void decoder_expect(struct decoder *decoder, size_t need, decoder_step step);

void decoder_emit(struct decoder *decoder, struct decoder_event event);

/* Goes on to the next rectangle or the end of the update. */
enum decoder_error decoder_end_rectangle(struct decoder *decoder);

/* Adds the present rectangle to the damage and goes on. */
enum decoder_error decoder_end_pixels(struct decoder *decoder);

enum decoder_error decoder_set_size(struct decoder *decoder, uint32_t width, uint32_t height);

/* The first pixel of a row of the present rectangle. */
uint8_t *decoder_row(struct decoder *decoder, uint32_t row);

/* Starts the rectangle whose header was just read. */
enum decoder_error rectangle_begin(struct decoder *decoder, int32_t untrusted_encoding);

int tight_init(struct tight *tight, uint32_t max_width);
void tight_finish(struct tight *tight);
enum decoder_error tight_begin(struct decoder *decoder);

int zstd_init(struct zstd *zstd, uint32_t max_width);
void zstd_finish(struct zstd *zstd);
enum decoder_error zstd_begin(struct decoder *decoder);

static inline uint32_t read_u16(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 8 | bytes[1];
}

static inline uint32_t read_u32(const uint8_t *bytes)
{
	return read_u16(bytes) << 16 | read_u16(bytes + 2);
}

#endif
