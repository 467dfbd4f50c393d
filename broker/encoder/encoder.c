/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The encoder's loop: waits for the viewer, for news and for its own times; no tick. Reads
 * untrusted bytes from: the news pipe (only that there are some). */

#include "encoder.h"

#include "base/clock.h"
#include "base/control.h"
#include "base/descriptor.h"
#include "base/log.h"
#include "message.h"
#include "pseudo.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define RESIZE_WAIT_MS 1500u
#define FIRST_SIZE_MS 1500u
#define STATISTICS_MS 1000u
#define FIRST_WIDTH 1280u /* where no frame tells better */
#define FIRST_HEIGHT 720u
#define OUT_WAITING_MAX 65536u /* bytes not yet taken by the gateway; above, nothing is added */
#define IN_BYTES_MAX 16384u
#define TAKE_GAP_US 4000u /* a writer that draws without credit gets no more of our time */

enum { POLL_CONTROL, POLL_STREAM, POLL_NEWS, POLL_COUNT };

/* ---- open and close ---- */

static int make_room(struct encoder *encoder)
{
	const struct garasu_encoder_settings *settings = &encoder->settings;
	size_t picture_bytes = 4u * (size_t)settings->max_width * settings->max_height;
	size_t tiles = picture_tiles(settings->max_width, settings->max_height);
	int result = picture_init(&encoder->picture, settings->max_width, settings->max_height);

	if (result != 0) {
		return result;
	}
	result = scroll_init(&encoder->scroll, settings->max_width, settings->max_height);
	if (result != 0) {
		return result;
	}
	result = refine_init(&encoder->refine, (enum garasu_refine)settings->refine,
		settings->refine_ms, settings->max_width, settings->max_height);
	if (result != 0) {
		return result;
	}
	encoder->ways = calloc(tiles, sizeof(*encoder->ways));
	encoder->rectangles = calloc(tiles, sizeof(*encoder->rectangles));
	if (encoder->ways == NULL || encoder->rectangles == NULL) {
		return -ENOMEM;
	}
	garasu_buffer_init(&encoder->in, IN_BYTES_MAX);
	garasu_buffer_init(&encoder->out, picture_bytes + picture_bytes / 4 + (4u << 20));
	return 0;
}

static int set_nonblocking(const struct encoder_edges *edges)
{
	int result = garasu_fd_set_nonblocking(edges->stream, 1);

	if (result == 0) {
		result = garasu_fd_set_nonblocking(edges->news, 1);
	}
	if (result == 0) {
		result = garasu_fd_set_nonblocking(edges->credit, 1);
	}
	return result;
}

static int settings_are_sane(const struct garasu_encoder_settings *settings)
{
	return settings->max_width >= GARASU_FRAME_SIDE_MIN &&
	       settings->max_width <= GARASU_FRAME_WIDTH_LIMIT &&
	       settings->max_height >= GARASU_FRAME_SIDE_MIN &&
	       settings->max_height <= GARASU_FRAME_HEIGHT_LIMIT && settings->jpeg_quality >= 1 &&
	       settings->jpeg_quality <= 100 && settings->refine <= GARASU_REFINE_OFF;
}

static int open_parts(struct encoder *encoder, const struct encoder_edges *edges)
{
	const struct garasu_encoder_settings *settings = &encoder->settings;
	int result = set_nonblocking(edges);

	if (result == 0) {
		result = frame_memory_open(
			&encoder->memory, edges->frame, settings->max_width, settings->max_height);
	}
	if (result == 0) {
		result = make_room(encoder);
	}
	if (result == 0) {
		result = jpeg_init(&encoder->jpeg);
	}
	if (result == 0) {
		result = zstd_coder_init(&encoder->zstd);
	}
	if (result == 0) {
		result = coder_create(&encoder->coder, &encoder->picture);
	}
	if (result == 0) {
		const struct pixel_format native = pixel_format_native();

		result = coder_set_format(encoder->coder, &native);
	}
	return result;
}

