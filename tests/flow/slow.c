/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A slow line stays short: while a page repaints without end, what comes between a key and its
 * picture, and what waits in the line, has a bound that does not grow. It is counted in bytes: at
 * the line's rate that is time, whatever the machine's clock says. The painter stands in for the
 * browser. */

#include "line.h"

#include "painted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KEYS 4u
#define ANSWERS (2u * KEYS) /* a key goes down and up */
#define HELD "252 12"       /* the lowest bit of the painter's keys held */
#define BYTES_A_MS 1250u    /* 10 Mbit/s */
#define REPAINTS PAINTED_HOST "animate?area=photos&keys=1" /* 250 KB each at this size */
#define SCROLLS PAINTED_HOST "animate?area=full&keys=1"

struct slow {
	struct flow_line line;
	struct painted painted; /* its broker and its viewer, one at each end */
};

static struct slow slow;

/* congestion: NULL, or the word for one of the kernel's ways. */
static void start_under(
	char *congestion, const char *const *line, const char *page, const char *size)
{
	char words[3][32];

	for (int i = 0; i < 3; i++) {
		snprintf(words[i], sizeof(words[i]), "%s", line[i]);
	}
	if (flow_line_start(&slow.line, words[0], words[1], words[2], congestion, (char *)NULL) !=
		0) {
		skip();
	}
	flow_broker_start(&slow.painted.broker,
		&(struct flow_options){.paints = 1, .line = &slow.line, .start_page = page});
	flow_viewer_start(
		&slow.painted.viewer, &slow.painted.broker, "tanaka", "--size", size, (char *)NULL);
}

static void start(const char *const *line, const char *page, const char *size)
{
	start_under(NULL, line, page, size);
}

static void stop(void)
{
	flow_viewer_stop(&slow.painted.viewer);
	flow_broker_stop(&slow.painted.broker);
	flow_line_stop(&slow.line);
}

static unsigned long bytes_received(void)
{
	flow_viewer_say(&slow.painted.viewer, "stats");
	return strtoul(strstr(slow.painted.viewer.answer, "bytes ") + 6, NULL, 10);
}

/* Presses or releases a key and waits for its picture. Returns the bytes received meanwhile. */
static unsigned long answer_bytes(const char *way, const char *colour)
{
	unsigned long before = bytes_received();

	flow_viewer_say(&slow.painted.viewer, "key 0x61 %s", way);
	flow_viewer_say(&slow.painted.viewer, "wait-pixel " HELD " %s 20000", colour);
	return bytes_received() - before;
}

static int compare(const void *left, const void *right)
{
	const unsigned long *one = left, *other = right;

	return (*one > *other) - (*one < *other);
}

/* Presses KEYS keys. Fills *peak with the most bytes that waited in the line. Returns the median of
 * the answers' bytes: a machine that is busy elsewhere delays some, not most. */
static unsigned long press_keys(unsigned long *peak)
{
	unsigned long answers[ANSWERS];
	struct flow_line_stats stats;

	flow_line_stats(&slow.line, &stats); /* begins the peak anew */
	for (unsigned key = 0; key < KEYS; key++) {
		answers[2 * key] = answer_bytes("down", "ffffff");
		answers[2 * key + 1] = answer_bytes("up", "000000");
	}
	flow_line_stats(&slow.line, &stats);
	*peak = stats.down.peak;
	qsort(answers, ANSWERS, sizeof(answers[0]), compare);
	printf("answers: %lu to %lu bytes, median %lu; most in the queue %lu\n", answers[0],
		answers[ANSWERS - 1], answers[ANSWERS / 2], *peak);
	return answers[ANSWERS / 2];
}

/* The key takes half a round trip, its answer another, a frame is drawn and taken, and before it
 * stands what was on its way. Twice: what comes later is answered no later. */
static void assert_short(unsigned round_trip_ms)
{
	for (int key = 0; key < 4; key++) { /* what the line is like is learnt meanwhile */
		answer_bytes("down", "ffffff");
		answer_bytes("up", "000000");
	}
	for (int round = 0; round < 2; round++) {
		unsigned long peak, median = press_keys(&peak);

		assert_in_range(median, 1, (round_trip_ms + 200) * BYTES_A_MS);
		assert_in_range(peak, 1, (round_trip_ms + 60) * BYTES_A_MS);
	}
}

