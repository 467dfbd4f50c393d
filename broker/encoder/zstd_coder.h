/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_ZSTD_CODER_H
#define ENCODER_ZSTD_CODER_H

#include "base/buffer.h"
#include "garasu/frame.h"
#include "picture.h"

/* The coder of our own viewers: one zstd stream per connection (garasu/rfb.h,
 * GARASU_RFB_ENCODING_ZSTD). */
struct zstd_coder {
	struct ZSTD_CCtx_s *context;
	uint8_t *strip; /* some pixels of one plane */
};

/* Takes all the memory that coding will ever need; call it before the jail. Returns 0 or -ENOMEM.
 */
int zstd_coder_init(struct zstd_coder *coder) __attribute__((warn_unused_result));

/* Frees; accepts zeroes. */
void zstd_coder_finish(struct zstd_coder *coder);

/* Appends area, inside the picture, as one rectangle with its header. Returns 0 or negative errno;
 * after an error the stream is lost. */
int zstd_coder_append(struct zstd_coder *coder, const struct picture *picture,
	const struct garasu_rect *area, struct garasu_buffer *out)
	__attribute__((warn_unused_result));

#endif
