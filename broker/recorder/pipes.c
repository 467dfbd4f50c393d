/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Log pipes of the roles: bytes in, labelled lines out.
 * Reads untrusted bytes from: every role's fd 2. */

#include "recorder.h"

#include "base/clock.h"
#include "base/descriptor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TELL_MS 1000
#define LOG_NAME "garasu.log"

struct pipe {
	struct pipe *next;
	struct pipes *pipes;
	struct line_source source;
	struct line_rate rate;
	uv_poll_t poll;
	int fd;
	char line[RECORDER_LINE_MAX];
	size_t used;
	int is_cut; /* more came than fits */
};

static void put_line(struct pipe *pipe, uint64_t now, const char *text, size_t size)
{
	char out[RECORDER_LINE_MAX * 4 + 256];
	size_t length = line_make(out, sizeof(out), now, &pipe->source, text, size, pipe->is_cut);

	(void)!file_append(&pipe->pipes->log, out, length); /* a log that is full is no reason */
	pipe->rate.bytes -= (int64_t)length;
}

/* Says how many lines were not written since the last that was. */
static void tell_suppressed(struct pipe *pipe, uint32_t suppressed, uint64_t now)
{
	char words[64];
	int is_cut = pipe->is_cut;
	int count = snprintf(words, sizeof(words), "suppressed=%u", suppressed);

	if (suppressed > 0) {
		pipe->is_cut = 0;
		pipe->rate.suppressed = 0;
		put_line(pipe, now, words, (size_t)count);
		pipe->is_cut = is_cut;
	}
}

/* A source that fell silent after a flood. */
static void on_tell(uv_timer_t *timer)
{
	struct pipes *pipes = timer->data;

	for (struct pipe *pipe = pipes->first; pipe != NULL; pipe = pipe->next) {
		tell_suppressed(pipe, pipe->rate.suppressed, garasu_clock_unix_ms());
	}
}

static void write_line(struct pipe *pipe)
{
	uint64_t now = garasu_clock_unix_ms();
	uint32_t suppressed = pipe->rate.suppressed;

	if (line_rate_allows(&pipe->rate, now)) {
		tell_suppressed(pipe, suppressed, now);
		put_line(pipe, now, pipe->line, pipe->used);
	} else if (!uv_is_active((uv_handle_t *)&pipe->pipes->tell)) {
		uv_timer_start(&pipe->pipes->tell, on_tell, TELL_MS, 0);
	}
	pipe->used = 0;
	pipe->is_cut = 0;
}

static void take_bytes(struct pipe *pipe, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != '\n') {
			if (pipe->used < sizeof(pipe->line)) {
				pipe->line[pipe->used++] = bytes[i];
			} else {
				pipe->is_cut = 1;
			}
			continue;
		}
		write_line(pipe);
	}
}

static void forget_pipe(struct pipe *pipe)
{
	struct pipe **at = &pipe->pipes->first;

	while (*at != pipe) {
		at = &(*at)->next;
	}
	*at = pipe->next;
	pipe->pipes->count--;
}

static void on_pipe_closed(uv_handle_t *handle)
{
	struct pipe *pipe = handle->data;

	garasu_fd_close(&pipe->fd);
	free(pipe);
}

static void on_pipe(uv_poll_t *handle, int status, int events)
{
	struct pipe *pipe = handle->data;
	struct pipes *pipes = pipe->pipes;
	char bytes[16384];
	ssize_t got = status == 0 ? read(pipe->fd, bytes, sizeof(bytes)) : 0;

	(void)events;
	if (got > 0) {
		take_bytes(pipe, bytes, (size_t)got);
		return;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	if (pipe->used > 0) {
		write_line(pipe);
	}
	tell_suppressed(pipe, pipe->rate.suppressed, garasu_clock_unix_ms());
	forget_pipe(pipe);
	uv_close((uv_handle_t *)handle, on_pipe_closed);
	if (pipes->count == 0) {
		pipes->on_none(pipes->owner);
	}
}

void pipes_add(struct pipes *pipes, const struct garasu_record_pipe *order, int fd)
{
	struct pipe *pipe = calloc(1, sizeof(*pipe));

	if (pipe == NULL || garasu_fd_set_nonblocking(fd, 1) != 0 ||
		uv_poll_init(pipes->loop, &pipe->poll, fd) != 0) {
		free(pipe);
		garasu_fd_close(&fd);
		return;
	}
	pipe->pipes = pipes;
	pipe->fd = fd;
	pipe->source = (struct line_source){
		.role = order->role, .request = order->request, .session = order->session};
	pipe->poll.data = pipe;
	pipe->next = pipes->first;
	pipes->first = pipe;
	pipes->count++;
	uv_poll_start(&pipe->poll, UV_READABLE, on_pipe);
}

int pipes_open(struct pipes *pipes, uv_loop_t *loop, int directory)
{
	pipes->loop = loop;
	pipes->log = (struct file){.directory = directory, .name = LOG_NAME, .fd = -1};
	pipes->tell.data = pipes;
	return uv_timer_init(loop, &pipes->tell) != 0 ? -ENOMEM : file_open(&pipes->log);
}
