/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that waits for a session's descriptors. It reads none of them. */

#include "waker.h"

#include <base/descriptor.h>

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void kick(struct waker *waker)
{
	const uint64_t one = 1;

	/* Fails only when 2^64 - 2 kicks wait, and then it is readable all the same. */
	(void)!write(waker->kick, &one, sizeof(one));
}

static void take_kicks(struct waker *waker)
{
	uint64_t kicks;

	(void)!read(waker->kick, &kicks, sizeof(kicks));
}

/* Returns false when it is time to end. */
static bool copy_watch(struct waker *waker, struct pollfd *fds, nfds_t *count)
{
	bool goes_on;

	pthread_mutex_lock(&waker->lock);
	goes_on = !waker->is_ending;
	fds[0] = (struct pollfd){.fd = waker->kick, .events = POLLIN};
	memcpy(fds + 1, waker->fds, sizeof(waker->fds));
	*count = waker->count + 1;
	pthread_mutex_unlock(&waker->lock);
	return goes_on;
}

static void *run(void *context)
{
	struct waker *waker = context;
	struct pollfd fds[1 + WAKER_FDS];
	nfds_t count = 0;

	while (copy_watch(waker, fds, &count)) {
		if (poll(fds, count, -1) <= 0) {
			continue;
		}
		if (fds[0].revents != 0) {
			take_kicks(waker); /* the watch changed: look again */
			continue;
		}
		pthread_mutex_lock(&waker->lock);
		waker->count = 0;
		pthread_mutex_unlock(&waker->lock);
		waker->on_ready();
	}
	return NULL;
}

int waker_start(struct waker *waker, void (*on_ready)(void))
{
	sigset_t all, before;
	int result;

	*waker = (struct waker){.on_ready = on_ready};
	waker->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (waker->kick < 0) {
		return -errno;
	}
	pthread_mutex_init(&waker->lock, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the main thread's */
	result = pthread_create(&waker->thread, NULL, run, waker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (result != 0) {
		pthread_mutex_destroy(&waker->lock);
		garasu_fd_close(&waker->kick);
		return -result;
	}
	waker->is_started = true;
	return 0;
}

void waker_stop(struct waker *waker)
{
	if (!waker->is_started) {
		return;
	}
	pthread_mutex_lock(&waker->lock);
	waker->is_ending = true;
	pthread_mutex_unlock(&waker->lock);
	kick(waker);
	pthread_join(waker->thread, NULL);
	pthread_mutex_destroy(&waker->lock);
	garasu_fd_close(&waker->kick);
	waker->is_started = false;
}

void waker_watch(struct waker *waker, const struct pollfd *fds, nfds_t count)
{
	pthread_mutex_lock(&waker->lock);
	for (nfds_t i = 0; i < count && i < WAKER_FDS; i++) {
		waker->fds[i] = fds[i];
	}
	waker->count = count < WAKER_FDS ? count : WAKER_FDS;
	pthread_mutex_unlock(&waker->lock);
	kick(waker);
}
