/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_MARKUP_H
#define LOAD_MARKUP_H

#include <stddef.h>
#include <stdio.h>

/* Text and drawings within HTML. */

/* Writes text so that it is text wherever it stands in HTML or SVG, also within quotes. */
void markup_text(FILE *file, const char *text);

struct plot_series {
	const char *name, *colour;
	const double *values; /* one for each x; NAN: none */
};

struct plot {
	const char *title, *x_name, *y_name;
	const double *x;
	size_t count;
	const struct plot_series *lines;
	size_t line_count;
	const struct plot_series
		*stack; /* bars, from below; with them x stands at equal distances */
	size_t stack_count;
	double limit; /* a dashed line; NAN: none */
	const char *limit_name;
};

/* Writes an SVG element. */
void plot_write(FILE *file, const struct plot *plot);

/* Distance of an axis' ticks, so that most is reached with 3 to 8 of them: 1, 2 or 5 times a power
 * of ten. most is above 0. */
double plot_tick(double most);

#endif
