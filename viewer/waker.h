/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEWER_WAKER_H
#define VIEWER_WAKER_H

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>

/*
 * Joins two sources of news: the window system's queue, which only its library may wait for, and a
 * session's descriptors. A thread polls the descriptors and says so once for each watch.
 */

#define WAKER_FDS 3

struct waker {
	pthread_t thread;
	pthread_mutex_t lock;
	int kick; /* eventfd */
	struct pollfd fds[WAKER_FDS];
	nfds_t count;
	bool is_ending, is_started;
	void (*on_ready)(void); /* called in the thread */
};

/* Starts the thread. Returns 0 or negative errno. */
int waker_start(struct waker *waker, void (*on_ready)(void)) __attribute__((warn_unused_result));
/* Accepts one that never started. */
void waker_stop(struct waker *waker);
/* From now on watches these descriptors, in place of the earlier ones; none when count is 0. */
void waker_watch(struct waker *waker, const struct pollfd *fds, nfds_t count);

#endif
