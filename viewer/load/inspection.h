/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_INSPECTION_H
#define LOAD_INSPECTION_H

#include "connection.h"
#include "samples.h"

/*
 * How good the picture of a page at rest is, and when it became so.
 *
 * From the first picture of the page on, which is kept itself, what is shown is kept at fixed
 * times: as the next turn of the loop finds it. When nothing has changed for a while, the whole
 * picture is asked for again on the same connection as Raw alone: that is the truth, with which all
 * the kept ones are compared.
 */

#define INSPECTION_TIMES 4u
#define INSPECTION_PICTURES_MAX 512u /* of one page */

extern const uint32_t inspection_times_ms[INSPECTION_TIMES];

enum inspection_phase {
	INSPECTION_NONE = 0,
	INSPECTION_WATCHING, /* until the picture rests */
	INSPECTION_ASKING,   /* for the truth */
	INSPECTION_DONE,
};

struct inspection {
	enum inspection_phase phase;
	bool is_counted; /* of the window: the caller's to say */
	uint32_t width, height;
	uint64_t shown_us, picture_us, asked_us;
	uint64_t bytes_before, bytes_shown, bytes_rested; /* of the connection, decoded */
	uint8_t *kept[INSPECTION_TIMES + 1u];             /* the last: at rest */
	uint32_t kept_count;
	struct {
		uint64_t time_us, hash;
	} pictures[INSPECTION_PICTURES_MAX];
	uint32_t picture_count;
	uint32_t covered_right, covered_bottom; /* of the truth */

	/* when DONE */
	bool is_compared;               /* else it never rested, or the truth never came */
	double error[INSPECTION_TIMES]; /* compare_error */
	uint64_t differing;             /* pixels, at rest */
	bool is_exact;                  /* since lossless_us after the page was shown */
	uint64_t lossless_us;
};

/* A page was asked for: what comes from here on is its. */
void inspection_expect(struct inspection *inspection, const struct connection *connection);

/* Its first picture is there. Without memory for it nothing is inspected. */
void inspection_begin(
	struct inspection *inspection, const struct connection *connection, uint64_t now_us);

/* Looks at each further picture. */
void inspection_see(
	struct inspection *inspection, const struct connection *connection, uint64_t now_us);

/* Does what is due. Returns when to call it again; 0: it is DONE, or NONE. */
uint64_t inspection_step(
	struct inspection *inspection, struct connection *connection, uint64_t now_us);

/* Frees; accepts zeroes. */
void inspection_finish(struct inspection *inspection);

/* What many of them measured. */
struct quality {
	struct samples psnr[INSPECTION_TIMES]; /* 1/1000 dB */
	double error_sum[INSPECTION_TIMES];
	struct samples lossless;           /* microseconds */
	uint64_t pages, uncompared;        /* compared, and not */
	uint64_t differing;                /* pixels of all pages at rest */
	uint64_t bytes_first, bytes_after; /* to the first picture; from there to the rest */
};

/* Adds one that is DONE. Returns 0 or -ENOMEM. */
int quality_add(struct quality *quality, const struct inspection *inspection)
	__attribute__((warn_unused_result));
/* Returns the PSNR of all pages together; there is at least one. */
double quality_psnr(const struct quality *quality, uint32_t time);
/* Adds more. Returns 0 or -ENOMEM. */
int quality_join(struct quality *quality, const struct quality *more)
	__attribute__((warn_unused_result));
/* Frees; accepts zeroes. */
void quality_finish(struct quality *quality);

#endif
