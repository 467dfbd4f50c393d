/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Users and sessions in SQLite. */

#include "registry_statement.h"

#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char schema[] =
	"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;"
	"PRAGMA secure_delete=ON;"
	"CREATE TABLE IF NOT EXISTS users(name TEXT PRIMARY KEY, phc TEXT NOT NULL,"
	" added INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS sessions(number INTEGER PRIMARY KEY AUTOINCREMENT,"
	" user TEXT NOT NULL, state TEXT NOT NULL, started INTEGER NOT NULL, client TEXT NOT NULL);"
	"CREATE TABLE IF NOT EXISTS latches(scope INTEGER NOT NULL, user TEXT NOT NULL,"
	" since INTEGER NOT NULL, PRIMARY KEY(scope, user));"
	"CREATE TABLE IF NOT EXISTS state(name TEXT PRIMARY KEY, value TEXT NOT NULL);";

static int complain(struct registry *registry, const char *what)
{
	garasu_log(GARASU_LOG_ERROR, "registry_failed", "what=%s error=\"%s\"", what,
		sqlite3_errmsg(registry->database));
	return -EIO;
}

/* One file, and no code but SQLite's own. */
static int confine(sqlite3 *database)
{
	static const struct {
		int what, is_on;
	} switches[] = {{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0}, {SQLITE_DBCONFIG_DEFENSIVE, 1},
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}};
	int result = SQLITE_OK;

	for (size_t i = 0; result == SQLITE_OK && i < sizeof(switches) / sizeof(switches[0]); i++) {
		int is_on = -1;

		result = sqlite3_db_config(database, switches[i].what, switches[i].is_on, &is_on);
		if (is_on != switches[i].is_on) {
			result = SQLITE_ERROR;
		}
	}
	sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
	return result;
}

int registry_open(const char *path, struct registry **registry)
{
	struct registry *made = calloc(1, sizeof(*made));
	int result = 0;

	if (made == NULL) {
		return -ENOMEM;
	}
	if (sqlite3_open_v2(path, &made->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		    NULL) != SQLITE_OK ||
		confine(made->database) != SQLITE_OK ||
		sqlite3_busy_timeout(made->database, 0) != SQLITE_OK ||
		sqlite3_exec(made->database, schema, NULL, NULL, NULL) != SQLITE_OK) {
		result = complain(made, "open");
		registry_close(&made);
	}
	*registry = made;
	return result;
}

void registry_close(struct registry **registry)
{
	if (*registry != NULL) {
		sqlite3_close(((*registry)->database));
		free(*registry);
		*registry = NULL;
	}
}

sqlite3_stmt *registry_prepare(struct registry *registry, const char *sql, const char *types, ...)
{
	sqlite3_stmt *statement = NULL;
	va_list arguments;

	if (sqlite3_prepare_v2(registry->database, sql, -1, &statement, NULL) != SQLITE_OK) {
		complain(registry, "prepare");
		return NULL;
	}
	va_start(arguments, types);
	for (int i = 0; types[i] != '\0'; i++) {
		if (types[i] == 's') {
			sqlite3_bind_text(statement, i + 1, va_arg(arguments, const char *), -1,
				SQLITE_TRANSIENT);
		} else {
			sqlite3_bind_int64(statement, i + 1, va_arg(arguments, sqlite3_int64));
		}
	}
	va_end(arguments);
	return statement;
}

int registry_run(struct registry *registry, sqlite3_stmt *statement)
{
	int result;

	if (statement == NULL) {
		return -EIO;
	}
	do {
		result = sqlite3_step(statement);
	} while (result == SQLITE_ROW);
	if (result == SQLITE_CONSTRAINT) {
		result = -EEXIST;
	} else {
		result = result == SQLITE_DONE ? sqlite3_changes(registry->database)
					       : complain(registry, "step");
	}
	sqlite3_finalize(statement);
	return result;
}

int registry_session_left(struct registry *registry, registry_on_session on_session, void *owner)
{
	sqlite3_stmt *statement = registry_prepare(registry,
		"SELECT number,user FROM sessions WHERE state<>'destroyed' ORDER BY number", "");
	int result;

	if (statement == NULL) {
		return -EIO;
	}
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		on_session(owner, (uint32_t)sqlite3_column_int64(statement, 0),
			(const char *)sqlite3_column_text(statement, 1));
	}
	result = result == SQLITE_DONE ? 0 : complain(registry, "list sessions");
	sqlite3_finalize(statement);
	return result;
}

int registry_clean(struct registry *registry)
{
	return registry_run(registry,
		registry_prepare(registry,
			"UPDATE sessions SET state='destroyed' WHERE state<>'destroyed'", ""));
}

