/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_UPDATE_H
#define ENCODER_UPDATE_H

#include "encoder.h"

/* One FramebufferUpdate as it is made. */
struct update {
	struct encoder *encoder;
	size_t start;      /* of its header in the out buffer */
	size_t limit;      /* with so many bytes it ends, and the rest stays dirty */
	uint32_t count;    /* rectangles */
	int has_last_rect; /* it ends with LastRect, the count does not matter */
	int is_trimmed;    /* only what differs from what is shown is painted */
	int has_copies;
	int is_refinement; /* nothing changed: lossy tiles go again */
};

/* paint.c: adds what changed, or, if nothing did and the line is idle, what can be refined. Returns
 * 0 or negative errno. */
int update_add_pixels(struct update *update, uint64_t now_ms) __attribute__((warn_unused_result));

#endif
