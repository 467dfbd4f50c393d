/* SPDX-License-Identifier: GPL-3.0-or-later */
/* garasuctl audit: verify, anchor, export and key, on a directory.
 * Reads untrusted bytes from: an audit trail and what lies beside it. */

#include "audit.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/hex.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum exit_code { EXIT_SOUND = 0, EXIT_BROKEN = 1, EXIT_USAGE = 2, EXIT_UNREADABLE = 3 };

#define KEYS_BYTES_MAX 65536u

struct audit {
	const char *action, *directory, *key, *anchor, *after, *at, *host;
	int is_syslog, is_japanese;
	int folder; /* descriptor of directory */
};

static int usage(int is_japanese)
{
	fputs(is_japanese
			? "使い方: garasuctl audit verify DIR [--key 公開鍵] [--anchor ファイル] "
			  "[--after ファイル] [--at 時刻]\n"
			  "        garasuctl audit anchor DIR | key DIR | export DIR [--syslog "
			  "[--host 名前]]\n"
			: "usage: garasuctl audit verify DIR [--key PUB] [--anchor FILE] [--after "
			  "FILE] [--at TIME]\n"
			  "       garasuctl audit anchor DIR | key DIR | export DIR [--syslog "
			  "[--host NAME]]\n",
		stderr);
	return EXIT_USAGE;
}

static int unreadable(const char *path, int error)
{
	fprintf(stderr, "garasuctl: %s: %s\n", path, strerror(-error));
	return EXIT_UNREADABLE;
}

static int say(const struct audit *audit, int code, const char *path, const char *english,
	const char *japanese)
{
	fprintf(stderr, "garasuctl: %s: %s\n", path, audit->is_japanese ? japanese : english);
	return code;
}

static int parse(char *const *words, struct audit *audit)
{
	audit->action = words[0];
	for (int i = 1; words[i] != NULL; i++) {
		const struct {
			const char *option, **value;
		} options[] = {{"--key", &audit->key}, {"--anchor", &audit->anchor},
			{"--after", &audit->after}, {"--at", &audit->at}, {"--host", &audit->host}};
		const char **value = NULL;

		for (size_t n = 0; n < sizeof(options) / sizeof(options[0]); n++) {
			value = strcmp(words[i], options[n].option) == 0 ? options[n].value : value;
		}
		if (value != NULL && words[i + 1] != NULL) {
			*value = words[++i];
		} else if (strcmp(words[i], "--syslog") == 0) {
			audit->is_syslog = 1;
		} else if (value == NULL && words[i][0] != '-' && audit->directory == NULL) {
			audit->directory = words[i];
		} else {
			return -EINVAL;
		}
	}
	return audit->action != NULL && audit->directory != NULL ? 0 : -EINVAL;
}

/* Reads text of the file, or of the one beside the trail. Returns its size or negative errno. */
static ssize_t read_key_text(const struct audit *audit, char **text)
{
	int fd = audit->key != NULL
			 ? open(audit->key, O_RDONLY | O_CLOEXEC)
			 : openat(audit->folder, TRAIL_PUBLIC_NAME, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -errno : garasu_fd_read_all(fd, text, KEYS_BYTES_MAX);

	garasu_fd_close(&fd);
	return size;
}

static int read_keys(const struct audit *audit, struct trail_keys *keys)
{
	char *text = NULL;
	ssize_t size = read_key_text(audit, &text);
	const char *path = audit->key != NULL ? audit->key : TRAIL_PUBLIC_NAME;
	int result = size < 0 ? (int)size : trail_keys_read(keys, text, (size_t)size);

	free(text);
	if (result == -EBADMSG) {
		return say(audit, EXIT_UNREADABLE, path, "no public key of an audit trail (PEM)",
			"監査証跡の公開鍵ではありません（PEM）");
	}
	return result != 0 ? unreadable(path, result) : 0;
}

/* Returns an exit code, 0 when it was read or none is wanted. */
static int read_anchor(const struct audit *audit, const char *path, struct trail_anchor *anchor)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int result = fd < 0 ? -errno : trail_anchor_read(anchor, fd);
	int is_file = fd >= 0;

	garasu_fd_close(&fd);
	if (is_file && result == -ENOENT) {
		return say(audit, EXIT_UNREADABLE, path, "holds no seal of an audit trail",
			"監査証跡の封印が含まれていません");
	}
	return result != 0 ? unreadable(path, result) : 0;
}

