/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUPERVISOR_REGISTRY_H
#define SUPERVISOR_REGISTRY_H

#include "garasu/control.h"

#include <stddef.h>
#include <stdint.h>

/* The registry: users, sessions, latches. SQLite is met in registry.c and registry_latch.c only. */
struct registry;

/* Opens or makes path. Fills *registry. Returns 0 or negative errno. */
int registry_open(const char *path, struct registry **registry) __attribute__((warn_unused_result));
void registry_close(struct registry **registry);

typedef void (*registry_on_session)(void *owner, uint32_t session, const char *user);

/* Names every session that is not marked destroyed. Returns 0 or negative errno. */
int registry_session_left(struct registry *registry, registry_on_session on_session, void *owner)
	__attribute__((warn_unused_result));
/* Marks it destroyed. */
int registry_session_mark(struct registry *registry, uint32_t session)
	__attribute__((warn_unused_result));
/* Marks every session destroyed. Returns how many, or negative errno. */
int registry_clean(struct registry *registry) __attribute__((warn_unused_result));

/* Returns 0, -EEXIST, or -EIO. */
int registry_user_add(struct registry *registry, const char *user, const char *phc,
	uint64_t now_unix_ms) __attribute__((warn_unused_result));
/* Returns 0, -ENOENT or -EIO. */
int registry_user_set(struct registry *registry, const char *user, const char *phc)
	__attribute__((warn_unused_result));
int registry_user_remove(struct registry *registry, const char *user)
	__attribute__((warn_unused_result));
/* Fills phc. Returns 0, -ENOENT or -EIO. */
int registry_user_phc(struct registry *registry, const char *user, char phc[GARASU_PHC_SIZE])
	__attribute__((warn_unused_result));

typedef void (*registry_on_user)(void *owner, const char *user, uint64_t added_unix_ms);
int registry_user_list(struct registry *registry, registry_on_user on_user, void *owner)
	__attribute__((warn_unused_result));

/* Makes the row of a new session. Returns its number (increasing over restarts) or negative errno.
 */
int64_t registry_session_add(struct registry *registry, const char *user, const char *client,
	uint64_t now_unix_ms) __attribute__((warn_unused_result));
/* A session that had no user gets one. */
int registry_session_give(struct registry *registry, uint32_t session, const char *user,
	const char *client, uint64_t now_unix_ms) __attribute__((warn_unused_result));
int registry_session_set(struct registry *registry, uint32_t session, const char *state,
	const char *client) __attribute__((warn_unused_result));
/* Fills state. Returns 0, -ENOENT or -EIO. */
int registry_session_state(struct registry *registry, uint32_t session, char state[16])
	__attribute__((warn_unused_result));

/* One value under a name; sync: on disk when it returns. Fills value. Returns 0, -ENOENT, -EIO. */
int registry_value_get(struct registry *registry, const char *name, char *value, size_t size)
	__attribute__((warn_unused_result));
int registry_value_set(struct registry *registry, const char *name, const char *value)
	__attribute__((warn_unused_result));
int registry_value_remove(struct registry *registry, const char *name)
	__attribute__((warn_unused_result));

/* Latches: scope as in garasu/admin.h, user "" but for one user. On disk when they return. */
int registry_latch_set(struct registry *registry, uint32_t scope, const char *user,
	uint64_t now_unix_ms) __attribute__((warn_unused_result));
/* Returns 0, -ENOENT or -EIO. */
int registry_latch_release(struct registry *registry, uint32_t scope, const char *user)
	__attribute__((warn_unused_result));

typedef void (*registry_on_latch)(
	void *owner, uint32_t scope, const char *user, uint64_t since_unix_ms);
int registry_latch_list(struct registry *registry, registry_on_latch on_latch, void *owner)
	__attribute__((warn_unused_result));

#endif