/* In WAL mode a commit reaches the disk at once only with synchronous=FULL. */
int registry_run_synced(struct registry *registry, sqlite3_stmt *statement)
{
	int result;

	if (sqlite3_exec(registry->database, "PRAGMA synchronous=FULL", NULL, NULL, NULL) !=
		SQLITE_OK) {
		sqlite3_finalize(statement);
		return -EIO;
	}
	result = registry_run(registry, statement);
	sqlite3_exec(registry->database, "PRAGMA synchronous=NORMAL", NULL, NULL, NULL);
	return result;
}

static int found(int changes)
{
	return changes < 0 ? changes : (changes == 0 ? -ENOENT : 0);
}

int registry_user_add(
	struct registry *registry, const char *user, const char *phc, uint64_t now_unix_ms)
{
	return found(registry_run_synced(registry,
		registry_prepare(registry, "INSERT INTO users(name,phc,added) VALUES(?,?,?)", "ssi",
			user, phc, (sqlite3_int64)now_unix_ms)));
}

int registry_user_set(struct registry *registry, const char *user, const char *phc)
{
	return found(registry_run_synced(
		registry, registry_prepare(registry, "UPDATE users SET phc=? WHERE name=?", "ss",
				  phc, user)));
}

int registry_user_remove(struct registry *registry, const char *user)
{
	return found(registry_run_synced(
		registry, registry_prepare(registry, "DELETE FROM users WHERE name=?", "s", user)));
}

/* Copies the first column of the first row and finalizes. */
static int read_text(struct registry *registry, sqlite3_stmt *statement, char *text, size_t size)
{
	int result = statement != NULL ? sqlite3_step(statement) : SQLITE_ERROR;

	if (result == SQLITE_ROW) {
		int length = snprintf(text, size, "%s", sqlite3_column_text(statement, 0));

		result = length >= 0 && (size_t)length < size ? 0 : -EIO;
	} else {
		result = result == SQLITE_DONE ? -ENOENT : complain(registry, "read");
	}
	sqlite3_finalize(statement);
	return result;
}

int registry_user_phc(struct registry *registry, const char *user, char phc[GARASU_PHC_SIZE])
{
	return read_text(registry,
		registry_prepare(registry, "SELECT phc FROM users WHERE name=?", "s", user), phc,
		GARASU_PHC_SIZE);
}

int registry_user_list(struct registry *registry, registry_on_user on_user, void *owner)
{
	sqlite3_stmt *statement =
		registry_prepare(registry, "SELECT name,added FROM users ORDER BY name", "");
	int result;

	if (statement == NULL) {
		return -EIO;
	}
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		on_user(owner, (const char *)sqlite3_column_text(statement, 0),
			(uint64_t)sqlite3_column_int64(statement, 1));
	}
	result = result == SQLITE_DONE ? 0 : complain(registry, "list users");
	sqlite3_finalize(statement);
	return result;
}

int64_t registry_session_add(
	struct registry *registry, const char *user, const char *client, uint64_t now_unix_ms)
{
	int result =
		registry_run(registry, registry_prepare(registry,
					       "INSERT INTO sessions(user,state,started,client)"
					       " VALUES(?,'starting',?,?)",
					       "sis", user, (sqlite3_int64)now_unix_ms, client));

	return result < 0 ? result : sqlite3_last_insert_rowid(registry->database);
}

int registry_session_give(struct registry *registry, uint32_t session, const char *user,
	const char *client, uint64_t now_unix_ms)
{
	return found(registry_run(registry,
		registry_prepare(registry,
			"UPDATE sessions SET user=?, client=?, started=? WHERE number=? AND "
			"user=''",
			"ssii", user, client, (sqlite3_int64)now_unix_ms, (sqlite3_int64)session)));
}

int registry_session_set(
	struct registry *registry, uint32_t session, const char *state, const char *client)
{
	return found(registry_run(registry,
		registry_prepare(registry, "UPDATE sessions SET state=?, client=? WHERE number=?",
			"ssi", state, client, (sqlite3_int64)session)));
}

int registry_session_mark(struct registry *registry, uint32_t session)
{
	return found(registry_run(registry,
		registry_prepare(registry, "UPDATE sessions SET state='destroyed' WHERE number=?",
			"i", (sqlite3_int64)session)));
}

int registry_session_state(struct registry *registry, uint32_t session, char state[16])
{
	return read_text(registry,
		registry_prepare(registry, "SELECT state FROM sessions WHERE number=?", "i",
			(sqlite3_int64)session),
		state, 16);
}

int registry_value_get(struct registry *registry, const char *name, char *value, size_t size)
{
	return read_text(registry,
		registry_prepare(registry, "SELECT value FROM state WHERE name=?", "s", name),
		value, size);
}

int registry_value_set(struct registry *registry, const char *name, const char *value)
{
	return found(registry_run(registry,
		registry_prepare(registry, "INSERT OR REPLACE INTO state(name,value) VALUES(?,?)",
			"ss", name, value)));
}

int registry_value_remove(struct registry *registry, const char *name)
{
	return found(registry_run(
		registry, registry_prepare(registry, "DELETE FROM state WHERE name=?", "s", name)));
}