/* When the trail was as it is: now, or as the user says of a copy. 0: no time. */
static uint64_t time_of_look(const struct audit *audit)
{
	struct trail_record record = {0};

	if (audit->at == NULL) {
		return garasu_clock_unix_ms();
	}
	if (strlen(audit->at) == sizeof("2026-01-02T03:04:05Z") - 1) {
		snprintf(record.time, sizeof(record.time), "%.19s.000Z", audit->at);
	}
	return trail_record_unix_ms(&record);
}

static int verify(const struct audit *audit)
{
	static struct trail_check check;
	static struct trail_anchor anchor, after;
	struct trail_folder folder;
	struct trail_keys keys;
	uint64_t at_unix_ms = time_of_look(audit);
	int result = at_unix_ms != 0 ? read_keys(audit, &keys) : usage(audit->is_japanese);

	if (result == 0 && audit->anchor != NULL) {
		result = read_anchor(audit, audit->anchor, &anchor);
	}
	if (result == 0 && audit->after != NULL) {
		result = read_anchor(audit, audit->after, &after);
	}
	if (result != 0) {
		return result;
	}
	trail_check_begin(&check, &keys, audit->anchor != NULL ? &anchor : NULL,
		audit->after != NULL ? &after : NULL, at_unix_ms);
	result = trail_check_folder(&check, &folder, audit->folder);
	if (result != 0) {
		return unreadable(audit->directory, result);
	}
	for (size_t i = 0; i < check.fault_count && i < TRAIL_FAULTS_MAX; i++) {
		audit_print_fault(&folder, &check.faults[i], audit->is_japanese);
	}
	audit_print_summary(&check, &folder, audit->is_japanese);
	if (audit->key == NULL) {
		puts(audit->is_japanese
				? "公開鍵は同じディレクトリーのものです。別に保管した鍵を --key "
				  "で指定してください"
				: "the public key is the one beside the trail: give one that was "
				  "kept elsewhere with --key");
	}
	trail_folder_finish(&folder);
	return check.fault_count == 0 ? EXIT_SOUND : EXIT_BROKEN;
}

static int print_anchor(const struct audit *audit)
{
	static struct trail_anchor anchor;
	int result = trail_anchor_last(&anchor, audit->folder);

	if (result == -ENOENT) {
		return say(audit, EXIT_BROKEN, audit->directory, "no record is sealed yet",
			"封印された記録がまだありません");
	}
	if (result != 0) {
		return unreadable(audit->directory, result);
	}
	puts(anchor.line);
	return EXIT_SOUND;
}

static int print_key(const struct audit *audit)
{
	char *text = NULL;
	char id[TRAIL_HASH_TEXT];
	struct trail_keys keys;
	int result = read_keys(audit, &keys);

	if (result == 0 && read_key_text(audit, &text) >= 0) {
		fputs(text, stdout);
		for (unsigned i = 0; i < keys.count; i++) {
			garasu_hex_write(id, keys.ids[i], TRAIL_HASH_SIZE);
			printf("SHA-256 %s\n", id);
		}
	}
	free(text);
	return result;
}

int audit_command(char *const *words, int is_japanese)
{
	struct audit audit = {.is_japanese = is_japanese, .host = "-"};
	int result = parse(words, &audit);

	if (result != 0) {
		return usage(is_japanese);
	}
	audit.folder = open(audit.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (audit.folder < 0) {
		return unreadable(audit.directory, -errno);
	}
	if (strcmp(audit.action, "verify") == 0) {
		result = verify(&audit);
	} else if (strcmp(audit.action, "anchor") == 0) {
		result = print_anchor(&audit);
	} else if (strcmp(audit.action, "key") == 0) {
		result = print_key(&audit);
	} else if (strcmp(audit.action, "export") == 0) {
		result = audit_export(audit.folder, audit.is_syslog, audit.host);
		result = result != 0 ? unreadable(audit.directory, result) : EXIT_SOUND;
	} else {
		result = usage(is_japanese);
	}
	garasu_fd_close(&audit.folder);
	return result;
}