int encoder_open(struct encoder *encoder, const struct encoder_edges *edges,
	const struct garasu_encoder_settings *settings)
{
	int result;

	*encoder = (struct encoder){.settings = *settings,
		.control = edges->control,
		.stream = edges->stream,
		.news = edges->news,
		.resize_wait_ms = RESIZE_WAIT_MS,
		.first_size_ms = FIRST_SIZE_MS,
		.statistics_ms = STATISTICS_MS,
		.has_news = 1, /* a resumed session has a frame already */
		.started_ms = garasu_clock_ms()};
	if (!settings_are_sane(settings)) {
		return -EPROTO;
	}
	viewer_init(&encoder->viewer);
	credit_init(&encoder->credit, edges->credit, settings->rate_input);
	result = open_parts(encoder, edges);
	if (result != 0) {
		encoder_close(encoder);
	}
	return result;
}

void encoder_close(struct encoder *encoder)
{
	coder_destroy(&encoder->coder);
	zstd_coder_finish(&encoder->zstd);
	jpeg_finish(&encoder->jpeg);
	refine_finish(&encoder->refine);
	scroll_finish(&encoder->scroll);
	picture_finish(&encoder->picture);
	frame_memory_close(&encoder->memory);
	free(encoder->ways);
	free(encoder->rectangles);
	garasu_buffer_finish(&encoder->in);
	garasu_buffer_finish(&encoder->out);
	encoder->ways = NULL;
	encoder->rectangles = NULL;
}

/* ---- what may be done now ---- */

static int is_drained(const struct encoder *encoder)
{
	return garasu_buffer_size(&encoder->out) <= OUT_WAITING_MAX;
}

/* A wish for another size is a readiness of its own: some viewers ask for no update before the
 * answer. */
static int wants_frame(const struct encoder *encoder, uint64_t now_us)
{
	return encoder->viewer.is_initialised && encoder->has_news && is_drained(encoder) &&
	       (viewer_room(&encoder->viewer, now_us) > 0 || encoder->resize.answers > 0);
}

static uint64_t take_due_us(const struct encoder *encoder)
{
	uint64_t gap_us = encoder->has_frame ? encoder->credit.frame_us + TAKE_GAP_US : 0;
	uint64_t retry_us = encoder->retry_ms * 1000;

	return gap_us > retry_us ? gap_us : retry_us;
}

static int wants_update(const struct encoder *encoder, uint64_t now_us)
{
	return is_drained(encoder) && viewer_room(&encoder->viewer, now_us) > 0 &&
	       encoder_update_is_due(encoder, now_us / 1000);
}

/* Never while a frame waits to be copied. ClientInit asks for the first. Beside the rest of a frame
 * a newer one may come at any time, and overtakes what is left. */
static int wants_credit(const struct encoder *encoder, uint64_t now_us)
{
	const struct viewer *viewer = &encoder->viewer;

	if (encoder->has_news || !is_drained(encoder)) {
		return 0;
	}
	if (!viewer->is_initialised) {
		return encoder->is_greeted;
	}
	return encoder->resize.answers > 0 ||
	       viewer_room(viewer, now_us) >
		       (wants_update(encoder, now_us) && !encoder->has_rest ? 1u : 0u);
}

/* ---- steps ---- */

static uint32_t lesser(uint32_t left, uint32_t right)
{
	return left < right ? left : right;
}

/* Why it went is the supervisor's to say: it learns of the browser's end a little later, and a
 * viewer that was closed by us would be told to come back. The last picture stands until then. */
static void on_session_gone(struct encoder *encoder)
{
	encoder->news = -1; /* poll passes it over */
	encoder->credit.never = 1;
}

