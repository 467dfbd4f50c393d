/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as tables and as JSON: names hold only [a-z0-9._-], so nothing is escaped. */

#include "command.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const states[GARASU_ADMIN_SESSION_STATE_COUNT] = {
	"starting", "attached", "detached", "ending", "parked", "pooled"};
static const char *const scopes[] = {"?", "user", "host", "all"};

static void print_session(const struct garasu_admin_answer *row, int is_json, int is_first)
{
	const char *state =
		states[row->state < GARASU_ADMIN_SESSION_STATE_COUNT ? row->state
								     : GARASU_ADMIN_ENDING];

	if (is_json) {
		printf("{\"session\":%u,\"user\":\"%s\",\"state\":\"%s\",\"since_ms\":%" PRIu64
		       ",\"client\":\"%s\",\"width\":%u,\"height\":%u,\"frames\":%" PRIu64
		       ",\"bytes\":%" PRIu64 ",\"cpu_percent\":%u,\"memory_bytes\":%" PRIu64
		       ",\"idle_s\":%u}",
			row->session, row->user, state, row->since_unix_ms, row->client, row->width,
			row->height, row->frames, row->bytes, row->cpu_percent, row->memory_bytes,
			row->idle_s);
		return;
	}
	if (is_first) {
		printf("%7s %-16s %-9s %-16s %11s %8s %9s %5s %6s %6s\n", "SESSION", "USER",
			"STATE", "CLIENT", "SIZE", "FRAMES", "KB", "CPU%", "MIB", "IDLE");
	}
	printf("%7u %-16s %-9s %-16s %5ux%-5u %8" PRIu64 " %9" PRIu64 " %5u %6" PRIu64 " %6u\n",
		row->session, row->user[0] != '\0' ? row->user : "-", state,
		row->client[0] != '\0' ? row->client : "-", row->width, row->height, row->frames,
		row->bytes / 1024, row->cpu_percent, row->memory_bytes >> 20, row->idle_s);
}

void print_row(const struct garasu_admin_answer *row, int is_json, int is_first)
{
	if (is_json && !is_first) {
		printf(",\n");
	}
	if (row->kind == GARASU_ADMIN_IS_SESSION) {
		print_session(row, is_json, is_first);
	} else if (row->kind == GARASU_ADMIN_IS_USER) {
		printf(is_json ? "{\"user\":\"%s\",\"added_ms\":%" PRIu64 "}"
			       : "%-24s %" PRIu64 "\n",
			row->user, is_json ? row->since_unix_ms : row->since_unix_ms / 1000);
	} else if (row->kind == GARASU_ADMIN_IS_CUT_OFF) {
		printf(is_json ? "{\"scope\":\"%s\",\"user\":\"%s\"}" : "%-5s %s\n",
			scopes[row->state < 4 ? row->state : 0], row->user);
	} else {
		printf(is_json ? "{\"sessions\":%u,\"sessions_max\":%u,\"connections\":%u,"
				 "\"connections_max\":%u,\"pooled\":%u,\"pool\":%u,"
				 "\"is_recording\":%u,\"has_egress\":%u}"
			       : "sessions %u of %u, connections %u of %u, pooled %u of %u, "
				 "recorder %u, egress %u\n",
			row->sessions, row->sessions_max, row->connections, row->connections_max,
			row->pooled, row->pool, row->is_recording, row->has_egress);
	}
}

const char *print_result(uint32_t result, int is_japanese)
{
	static const char *const words[GARASU_ADMIN_RESULT_COUNT][2] = {{"done", "完了"},
		{"no such user or latch: check the list",
			"該当がありません。一覧で確認してください"},
		{"the user exists: use passwd", "既にあります。passwd を使ってください"},
		{"bad name: [a-z][a-z0-9._-]*", "名前が不正です"},
		{"empty password: give one", "パスワードが空です"},
		{"no such session: see session list", "該当セッションがありません"},
		{"nobody is connected: not sent", "接続中ではないため送っていません"},
		{"the text must have 1 to 200 characters", "本文は 1～200 文字です"},
		{"too many requests: try again", "混雑しています。再試行してください"},
		{"failed: see the broker's log", "失敗しました。ログを見てください"}};

	return words[result < GARASU_ADMIN_RESULT_COUNT ? result : GARASU_ADMIN_FAILED]
		    [is_japanese != 0];
}
