/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each command does. Reads untrusted bytes from: nobody; the directory is its administrator's.
 */

#include "commands.h"

#include "authority.h"
#include "base/utf8.h"
#include "list.h"
#include "revocation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define USER_BYTES_MAX 63
#define AUTHORITY_NAME_MAX 64
#define STEM_SIZE 128
#define SERVER_STEM "server"
#define CLIENT_STEM "client-"

int commands_user_is_sound(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
	static const char all[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t length = strlen(name);

	return length >= 1 && length <= USER_BYTES_MAX && strchr(letters, name[0]) != NULL &&
	       strspn(name, all) == length;
}

int commands_authority_name_is_sound(const char *name)
{
	int64_t characters = garasu_utf8_length((const uint8_t *)name, strlen(name));

	if (characters < 1 || characters > AUTHORITY_NAME_MAX) {
		return 0;
	}
	for (const char *at = name; *at != '\0'; at++) {
		if ((unsigned char)*at < 0x20 || *at == 0x7f) {
			return 0;
		}
	}
	return 1;
}

/* STEM.crt and STEM.key. */
static int write_pair(const struct folder *folder, const char *stem,
	const struct authority_pair *pair, const char *suffix, struct problem *problem)
{
	char certificate_name[STEM_SIZE + 8];
	char key_name[STEM_SIZE + 8];
	struct folder_file files[] = {
		{key_name, 0600, pair->key.data, pair->key.size},
		{certificate_name, 0644, pair->certificate.data, pair->certificate.size},
	};

	snprintf(certificate_name, sizeof(certificate_name), "%s.crt", stem);
	snprintf(key_name, sizeof(key_name), "%s.key", stem);
	return suffix == NULL ? folder_add(folder, files, 2, problem)
			      : folder_replace(folder, files, 2, suffix, problem);
}

static struct certificate_time time_of(const struct options *options, int usual_days)
{
	return (struct certificate_time){
		.days = options->days != 0 ? options->days : usual_days,
		.offset_days = options->offset_days,
	};
}

static int make_authority(
	const struct options *options, const struct folder *folder, struct problem *problem)
{
	struct authority_order order = {
		.kind = CERTIFICATE_AUTHORITY,
		.time = time_of(options, AUTHORITY_DAYS),
		.name = options->name,
	};
	struct authority_pair pair;
	int result;

	if (authority_issue(NULL, &order, &pair, problem) != 0) {
		return -EIO;
	}
	result = write_pair(folder, "ca", &pair, NULL, problem);
	authority_pair_finish(&pair);
	return result;
}

/* Issues for the stem by the folder's CA; suffix as in folder_replace, or NULL for new files. */
static int issue(const struct folder *folder, const struct authority_order *order, const char *stem,
	const char *suffix, struct problem *problem)
{
	struct authority authority;
	struct authority_pair pair = {0};
	int result = authority_load(&authority, folder, problem);

	if (result == 0 && order->renewed != NULL &&
		!authority_has_issued(&authority, order->renewed)) {
		char name[STEM_SIZE + 8];

		snprintf(name, sizeof(name), "%s.crt", stem);
		result = problem_set(problem, PROBLEM_NOT_OURS, name, "");
	}
	if (result == 0) {
		result = authority_issue(&authority, order, &pair, problem);
	}
	if (result == 0) {
		result = write_pair(folder, stem, &pair, suffix, problem);
	}
	authority_pair_finish(&pair);
	authority_finish(&authority);
	return result;
}

static int make_server(
	const struct options *options, const struct folder *folder, struct problem *problem)
{
	struct authority_order order = {
		.kind = CERTIFICATE_SERVER,
		.time = time_of(options, LEAF_DAYS),
		.hosts = options->hosts,
		.host_count = options->host_count,
	};

	return issue(folder, &order, SERVER_STEM, NULL, problem);
}

static int make_client(
	const struct options *options, const struct folder *folder, struct problem *problem)
{
	struct authority_order order = {
		.kind = CERTIFICATE_CLIENT,
		.time = time_of(options, LEAF_DAYS),
		.name = options->name,
	};
	char stem[STEM_SIZE];

	snprintf(stem, sizeof(stem), CLIENT_STEM "%s", options->name);
	return issue(folder, &order, stem, NULL, problem);
}

/* server.crt or client-USER.crt: fills stem and kind. */
static int read_stem(const char *file, char stem[STEM_SIZE], enum certificate_kind *kind)
{
	size_t length = strlen(file);

	if (length < 5 || length >= STEM_SIZE || strcmp(file + length - 4, ".crt") != 0) {
		return -EINVAL;
	}
	memcpy(stem, file, length - 4);
	stem[length - 4] = '\0';
	if (strcmp(stem, SERVER_STEM) == 0) {
		*kind = CERTIFICATE_SERVER;
		return 0;
	}
	*kind = CERTIFICATE_CLIENT;
	return strncmp(stem, CLIENT_STEM, strlen(CLIENT_STEM)) == 0 &&
			       commands_user_is_sound(stem + strlen(CLIENT_STEM))
		       ? 0
		       : -EINVAL;
}

static int renew(
	const struct options *options, const struct folder *folder, struct problem *problem)
{
	struct authority_order order = {.time = time_of(options, LEAF_DAYS)};
	char stem[STEM_SIZE];
	char suffix[64];
	char *serial = NULL;
	X509 *old = NULL;
	int result;

	if (read_stem(options->file, stem, &order.kind) != 0) {
		return problem_set(problem, PROBLEM_NOT_RENEWABLE, options->file, "");
	}
	if (folder_read_certificate(folder, options->file, &old, problem) != 0) {
		return -EIO;
	}
	serial = certificate_serial(old);
	if (serial == NULL) {
		result = problem_set_library(problem, options->file);
	} else {
		snprintf(suffix, sizeof(suffix), ".old-%s", serial);
		order.renewed = old;
		result = issue(folder, &order, stem, suffix, problem);
	}
	OPENSSL_free(serial);
	X509_free(old);
	return result;
}

static int check_names(const struct options *options, struct problem *problem)
{
	if (options->command == COMMAND_CA && !commands_authority_name_is_sound(options->name)) {
		return problem_set(problem, PROBLEM_BAD_NAME, options->name, "");
	}
	if (options->command == COMMAND_CLIENT && !commands_user_is_sound(options->name)) {
		return problem_set(problem, PROBLEM_BAD_NAME, options->name, "");
	}
	for (size_t i = 0; i < options->host_count; i++) {
		if (!certificate_host_is_sound(options->hosts[i])) {
			return problem_set(problem, PROBLEM_BAD_HOST, options->hosts[i], "");
		}
	}
	return 0;
}

static int run_in(const struct options *options, const struct folder *folder, FILE *out,
	int *is_soon, struct problem *problem)
{
	switch (options->command) {
	case COMMAND_CA:
		return make_authority(options, folder, problem);
	case COMMAND_SERVER:
		return make_server(options, folder, problem);
	case COMMAND_CLIENT:
		return make_client(options, folder, problem);
	case COMMAND_RENEW:
		return renew(options, folder, problem);
	case COMMAND_LIST:
		return list_print(folder, COMMANDS_SOON_DAYS, out, is_soon, problem);
	case COMMAND_REVOKE:
		return revocation_add(folder, options->file,
			options->days != 0 ? options->days : LEAF_DAYS, problem);
	case COMMAND_HELP:
	case COMMAND_COUNT:
		break;
	}
	return problem_set(problem, PROBLEM_USAGE, "garasu-certs", "");
}

int commands_run(const struct options *options, FILE *out, int *is_soon, struct problem *problem)
{
	struct folder folder;
	int result;

	*is_soon = 0;
	if (options->command == COMMAND_HELP) {
		options_help(out);
		return 0;
	}
	if (check_names(options, problem) != 0 ||
		folder_open(&folder, options->dir, options->command == COMMAND_CA, problem) != 0) {
		return -EIO;
	}
	result = run_in(options, &folder, out, is_soon, problem);
	folder_close(&folder);
	return result;
}
