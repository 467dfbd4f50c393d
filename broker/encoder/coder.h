/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_CODER_H
#define ENCODER_CODER_H

#include "base/buffer.h"
#include "garasu/frame.h"
#include "picture.h"
#include "pixel.h"

/* The rectangle coder of standard viewers (libvncserver): lossless Tight and ZRLE in any valid
 * pixel format. It never sees a socket: one client record per connection, whose descriptor is a
 * memfd that is read back. No message is made by the library. */
struct coder;

/* Makes a coder that reads its pixels from picture (borrowed as long as the coder lives). Must be
 * called before the jail. Returns 0 or negative errno. */
int coder_create(struct coder **coder, const struct picture *picture)
	__attribute__((warn_unused_result));

/* Frees; accepts NULL, leaves NULL. */
void coder_destroy(struct coder **coder);

/* Sets the viewer's pixel format, which is valid. Returns 0 or -EIO. */
int coder_set_format(struct coder *coder, const struct pixel_format *format)
	__attribute__((warn_unused_result));

/* Appends area, inside the picture, as rectangles with their headers, in encoding
 * GARASU_RFB_TIGHT or GARASU_RFB_ZRLE. With has_last_rect solid parts may become rectangles of
 * their own. Returns how many rectangles, which is only true without has_last_rect, or negative
 * errno. */
int coder_append(struct coder *coder, int encoding, const struct garasu_rect *area,
	int has_last_rect, struct garasu_buffer *out) __attribute__((warn_unused_result));

#endif