/* ServerInit goes as soon as the picture's size is known, or when waiting for it took too long. */
static int greet(struct encoder *encoder, uint64_t now_ms)
{
	struct viewer *viewer = &encoder->viewer;
	struct frame frame;
	int seen;

	if (!encoder->is_greeted || viewer->is_initialised) {
		return 0;
	}
	seen = frame_memory_read(&encoder->memory, &frame);
	if (seen == 0) {
		encoder->has_news = 0;
	}
	if (seen != 1 && now_ms < encoder->started_ms + encoder->first_size_ms) {
		return 0;
	}
	viewer->width = seen == 1 ? frame.width : lesser(FIRST_WIDTH, encoder->settings.max_width);
	viewer->height =
		seen == 1 ? frame.height : lesser(FIRST_HEIGHT, encoder->settings.max_height);
	picture_resize(&encoder->picture, viewer->width, viewer->height);
	encoder->needs_whole = 1;
	viewer->is_initialised = 1;
	return append_server_init(&encoder->out, viewer->width, viewer->height);
}

static int send_statistics(struct encoder *encoder)
{
	struct garasu_encoder_statistics *statistics = &encoder->statistics;
	int result;

	statistics->cpu_us = garasu_clock_cpu_us();
	statistics->width = encoder->viewer.width;
	statistics->height = encoder->viewer.height;
	result = garasu_control_send(
		encoder->control, GARASU_ENCODER_STATISTICS, statistics, NULL, 0);
	if (result == 0) {
		encoder->said_bytes = statistics->bytes;
	}
	return result == -EAGAIN ? 0 : result;
}

/* The credit goes on as soon as the copy is complete, so that the next frame is drawn while this
 * one is encoded. */
static int serve_frame(struct encoder *encoder, uint64_t now_us)
{
	uint64_t now_ms = now_us / 1000;
	int result = 0;

	if (wants_frame(encoder, now_us) && take_due_us(encoder) <= now_us) {
		result = encoder_take(encoder, now_us);
	}
	if (result == 0 && wants_credit(encoder, now_us) &&
		credit_due_us(&encoder->credit) <= now_us) {
		result = credit_give(&encoder->credit, now_us);
		if (result == -EPIPE) {
			on_session_gone(encoder);
			result = 0;
		}
	}
	if (result == 0 && wants_update(encoder, now_us)) {
		result = encoder_update(encoder, now_ms);
	}
	return result;
}

/* Every picture and every answer is bytes; without any, only the planes of a picture at rest still
 * settle. */
static uint64_t statistics_due_ms(const struct encoder *encoder)
{
	return encoder->statistics.bytes != encoder->said_bytes ||
			       picture_is_settling(&encoder->picture)
		       ? encoder->statistics_due_ms
		       : UINT64_MAX;
}

static int settle(struct encoder *encoder, uint64_t now_ms)
{
	picture_rest(&encoder->picture);
	encoder->statistics_due_ms = now_ms + encoder->statistics_ms;
	return encoder->statistics.bytes != encoder->said_bytes ? send_statistics(encoder) : 0;
}

static int step(struct encoder *encoder)
{
	uint64_t now_us = garasu_clock_us();
	uint64_t now_ms = now_us / 1000;
	int was_initialised = encoder->viewer.is_initialised;
	int result = greet(encoder, now_ms);

	if (result == 0 && encoder->viewer.is_initialised && !was_initialised) {
		result = encoder_read(encoder, now_ms); /* what waited for ServerInit */
	}
	if (result == 0) {
		result = encoder_resize_step(encoder, now_ms);
	}
	if (result == 0) {
		result = serve_frame(encoder, now_us);
	}
	if (result == 0) {
		result = encoder_flush(encoder, garasu_clock_ms());
	}
	if (result == 0 && now_ms >= statistics_due_ms(encoder)) {
		result = settle(encoder, now_ms);
	}
	return result;
}

/* ---- waiting ---- */

static uint64_t sooner(uint64_t left, uint64_t right)
{
	return left < right ? left : right;
}

