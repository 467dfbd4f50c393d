/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Children whose standard streams the test holds. */

#include "harness_parts.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

uint64_t flow_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void flow_child_start(struct flow_child *child, char *const *words, const char *error_path)
{
	int in[2];
	int out[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	child->used = 0;
	child->pid = fork();
	assert_true(child->pid >= 0);
	if (child->pid == 0) {
		int error = open(error_path, O_WRONLY | O_CREAT | O_APPEND, 0644);

		if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || dup2(in[0], 0) < 0 ||
			dup2(out[1], 1) < 0 || dup2(error, 2) < 0) {
			_exit(126);
		}
		execv(words[0], words);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	child->in = in[1];
	child->out = out[0];
}

int flow_child_line_by(struct flow_child *child, char *line, size_t size, uint64_t deadline)
{
	for (;;) {
		char *end = memchr(child->line, '\n', child->used);
		struct pollfd ready = {.fd = child->out, .events = POLLIN};
		uint64_t now = flow_now_ms();
		ssize_t got;

		if (end != NULL) {
			size_t length = (size_t)(end - child->line);

			assert_true(length < size);
			memcpy(line, child->line, length);
			line[length] = '\0';
			child->used -= length + 1;
			memmove(child->line, end + 1, child->used);
			return 0;
		}
		if (now >= deadline || poll(&ready, 1, (int)(deadline - now)) <= 0) {
			return -1;
		}
		got = read(
			child->out, child->line + child->used, sizeof(child->line) - child->used);
		if (got <= 0) {
			return -1;
		}
		child->used += (size_t)got;
	}
}

int flow_child_wait(struct flow_child *child)
{
	uint64_t deadline = flow_now_ms() + FLOW_DEADLINE_MS;
	int descriptor = (int)syscall(SYS_pidfd_open, child->pid, 0);
	struct pollfd ready = {.fd = descriptor, .events = POLLIN};
	int status = 0;
	int in_time;

	assert_true(descriptor >= 0);
	in_time = poll(&ready, 1, (int)(deadline - flow_now_ms())) == 1;
	if (!in_time) {
		kill(child->pid, SIGKILL);
	}
	close(descriptor);
	waitpid(child->pid, &status, 0);
	if (child->in >= 0) {
		close(child->in); /* only now: its end may be what the child waits for */
	}
	close(child->out);
	child->in = child->out = -1;
	child->pid = -1;
	assert_true(in_time);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

void flow_child_line(struct flow_child *child, char *line, size_t size)
{
	assert_int_equal(
		flow_child_line_by(child, line, size, flow_now_ms() + FLOW_DEADLINE_MS), 0);
}

void flow_child_signal(const struct flow_child *child, int signal)
{
	assert_true(child->pid > 1);
	assert_int_equal(kill(child->pid, signal), 0);
}

void flow_child_kill(struct flow_child *child)
{
	flow_child_signal(child, SIGKILL);
}

void flow_child_end(struct flow_child *child)
{
	flow_child_signal(child, SIGTERM);
	flow_child_wait(child);
}

void flow_run(char *output, size_t size, const char *input, char *const *words)
{
	struct flow_child child;
	char line[4096];
	size_t used = 0;

	flow_child_start(&child, words, "/dev/stderr");
	if (input != NULL) {
		assert_int_equal(write(child.in, input, strlen(input)), strlen(input));
	}
	close(child.in);
	child.in = -1;
	while (flow_child_line_by(&child, line, sizeof(line), flow_now_ms() + FLOW_DEADLINE_MS) ==
		0) {
		if (output != NULL && used < size) {
			used += (size_t)snprintf(output + used, size - used, "%s\n", line);
		}
	}
	assert_int_equal(flow_child_wait(&child), 0);
}
