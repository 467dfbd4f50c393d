/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_FILM_H
#define LOAD_FILM_H

#include "code.h"

/*
 * The film of the tester's pages (pages_text.c), made here once more: what a frame of this number
 * should look like, with which what a viewer shows of it is compared.
 */

struct film {
	uint8_t *pixels; /* the photograph that moves, B G R X; NULL: none */
};

/* Makes the film of the page with this seed (s in its address) and token. Takes some tens of
 * milliseconds. Returns 0 or -ENOMEM. */
int film_make(struct film *film, uint32_t seed, uint32_t token) __attribute__((warn_unused_result));

/* Frees; accepts zeroes. */
void film_finish(struct film *film);

/* Fills error with the mean squared difference (compare.h) between the picture's film, on the page
 * whose strip stands at place, and the frame of this number; the parts that a square and a line of
 * text cover at times are not looked at. Returns 0, or -ENOENT where no film was made, the picture
 * has another scale than 1 or does not hold all of it. */
int film_error(const struct film *film, const struct code_picture *picture,
	const struct code_place *place, uint16_t frame, double *error)
	__attribute__((warn_unused_result));

#endif