/* When the next step is due of itself; now or earlier: at once; UINT64_MAX: never. */
static uint64_t next_due_us(const struct encoder *encoder, uint64_t now_us)
{
	uint64_t statistics_ms = statistics_due_ms(encoder);
	uint64_t due_us = statistics_ms == UINT64_MAX ? UINT64_MAX : statistics_ms * 1000;

	if (wants_update(encoder, now_us)) {
		return 0;
	}
	if (encoder->is_greeted && !encoder->viewer.is_initialised) {
		due_us = sooner(due_us, (encoder->started_ms + encoder->first_size_ms) * 1000);
	}
	if (wants_frame(encoder, now_us)) {
		due_us = sooner(due_us, take_due_us(encoder));
	}
	if (wants_credit(encoder, now_us)) {
		due_us = sooner(due_us, credit_due_us(&encoder->credit));
	}
	if (encoder->resize.answers > 0) {
		due_us = sooner(due_us, encoder->resize.deadline_ms * 1000);
	}
	if (is_drained(encoder)) {
		uint64_t refine_ms = encoder_refine_due_ms(encoder);

		due_us = refine_ms == UINT64_MAX ? due_us : sooner(due_us, refine_ms * 1000);
	}
	return due_us;
}

/* Before ServerInit messages wait in the socket; a viewer that does not read is not read. */
static short stream_events(const struct encoder *encoder)
{
	int reads = is_drained(encoder) && (encoder->viewer.is_initialised || !encoder->is_greeted);
	int writes = garasu_buffer_size(&encoder->out) > 0;

	return (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
}

/* The supervisor tells an encoder nothing: what comes is its end. */
static int read_control(struct encoder *encoder)
{
	struct garasu_control record;
	int result = garasu_control_receive(encoder->control, &record, 0);

	if (result == -EAGAIN) {
		return 0;
	}
	return result == 0 ? -EPIPE : result == 1 ? -EPROTO : result;
}

static int read_news(struct encoder *encoder)
{
	uint8_t bytes[256];
	ssize_t size = read(encoder->news, bytes, sizeof(bytes));

	if (size == 0) {
		on_session_gone(encoder);
		return 0;
	}
	if (size < 0) {
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	}
	encoder->has_news = 1;
	if (encoder->torn_count == 0) {
		encoder->retry_ms = 0;
	}
	return 0;
}

static int serve_events(struct encoder *encoder, const struct pollfd polls[POLL_COUNT])
{
	int result = 0;

	if (polls[POLL_CONTROL].revents != 0) {
		result = read_control(encoder);
	}
	if (result == 0 && (polls[POLL_STREAM].revents & POLLIN) != 0) {
		result = encoder_read(encoder, garasu_clock_ms());
	} else if (result == 0 && (polls[POLL_STREAM].revents & (POLLHUP | POLLERR)) != 0) {
		result = -EPIPE;
	}
	if (result == 0 && polls[POLL_NEWS].revents != 0) {
		result = read_news(encoder);
	}
	return result;
}

static int wait_and_serve(struct encoder *encoder)
{
	struct pollfd polls[POLL_COUNT] = {
		[POLL_CONTROL] = {.fd = encoder->control, .events = POLLIN},
		[POLL_STREAM] = {.fd = encoder->stream, .events = stream_events(encoder)},
		[POLL_NEWS] = {.fd = encoder->news, .events = POLLIN},
	};
	uint64_t now_us = garasu_clock_us();
	uint64_t due_us = next_due_us(encoder, now_us);
	uint64_t wait_us = due_us > now_us ? due_us - now_us : 0;
	const struct timespec timeout = {
		.tv_sec = (time_t)(wait_us / 1000000), .tv_nsec = (long)(wait_us % 1000000) * 1000};

	if (ppoll(polls, POLL_COUNT, due_us == UINT64_MAX ? NULL : &timeout, NULL) < 0) {
		return errno == EINTR ? 0 : -errno;
	}
	return serve_events(encoder, polls);
}

int encoder_run(struct encoder *encoder)
{
	int result = credit_refresh(&encoder->credit, garasu_clock_us());

	if (result == -EPIPE) {
		on_session_gone(encoder);
		result = 0;
	}
	encoder->statistics_due_ms = encoder->started_ms + encoder->statistics_ms;
	while (result == 0) {
		result = step(encoder);
		if (result == 0) {
			result = wait_and_serve(encoder);
		}
	}
	(void)!send_statistics(encoder);
	return result == -EPIPE ? 0 : result;
}
