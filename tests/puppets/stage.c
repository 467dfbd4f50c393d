/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands around a session in tests. */

#include "stage.h"

#include "base/clock.h"
#include "base/control.h"
#include "base/descriptor.h"
#include "garasu/heritage.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define HERITAGE 7 /* descriptors 2 to 8 */
#define OUT_OF_THE_WAY 64

static void copy_program(const struct stage *stage, const struct stage_program *program)
{
	char path[160];
	char bytes[65536];
	int from = open(program->from, O_RDONLY | O_CLOEXEC);
	int to;
	ssize_t got;

	snprintf(path, sizeof(path), "%s/%s", stage->directory, program->name);
	to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	if (from < 0 || to < 0) {
		fail_msg("cannot copy %s to %s: %s", program->from, path, strerror(errno));
	}
	assert_int_equal(fchmod(to, 0755), 0);
	while ((got = read(from, bytes, sizeof(bytes))) > 0) {
		assert_int_equal(garasu_fd_write_all(to, bytes, (size_t)got), 0);
	}
	close(from);
	close(to);
}

static void make_frame(struct stage *stage)
{
	size_t bytes = (size_t)garasu_frame_bytes(STAGE_MAX_WIDTH, STAGE_MAX_HEIGHT);
	int fd = memfd_create("frame", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)bytes), 0);
	stage->memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(stage->memory, MAP_FAILED);
	stage->header = (struct garasu_frame_header *)stage->memory;
	stage->pixels = stage->memory + GARASU_FRAME_PIXELS_OFFSET;
	stage->header->magic = GARASU_FRAME_MAGIC;
	stage->header->version = GARASU_FRAME_VERSION;
	stage->header->max_width = STAGE_MAX_WIDTH;
	stage->header->max_height = STAGE_MAX_HEIGHT;
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 0);
	stage->frame_fd = fd;
}

struct garasu_session_settings stage_settings(
	const char *start_page, uint32_t width, uint32_t height, uint32_t scale)
{
	struct garasu_session_settings settings = {.max_width = STAGE_MAX_WIDTH,
		.max_height = STAGE_MAX_HEIGHT,
		.width = width,
		.height = height,
		.scale = scale,
		.profile_bytes = 16u << 20,
		.shm_bytes = 8u << 20,
		.uid = getuid(),
		.keyboard = "jp",
		.language = "ja"};

	snprintf(settings.start_page, sizeof(settings.start_page), "%s", start_page);
	return settings;
}

static _Noreturn void become(
	const struct stage *stage, const char *name, const int *heritage, uid_t uid, pid_t parent)
{
	char program[160];
	char runtime[96];
	char path[] = "PATH=/usr/bin:/bin";
	char *environment[] = {path, runtime, NULL};
	int nothing = open("/dev/null", O_RDWR);
	int moved[HERITAGE];

	snprintf(program, sizeof(program), "%s/%s", stage->directory, name);
	snprintf(runtime, sizeof(runtime), "XDG_RUNTIME_DIR=%s", stage->directory);
	for (int i = 0; i < HERITAGE; i++) {
		moved[i] = fcntl(heritage[i], F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
	}
	dup2(nothing, 0);
	dup2(nothing, 1);
	for (int i = 0; i < HERITAGE; i++) {
		dup2(moved[i], GARASU_FD_LOG + i);
	}
	if (uid != 0 && (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 ||
				setresuid(uid, uid, uid) != 0)) {
		_exit(120);
	}
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent ||
		close_range(GARASU_FD_LOG + HERITAGE, ~0u, 0) != 0) {
		_exit(121);
	}
	execle(program, name, (char *)NULL, environment);
	_exit(122);
}

static int seal_settings(const struct garasu_session_settings *settings, const char *pem)
{
	size_t pem_size = strlen(pem);
	uint8_t *bytes = malloc(sizeof(*settings) + pem_size);
	struct garasu_session_settings whole = *settings;
	int fd;

	assert_non_null(bytes);
	whole.upstream_ca_bytes = (uint32_t)pem_size;
	memcpy(bytes, &whole, sizeof(whole));
	memcpy(bytes + sizeof(whole), pem, pem_size);
	fd = garasu_fd_sealed("settings", bytes, sizeof(whole) + pem_size);
	free(bytes);
	assert_true(fd >= 0);
	return fd;
}

