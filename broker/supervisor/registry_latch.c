/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Latches of the cut-off: each change is on disk before its call returns. */

#include "registry_statement.h"

#include <errno.h>

int registry_latch_set(
	struct registry *registry, uint32_t scope, const char *user, uint64_t now_unix_ms)
{
	int result = registry_run_synced(
		registry, registry_prepare(registry,
				  "INSERT OR REPLACE INTO latches(scope,user,since) VALUES(?,?,?)",
				  "isi", (sqlite3_int64)scope, user, (sqlite3_int64)now_unix_ms));

	return result < 0 ? result : 0;
}

int registry_latch_release(struct registry *registry, uint32_t scope, const char *user)
{
	int result = registry_run_synced(
		registry, registry_prepare(registry, "DELETE FROM latches WHERE scope=? AND user=?",
				  "is", (sqlite3_int64)scope, user));

	return result < 0 ? result : (result == 0 ? -ENOENT : 0);
}

int registry_latch_list(struct registry *registry, registry_on_latch on_latch, void *owner)
{
	sqlite3_stmt *statement = registry_prepare(
		registry, "SELECT scope,user,since FROM latches ORDER BY scope,user", "");
	int result;

	if (statement == NULL) {
		return -EIO;
	}
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		on_latch(owner, (uint32_t)sqlite3_column_int64(statement, 0),
			(const char *)sqlite3_column_text(statement, 1),
			(uint64_t)sqlite3_column_int64(statement, 2));
	}
	sqlite3_finalize(statement);
	return result == SQLITE_DONE ? 0 : -EIO;
}