static void keys_overtake_photographs_at_20_ms(void **state)
{
	static const char *const line[] = {"rate_kbit=10000", "delay_ms=10", "queue_bytes=262144"};

	(void)state;
	start(line, REPAINTS, "1920x1080");
	flow_viewer_say(&slow.painted.viewer, "wait-pixel " HELD " 000000 20000");
	assert_short(20);
	stop();
}

/* The kernel that sends has one of its ways or another; whatever this one allows is tried. */
static void keys_overtake_photographs_whichever_way_the_kernel_has(void **state)
{
	static const char *const line[] = {"rate_kbit=10000", "delay_ms=10", "queue_bytes=262144"};
	FILE *file = fopen("/proc/sys/net/ipv4/tcp_allowed_congestion_control", "r");
	char name[32], word[64];

	(void)state;
	assert_non_null(file);
	while (fscanf(file, "%31s", name) == 1) {
		snprintf(word, sizeof(word), "congestion=%s", name);
		printf("%s\n", word);
		start_under(word, line, REPAINTS, "1920x1080");
		flow_viewer_say(&slow.painted.viewer, "wait-pixel " HELD " 000000 20000");
		assert_short(20);
		stop();
	}
	fclose(file);
}

static void keys_overtake_photographs_at_80_ms(void **state)
{
	static const char *const line[] = {"rate_kbit=10000", "delay_ms=40", "queue_bytes=262144"};

	(void)state;
	start(line, REPAINTS, "1920x1080");
	flow_viewer_say(&slow.painted.viewer, "wait-pixel " HELD " 000000 20000");
	assert_short(80);
	stop();
}

/* What lay in the line when it slowed down takes its time; then it is as short again. */
static void line_that_drops_to_a_tenth_is_short_again(void **state)
{
	static const char *const line[] = {"rate_kbit=10000", "delay_ms=10", "queue_bytes=262144"};
	unsigned long peak;

	(void)state;
	start(line, REPAINTS, "1920x1080");
	flow_viewer_say(&slow.painted.viewer, "wait-pixel " HELD " 000000 20000");
	answer_bytes("down", "ffffff");
	answer_bytes("up", "000000");
	flow_line_set(&slow.line, "rate_kbit=1000");
	answer_bytes("down", "ffffff");
	answer_bytes("up", "000000");
	assert_in_range(press_keys(&peak), 1, 800 * BYTES_A_MS / 10);
	assert_in_range(peak, 1, 64 * 1024);
	stop();
}

/* More frames than two are on their way, each of a few hundred bytes, and no queue comes of it. */
static void scrolling_page_is_not_held_back_at_80_ms(void **state)
{
	static const char *const line[] = {"rate_kbit=10000", "delay_ms=40", "queue_bytes=262144"};
	unsigned long peak;

	(void)state;
	start(line, SCROLLS, "1280x800");
	flow_viewer_say(&slow.painted.viewer, "wait-pixel " HELD " 000000 20000");
	answer_bytes("down", "ffffff");
	answer_bytes("up", "000000");
	assert_in_range(press_keys(&peak), 1, 80 * BYTES_A_MS);
	assert_in_range(peak, 1, 16 * 1024);
	stop();
}

/* A page larger than the window comes in several updates and is whole at last. */
static void page_that_comes_in_pieces_is_whole(void **state)
{
	static const char *const line[] = {"rate_kbit=4000", "delay_ms=40", "queue_bytes=65536"};
	static const char *const pages[] = {PAINTED_HOST "lines", PAINTED_HOST "scroll"};

	(void)state;
	start(line, PAINTED_HOST "solid?rgb=123456", "1280x800");
	assert_int_equal(pattern_parse(&slow.painted.page, PAINTED_HOST "solid?rgb=123456"), 0);
	slow.painted.page.width = PAINTED_WIDTH;
	slow.painted.page.height = PAINTED_HEIGHT;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		(void)painted_open(&slow.painted, pages[i]);
	}
	for (int step = 0; step < 2; step++) {
		(void)painted_turn(&slow.painted, 1);
	}
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_overtake_photographs_at_20_ms),
		cmocka_unit_test(keys_overtake_photographs_at_80_ms),
		cmocka_unit_test(keys_overtake_photographs_whichever_way_the_kernel_has),
		cmocka_unit_test(line_that_drops_to_a_tenth_is_short_again),
		cmocka_unit_test(scrolling_page_is_not_held_back_at_80_ms),
		cmocka_unit_test(page_that_comes_in_pieces_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
