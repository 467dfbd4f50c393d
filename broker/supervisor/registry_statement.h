/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SUPERVISOR_REGISTRY_STATEMENT_H
#define SUPERVISOR_REGISTRY_STATEMENT_H

#include "registry.h"

#include <sqlite3.h>

struct registry {
	sqlite3 *database;
};

/* Prepares and binds: s text, i 64-bit integer. Returns the statement or NULL. */
sqlite3_stmt *registry_prepare(struct registry *registry, const char *sql, const char *types, ...);

/* Runs to its end and finalizes. Returns the rows changed, -EEXIST for a broken constraint, or
 * -EIO. */
int registry_run(struct registry *registry, sqlite3_stmt *statement)
	__attribute__((warn_unused_result));

/* The same, and what it changed is on the disk. */
int registry_run_synced(struct registry *registry, sqlite3_stmt *statement)
	__attribute__((warn_unused_result));

#endif
