/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts the browser, again when its last window was closed, and hands addresses to it. */

#include "compositor.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEATHS_WITHIN_MS 10000 /* three starts within this are a loop */
#define EXIT_BROWSER_DIED 3
#define REPLACE_WITHIN_MS 10000 /* the window of a pooled session's first page */

static _Noreturn void exec_browser(const char *program, const char *address, const char *where)
{
	int nothing = open("/dev/null", O_RDWR);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 || dup2(nothing, 2) < 0 ||
		close_range(3, ~0u, 0) != 0 || setpgid(0, 0) != 0) {
		_exit(126);
	}
	execl(program, "garasu-browser", address, where, (char *)NULL);
	_exit(127);
}

/* where: NULL, or "window" for a window of its own. */
static pid_t run_browser(struct compositor *compositor, const char *address, const char *where)
{
	pid_t pid = fork();

	if (pid == 0) {
		exec_browser(compositor->browser.program, address, where);
	}
	return pid > 0 ? pid : -errno;
}

static int start(struct compositor *compositor)
{
	struct browser *browser = &compositor->browser;
	uint64_t now = garasu_clock_ms();
	pid_t pid;

	if (browser->started_ms[2] != 0 && now - browser->started_ms[2] < DEATHS_WITHIN_MS) {
		return -EAGAIN;
	}
	browser->started_ms[2] = browser->started_ms[1];
	browser->started_ms[1] = browser->started_ms[0];
	browser->started_ms[0] = now;
	browser->is_blank = browser->is_waiting;
	browser->replace_until_ms = 0;
	pid = run_browser(compositor,
		browser->is_blank ? "about:blank" : compositor->settings.start_page, NULL);
	if (pid < 0) {
		return (int)pid;
	}
	browser->pid = pid;
	browser->has_window = 0;
	return 0;
}

static void end(struct compositor *compositor, int status)
{
	garasu_log(GARASU_LOG_ERROR, "browser_died", "status=%d", status);
	compositor->exit_code = EXIT_BROWSER_DIED;
	wl_display_terminate(compositor->display);
}

static int on_child(int number, void *data)
{
	struct compositor *compositor = data;
	int status;
	pid_t pid;

	(void)number;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != compositor->browser.pid) {
			continue;
		}
		compositor->browser.pid = -1;
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || start(compositor) != 0) {
			end(compositor, status);
		}
	}
	return 0;
}

int browser_start(struct compositor *compositor)
{
	struct browser *browser = &compositor->browser;
	ssize_t size = readlink("/proc/self/exe", browser->program, sizeof(browser->program) - 20);
	char *name;

	if (size < 0) {
		return -errno;
	}
	browser->program[size] = '\0';
	name = strrchr(browser->program, '/');
	if (name == NULL) {
		return -ENOENT;
	}
	browser->is_waiting = compositor->settings.is_pooled != 0;
	memcpy(name + 1, "garasu-browser", sizeof("garasu-browser"));
	browser->on_child =
		wl_event_loop_add_signal(compositor->loop, SIGCHLD, on_child, compositor);
	return browser->on_child != NULL ? start(compositor) : -ENOMEM;
}

/* Before its first window a browser may not hold its profile's lock yet: a second one would take
 * it, and the first would end. */
void browser_open(struct compositor *compositor, const char *address)
{
	struct browser *browser = &compositor->browser;

	browser->is_waiting = 0;
	if (!browser->has_window) {
		snprintf(browser->waiting, sizeof(browser->waiting), "%s", address);
		return;
	}
	if (run_browser(compositor, address, browser->is_blank ? "window" : NULL) < 0) {
		garasu_log(GARASU_LOG_WARNING, "open_failed", "error=%d", errno);
		return;
	}
	if (browser->is_blank) {
		browser->is_blank = 0;
		browser->replace_until_ms = garasu_clock_ms() + REPLACE_WITHIN_MS;
	}
}

int browser_has_window(struct compositor *compositor)
{
	struct browser *browser = &compositor->browser;
	int replaces = garasu_clock_ms() < browser->replace_until_ms;

	browser->replace_until_ms = 0;
	browser->has_window = 1;
	if (browser->waiting[0] != '\0') {
		browser_open(compositor, browser->waiting);
		browser->waiting[0] = '\0';
	}
	return replaces;
}
