/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML text and SVG plots. */

#include "markup.h"

#include <math.h>
#include <stdbool.h>

#define WIDTH 560.0
#define HEIGHT 330.0
#define LEFT 58.0
#define RIGHT 16.0
#define TOP 34.0
#define BOTTOM 84.0
#define LEGEND_COLUMN 170.0
#define LEGEND_COLUMNS 3

struct frame {
	double x_least, x_most, y_most; /* of the values */
	bool is_even;                   /* x at equal distances */
	size_t count;
};

void markup_text(FILE *file, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", file);
			break;
		case '<':
			fputs("&lt;", file);
			break;
		case '>':
			fputs("&gt;", file);
			break;
		case '"':
			fputs("&quot;", file);
			break;
		case '\'':
			fputs("&#39;", file);
			break;
		default:
			putc(*text, file);
		}
	}
}

double plot_tick(double most)
{
	double power = pow(10, floor(log10(most / 3)));
	double part = most / 3 / power; /* 1 to 10 */

	return power * (part >= 5 ? 5 : part >= 2 ? 2 : 1);
}

static double place_x(const struct frame *frame, double x, size_t index)
{
	double width = WIDTH - LEFT - RIGHT;

	if (frame->is_even) {
		return LEFT + width * ((double)index + 0.5) / (double)frame->count;
	}
	return LEFT + width * (x - frame->x_least) / (frame->x_most - frame->x_least);
}

static double place_y(const struct frame *frame, double y)
{
	return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * y / frame->y_most;
}

static double larger(double left, double right)
{
	return isfinite(right) && right > left ? right : left;
}

static struct frame make_frame(const struct plot *plot)
{
	struct frame frame = {.is_even = plot->stack_count > 0, .count = plot->count, .x_most = 1};
	double most = larger(0, plot->limit), tick;

	for (size_t i = 0; i < plot->count; i++) {
		double sum = 0;

		frame.x_most = larger(frame.x_most, plot->x[i]);
		for (size_t line = 0; line < plot->line_count; line++) {
			most = larger(most, plot->lines[line].values[i]);
		}
		for (size_t part = 0; part < plot->stack_count; part++) {
			sum += larger(0, plot->stack[part].values[i]);
		}
		most = larger(most, sum);
	}
	most = most > 0 ? most * 1.05 : 1;
	tick = plot_tick(most);
	frame.y_most = ceil(most / tick) * tick;
	return frame;
}

static void write_label(FILE *file, double x, double y, const char *anchor, const char *text)
{
	fprintf(file, "<text x='%.1f' y='%.1f' text-anchor='%s'>", x, y, anchor);
	markup_text(file, text);
	fputs("</text>", file);
}

static void write_y_axis(FILE *file, const struct frame *frame)
{
	double tick = plot_tick(frame->y_most);
	int count = (int)(frame->y_most / tick + 0.5);

	for (int i = 0; i <= count; i++) {
		double y = place_y(frame, tick * i);
		char text[32];

		fprintf(file, "<line class='grid' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>", LEFT,
			y, WIDTH - RIGHT, y);
		snprintf(text, sizeof(text), "%g", tick * i);
		write_label(file, LEFT - 6, y + 4, "end", text);
	}
}

static void write_x_axis(FILE *file, const struct plot *plot, const struct frame *frame)
{
	double free_from = 0;

	for (size_t i = 0; i < plot->count; i++) {
		double x = place_x(frame, plot->x[i], i);
		char text[32];

		fprintf(file, "<line class='axis' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>", x,
			HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 4);
		if (x < free_from) {
			continue; /* its number would cover the last one */
		}
		snprintf(text, sizeof(text), "%g", plot->x[i]);
		write_label(file, x, HEIGHT - BOTTOM + 17, "middle", text);
		free_from = x + 22;
	}
	write_label(file, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 34, "middle", plot->x_name);
}

static void write_stack(FILE *file, const struct plot *plot, const struct frame *frame)
{
	double width = (WIDTH - LEFT - RIGHT) / (double)plot->count * 0.7;

	width = width < 56 ? width : 56;
	for (size_t i = 0; i < plot->count; i++) {
		double below = 0, x = place_x(frame, plot->x[i], i) - width / 2;

		for (size_t part = 0; part < plot->stack_count; part++) {
			double value = plot->stack[part].values[i];
			double top;

			if (!isfinite(value) || value <= 0) {
				continue;
			}
			top = place_y(frame, below + value);
			fprintf(file,
				"<rect x='%.1f' y='%.2f' width='%.1f' height='%.2f' fill='%s'/>", x,
				top, width, place_y(frame, below) - top, plot->stack[part].colour);
			below += value;
		}
	}
}

static void write_line(FILE *file, const struct plot *plot, const struct frame *frame,
	const struct plot_series *line)
{
	bool is_begun = false;

	fprintf(file, "<path fill='none' stroke='%s' stroke-width='2' d='", line->colour);
	for (size_t i = 0; i < plot->count; i++) {
		if (!isfinite(line->values[i])) {
			is_begun = false; /* nothing is drawn over what was not measured */
			continue;
		}
		fprintf(file, "%c%.1f %.1f", is_begun ? 'L' : 'M', place_x(frame, plot->x[i], i),
			place_y(frame, line->values[i]));
		is_begun = true;
	}
	fputs("'/>", file);
	for (size_t i = 0; i < plot->count; i++) {
		if (isfinite(line->values[i])) {
			fprintf(file, "<circle cx='%.1f' cy='%.1f' r='3.2' fill='%s'/>",
				place_x(frame, plot->x[i], i), place_y(frame, line->values[i]),
				line->colour);
		}
	}
}

static void write_limit(FILE *file, const struct plot *plot, const struct frame *frame)
{
	double y = place_y(frame, plot->limit);

	if (!isfinite(plot->limit)) {
		return;
	}
	fprintf(file, "<line class='limit' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>", LEFT, y,
		WIDTH - RIGHT, y);
	write_label(file, LEFT + 6, y - 5, "start", plot->limit_name);
}

static void write_legend(FILE *file, const struct plot *plot)
{
	for (size_t i = 0; i < plot->stack_count + plot->line_count; i++) {
		const struct plot_series *series = i < plot->stack_count
							   ? &plot->stack[i]
							   : &plot->lines[i - plot->stack_count];
		double x = LEFT + LEGEND_COLUMN * (double)(i % LEGEND_COLUMNS);
		double y = HEIGHT - BOTTOM + 50 + 15 * (double)(i / LEGEND_COLUMNS);

		fprintf(file, "<rect x='%.1f' y='%.1f' width='10' height='10' rx='%d' fill='%s'/>",
			x, y - 9, i < plot->stack_count ? 0 : 5, series->colour);
		write_label(file, x + 15, y, "start", series->name);
	}
}

void plot_write(FILE *file, const struct plot *plot)
{
	struct frame frame = make_frame(plot);

	fprintf(file, "<svg viewBox='0 0 %.0f %.0f' role='img'><title>", WIDTH, HEIGHT);
	markup_text(file, plot->title);
	fputs("</title>", file);
	write_label(file, LEFT - 44, TOP - 14, "start", plot->y_name);
	write_y_axis(file, &frame);
	write_x_axis(file, plot, &frame);
	if (plot->count > 0) {
		write_stack(file, plot, &frame);
	}
	for (size_t i = 0; i < plot->line_count; i++) {
		write_line(file, plot, &frame, &plot->lines[i]);
	}
	write_limit(file, plot, &frame);
	write_legend(file, plot);
	fputs("</svg>\n", file);
}
