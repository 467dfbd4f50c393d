/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUPERVISOR_AUTH_H
#define SUPERVISOR_AUTH_H

#include "supervisor.h"

/* One question to an authenticator: waiting for its turn, or asked. */
struct auth {
	struct auth *next;
	struct supervisor *supervisor;
	int is_hash, is_running;
	struct garasu_auth_check check;
	struct role *process;
	struct link *link;
	uint64_t deadline_ms; /* 1: as soon as its socket has nothing more */
	auth_on_done on_done;
	void *owner;
};

/* Starts what may start and ends what took too long. Returns when to call again. */
uint64_t auth_run(struct supervisor *supervisor, uint64_t now_ms);

#endif
