/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorder's loop: pipes and events in, two append-only files out.
 * Reads untrusted bytes from: every role's fd 2; the supervisor's events. */

#include "recorder.h"

#include "base/clock.h"
#include "base/control.h"
#include "base/descriptor.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#define DRAIN_MS 2000
#define TELL_MS 1000
#define LOG_NAME "garasu.log"
#define AUDIT_NAME "audit.jsonl"
#define TAIL_SIZE 65536     /* more than the longest line of the trail */
#define RECORDS_AT_ONCE 256 /* then the pipes have their turn */

struct file {
	const char *name;
	int fd;
	ino_t inode;
};

struct recorder {
	uv_loop_t loop;
	uv_poll_t control;
	uv_timer_t drain, tell;
	int control_fd;
	int directory;
	struct file log, audit;
	uint64_t number; /* of the last event */
	struct pipe *first;
	unsigned pipes;
	int is_ending;
	int exit_code;
};

struct pipe {
	struct pipe *next;
	struct recorder *recorder;
	struct line_source source;
	struct line_rate rate;
	uv_poll_t poll;
	int fd;
	char line[RECORDER_LINE_MAX];
	size_t used;
	int is_cut; /* more came than fits */
};

/* ---- files ---- */

/* Opens a file again when it was rotated away. */
static int open_file(struct recorder *recorder, struct file *file)
{
	struct stat status;

	if (file->fd >= 0 && fstatat(recorder->directory, file->name, &status, 0) == 0 &&
		status.st_ino == file->inode) {
		return 0;
	}
	garasu_fd_close(&file->fd);
	file->fd = openat(recorder->directory, file->name,
		O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (file->fd < 0 || fstat(file->fd, &status) != 0) {
		return -errno;
	}
	file->inode = status.st_ino;
	return 0;
}

/* All of it or nothing: half a line would swallow the next one. */
static int append(struct recorder *recorder, struct file *file, const char *text, size_t size)
{
	struct stat before;
	int result = open_file(recorder, file);

	if (result == 0 && fstat(file->fd, &before) != 0) {
		result = -errno;
	}
	if (result != 0) {
		return result;
	}
	result = garasu_fd_write_all(file->fd, text, size);
	if (result != 0 && ftruncate(file->fd, before.st_size) != 0) {
		garasu_log(GARASU_LOG_ERROR, "torn_line", "file=%s errno=%d", file->name, errno);
	}
	return result;
}

/* The number of a whole line of the trail, or 0. */
static uint64_t line_number(const char *line, size_t length)
{
	static const char head[] = "{\"number\":";
	char *end;
	uint64_t number;

	if (length <= sizeof(head) || line[length - 1] != '}' ||
		memcmp(line, head, sizeof(head) - 1) != 0) {
		return 0;
	}
	number = strtoull(line + sizeof(head) - 1, &end, 10);
	return *end == ',' ? number : 0;
}

/* Continues the numbers of an earlier run, by the last whole line of its trail, and ends a line
 * that it could not. */
static int continue_trail(struct recorder *recorder)
{
	char bytes[TAIL_SIZE];
	struct stat status;
	ssize_t got = 0;
	int fd = openat(recorder->directory, AUDIT_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0 && fstat(fd, &status) == 0) {
		off_t from = status.st_size > TAIL_SIZE ? status.st_size - TAIL_SIZE : 0;

		got = pread(fd, bytes, sizeof(bytes), from);
	}
	garasu_fd_close(&fd);
	if (got <= 0) {
		return (int)got;
	}
	for (ssize_t end = got; end > 0 && recorder->number == 0;) {
		ssize_t start = end - 1;

		while (start > 0 && bytes[start - 1] != '\n') {
			start--;
		}
		if (bytes[end - 1] == '\n') {
			recorder->number = line_number(bytes + start, (size_t)(end - 1 - start));
		}
		end = start;
	}
	return bytes[got - 1] != '\n' ? append(recorder, &recorder->audit, "\n", 1) : 0;
}

/* ---- log lines ---- */

static void put_line(struct pipe *pipe, uint64_t now, const char *text, size_t size)
{
	char out[RECORDER_LINE_MAX * 4 + 256];
	size_t length = line_make(out, sizeof(out), now, &pipe->source, text, size, pipe->is_cut);

	(void)!append(pipe->recorder, &pipe->recorder->log, out, length);
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
	struct recorder *recorder = timer->data;

	for (struct pipe *pipe = recorder->first; pipe != NULL; pipe = pipe->next) {
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
	} else if (!uv_is_active((uv_handle_t *)&pipe->recorder->tell)) {
		uv_timer_start(&pipe->recorder->tell, on_tell, TELL_MS, 0);
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
	struct pipe **at = &pipe->recorder->first;

	while (*at != pipe) {
		at = &(*at)->next;
	}
	*at = pipe->next;
	pipe->recorder->pipes--;
}

static void on_pipe_closed(uv_handle_t *handle)
{
	struct pipe *pipe = handle->data;

	garasu_fd_close(&pipe->fd);
	free(pipe);
}

static void end_if_drained(struct recorder *recorder)
{
	if (recorder->is_ending && recorder->pipes == 0) {
		uv_stop(&recorder->loop);
	}
}

static void on_pipe(uv_poll_t *handle, int status, int events)
{
	struct pipe *pipe = handle->data;
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
	end_if_drained(pipe->recorder);
}

static void add_pipe(struct recorder *recorder, const struct garasu_record_pipe *order, int fd)
{
	struct pipe *pipe = calloc(1, sizeof(*pipe));

	if (pipe == NULL || garasu_fd_set_nonblocking(fd, 1) != 0 ||
		uv_poll_init(&recorder->loop, &pipe->poll, fd) != 0) {
		free(pipe);
		garasu_fd_close(&fd);
		return;
	}
	pipe->recorder = recorder;
	pipe->fd = fd;
	pipe->source = (struct line_source){
		.role = order->role, .request = order->request, .session = order->session};
	pipe->poll.data = pipe;
	pipe->next = recorder->first;
	recorder->first = pipe;
	recorder->pipes++;
	uv_poll_start(&pipe->poll, UV_READABLE, on_pipe);
}

/* ---- events ---- */

static void write_event(struct recorder *recorder, const struct garasu_record_event *event)
{
	char out[8192];
	size_t size = audit_make(out, sizeof(out), recorder->number + 1, event);

	if (size == 0) {
		garasu_log(GARASU_LOG_ERROR, "unknown_event", "number=%u", event->event);
		return;
	}
	if (append(recorder, &recorder->audit, out, size) != 0) {
		recorder->exit_code =
			1; /* an audit trail that cannot be written is no audit trail */
		uv_stop(&recorder->loop);
		return;
	}
	recorder->number++;
}

static void begin_end(struct recorder *recorder)
{
	recorder->is_ending = 1;
	uv_poll_stop(&recorder->control);
	end_if_drained(recorder);
}

static void on_drained(uv_timer_t *timer)
{
	uv_stop(timer->loop);
}

static void on_control(uv_poll_t *handle, int status, int events)
{
	static struct garasu_control record;
	struct recorder *recorder = handle->data;
	int wrote = 0;
	int result = 1;

	(void)status;
	(void)events;
	for (int i = 0; i < RECORDS_AT_ONCE && recorder->exit_code == 0; i++) {
		result = garasu_control_receive(recorder->control_fd, &record, 1);
		if (result != 1) {
			break;
		}
		if (record.header.type == GARASU_RECORD_PIPE && record.fd_count == 1) {
			add_pipe(recorder, (const struct garasu_record_pipe *)record.payload,
				record.fds[0]);
			record.fd_count = 0;
		} else if (record.header.type == GARASU_RECORD_EVENT) {
			write_event(recorder, (const struct garasu_record_event *)record.payload);
			wrote = 1;
		}
		garasu_control_close_fds(&record);
	}
	if (wrote && recorder->audit.fd >= 0) {
		fdatasync(recorder->audit.fd);
	}
	if (result != -EAGAIN && result != 1) {
		begin_end(recorder);
		if (recorder->is_ending && recorder->pipes > 0) {
			uv_timer_start(&recorder->drain, on_drained, DRAIN_MS, 0);
		}
	}
}

int recorder_run(int control, int directory)
{
	static struct recorder recorder = {
		.log = {.name = LOG_NAME, .fd = -1}, .audit = {.name = AUDIT_NAME, .fd = -1}};

	recorder.control_fd = control;
	recorder.directory = directory;
	if (open_file(&recorder, &recorder.log) != 0 ||
		open_file(&recorder, &recorder.audit) != 0 || continue_trail(&recorder) != 0 ||
		uv_loop_init(&recorder.loop) != 0 ||
		uv_poll_init(&recorder.loop, &recorder.control, control) != 0 ||
		uv_timer_init(&recorder.loop, &recorder.drain) != 0 ||
		uv_timer_init(&recorder.loop, &recorder.tell) != 0) {
		return 1;
	}
	recorder.control.data = recorder.tell.data = &recorder;
	uv_poll_start(&recorder.control, UV_READABLE, on_control);
	uv_run(&recorder.loop, UV_RUN_DEFAULT);
	return recorder.exit_code;
}