void stage_start(struct stage *stage, const struct stage_program *programs,
	const struct garasu_session_settings *settings, uid_t uid)
{
	stage_start_trusting(stage, programs, settings, uid, "");
}

void stage_start_trusting(struct stage *stage, const struct stage_program *programs,
	const struct garasu_session_settings *settings, uid_t uid, const char *pem)
{
	int log[2];
	int handover[2];
	int news[2];
	int input[2];
	int credit[2];
	int heritage[HERITAGE];
	pid_t parent = getpid();

	*stage = (struct stage){.pid = -1};
	snprintf(stage->directory, sizeof(stage->directory), "/tmp/garasu-stage.XXXXXX");
	assert_non_null(mkdtemp(stage->directory));
	assert_int_equal(chmod(stage->directory, uid != 0 ? 0755 : 0700), 0);
	for (const struct stage_program *program = programs; program->from != NULL; program++) {
		copy_program(stage, program);
	}
	make_frame(stage);
	assert_int_equal(garasu_control_pair(handover), 0);
	assert_int_equal(pipe2(log, O_CLOEXEC), 0);
	assert_int_equal(pipe2(news, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(pipe2(input, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(pipe2(credit, O_CLOEXEC | O_NONBLOCK), 0);
	heritage[0] = log[1];
	heritage[1] = handover[1];
	heritage[2] = stage->frame_fd;
	heritage[3] = news[1];
	heritage[4] = input[0];
	heritage[5] = seal_settings(settings, pem);
	heritage[6] = credit[0];
	stage->pid = fork();
	if (stage->pid == 0) {
		become(stage, programs[0].name, heritage, uid, parent);
	}
	close(log[1]);
	close(handover[1]);
	close(news[1]);
	close(input[0]);
	close(heritage[5]);
	close(credit[0]);
	stage->log = log[0];
	stage->handover = handover[0];
	stage->news = news[0];
	stage->input = input[1];
	stage->credit = credit[1];
	assert_int_equal(garasu_fd_set_nonblocking(stage->log, 1), 0);
}

void stage_close_input(struct stage *stage)
{
	garasu_fd_close(&stage->input);
	garasu_fd_close(&stage->credit);
}

static void hear(struct stage *stage)
{
	ssize_t got;

	while (stage->said_size < sizeof(stage->said) - 1 &&
		(got = read(stage->log, stage->said + stage->said_size,
			 sizeof(stage->said) - 1 - stage->said_size)) > 0) {
		stage->said_size += (size_t)got;
		stage->said[stage->said_size] = '\0';
	}
}

int stage_wait_end(struct stage *stage)
{
	uint64_t deadline = garasu_clock_ms() + STAGE_DEADLINE_MS;
	int status = 0;

	while (stage->pid > 0) {
		struct pollfd end = {.fd = stage->log, .events = POLLIN};
		pid_t ended = waitpid(stage->pid, &status, WNOHANG);

		if (ended == stage->pid) {
			stage->pid = -1;
			break;
		}
		if (garasu_clock_ms() > deadline) {
			kill(stage->pid, SIGKILL);
			waitpid(stage->pid, NULL, 0);
			stage->pid = -1;
			fail_msg("it did not end; it said: %s", stage->said);
		}
		poll(&end, 1, 20);
		hear(stage);
	}
	hear(stage);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int remove_one(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
	(void)status;
	(void)flag;
	(void)walk;
	return remove(path);
}

int stage_stop(struct stage *stage)
{
	int code;

	stage_close_input(stage);
	code = stage_wait_end(stage);
	garasu_fd_close(&stage->news);
	garasu_fd_close(&stage->log);
	garasu_fd_close(&stage->handover);
	garasu_fd_close(&stage->frame_fd);
	munmap(stage->memory, (size_t)garasu_frame_bytes(STAGE_MAX_WIDTH, STAGE_MAX_HEIGHT));
	nftw(stage->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return code;
}

/* ---- records ---- */

static void write_record(int pipe, const struct garasu_input *record)
{
	struct pollfd room = {.fd = pipe, .events = POLLOUT};

	assert_int_equal(poll(&room, 1, STAGE_DEADLINE_MS), 1);
	assert_int_equal(write(pipe, record, sizeof(*record)), sizeof(*record));
}

void stage_play(struct stage *stage, struct garasu_input record)
{
	write_record(stage->input, &record);
}

void stage_play_as_encoder(struct stage *stage, struct garasu_input record)
{
	write_record(stage->credit, &record);
}

void stage_key(struct stage *stage, uint32_t code, int down)
{
	stage_play(stage, (struct garasu_input){.type = GARASU_INPUT_KEY_CODE,
				  .flag = (uint8_t)down,
				  .key_code.code = code});
}

void stage_keysym(struct stage *stage, uint32_t keysym, int down)
{
	stage_play(stage, (struct garasu_input){.type = GARASU_INPUT_KEY_SYM,
				  .flag = (uint8_t)down,
				  .key_sym.keysym = keysym});
}

static void play_pieces(struct stage *stage, uint8_t type, const char *bytes)
{
	size_t left = strlen(bytes);

	while (left > 0) {
		struct garasu_input record = {.type = type};
		size_t piece = left < GARASU_INPUT_TEXT_BYTES ? left : GARASU_INPUT_TEXT_BYTES;

		while (piece < left && ((uint8_t)bytes[piece] & 0xc0u) == 0x80u) {
			piece--; /* never within a character */
		}
		memcpy(record.bytes, bytes, piece);
		record.count = (uint16_t)piece;
		bytes += piece;
		left -= piece;
		record.flag = left == 0;
		stage_play(stage, record);
	}
}

void stage_text(struct stage *stage, const char *utf8)
{
	play_pieces(stage, GARASU_INPUT_TEXT, utf8);
}

void stage_address(struct stage *stage, const char *address)
{
	play_pieces(stage, GARASU_INPUT_ADDRESS, address);
}

void stage_pointer(struct stage *stage, uint32_t x, uint32_t y, uint32_t buttons)
{
	stage_play(stage, (struct garasu_input){.type = GARASU_INPUT_POINTER,
				  .pointer = {(uint16_t)x, (uint16_t)y, (uint16_t)buttons}});
}

void stage_wheel(struct stage *stage, uint32_t x, uint32_t y, int dx, int dy)
{
	stage_play(stage, (struct garasu_input){.type = GARASU_INPUT_WHEEL,
				  .wheel = {(uint16_t)x, (uint16_t)y, (int16_t)dx, (int16_t)dy}});
}

void stage_geometry(
	struct stage *stage, uint32_t width, uint32_t height, uint32_t scale, uint16_t serial)
{
	stage_play(stage,
		(struct garasu_input){.type = GARASU_INPUT_GEOMETRY,
			.geometry = {(uint16_t)width, (uint16_t)height, (uint16_t)scale, serial}});
}

/* ---- frames ---- */

void stage_credit(struct stage *stage)
{
	if (!stage->credit_is_out) {
		stage_play_as_encoder(stage, (struct garasu_input){.type = GARASU_INPUT_CREDIT});
		stage->credit_is_out = 1;
	}
}

int stage_has_news(struct stage *stage)
{
	struct pollfd news = {.fd = stage->news, .events = POLLIN};

	return poll(&news, 1, 0) == 1;
}

void stage_wait_news(struct stage *stage)
{
	struct pollfd news = {.fd = stage->news, .events = POLLIN};
	char byte;

	assert_int_equal(stage->credit_is_out, 1);
	if (poll(&news, 1, STAGE_DEADLINE_MS) != 1 || read(stage->news, &byte, 1) != 1) {
		hear(stage);
		fail_msg("no frame came; it said: %s", stage->said);
	}
	stage->credit_is_out = 0;
}

void stage_frame(struct stage *stage)
{
	stage_credit(stage);
	stage_wait_news(stage);
}

void stage_wait_said(struct stage *stage, const char *text)
{
	uint64_t deadline = garasu_clock_ms() + STAGE_DEADLINE_MS;

	while (hear(stage), strstr(stage->said, text) == NULL) {
		struct pollfd log = {.fd = stage->log, .events = POLLIN};

		if (garasu_clock_ms() > deadline || poll(&log, 1, STAGE_DEADLINE_MS) != 1 ||
			(log.revents & POLLIN) == 0) {
			fail_msg("\"%s\" was not said, but: %s", text, stage->said);
		}
	}
	stage->said_size = 0;
	stage->said[0] = '\0';
}

uint32_t stage_pixel(const struct stage *stage, uint32_t x, uint32_t y)
{
	uint32_t pixel;

	memcpy(&pixel, stage->pixels + (size_t)y * STAGE_STRIDE + (size_t)x * 4, sizeof(pixel));
	return pixel & 0xffffffu;
}
