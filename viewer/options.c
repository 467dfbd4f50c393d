/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line. */

#include "options.h"

#include "argument.h"

#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int read_size(const char *text, struct session_settings *settings)
{
	const struct argument_size least = {GARASU_FRAME_SIDE_MIN, GARASU_FRAME_SIDE_MIN},
				   most = {VIEWER_MAX_WIDTH, VIEWER_MAX_HEIGHT};
	struct argument_size size;

	if (argument_size(text, least, most, &size) != 0) {
		return -EINVAL;
	}
	settings->width = size.width;
	settings->height = size.height;
	return 0;
}

/* HOST, HOST:PORT, [ADDRESS] or [ADDRESS]:PORT; an address with several colons has no port. */
static int read_host(struct options *options, const char *text)
{
	const char *colon = strrchr(text, ':'), *end = text + strlen(text);
	uint32_t port = GARASU_RFB_PORT;

	if (text[0] == '[') {
		end = strchr(++text, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':')) {
			return -EINVAL;
		}
		colon = end[1] == ':' ? end + 1 : NULL;
	} else if (colon != NULL && strchr(text, ':') == colon) {
		end = colon;
	} else {
		colon = NULL;
	}
	if (end == text || (size_t)(end - text) >= sizeof(options->host) ||
		(colon != NULL && argument_number(colon + 1, 1, 65535, &port) != 0)) {
		return -EINVAL;
	}
	memcpy(options->host, text, (size_t)(end - text));
	options->session.host = options->host;
	options->session.port = (uint16_t)port;
	return 0;
}

static int read_option(struct options *options, int letter)
{
	uint32_t percent = 100;
	int result = 0;

	switch (letter) {
	case 'u':
		options->session.user = optarg;
		return strlen(optarg) <= GARASU_RFB_USER_MAX && optarg[0] != '\0' ? 0 : -EINVAL;
	case 'a':
		options->session.files.ca = optarg;
		return 0;
	case 'c':
		options->session.files.cert = optarg;
		return 0;
	case 'k':
		options->session.files.key = optarg;
		return 0;
	case 'p':
		options->is_password_on_stdin = true;
		return 0;
	case 's':
		return read_size(optarg, &options->session);
	case 'S':
		result = argument_number(optarg, 100, 250, &percent);
		options->session.scale = percent * GARASU_SCALE_ONE / 100;
		return result;
	case 'H':
		options->is_headless = true;
		return 0;
	case 'P':
		options->shot = optarg;
		return 0;
	case 'r':
		return argument_number(optarg, 1, 3600000, &options->rest_ms);
	case 't':
		return argument_number(optarg, 1, 86400000, &options->timeout_ms);
	case 'o':
		options->session.address = optarg;
		return strncmp(optarg, "http://", 7) == 0 || strncmp(optarg, "https://", 8) == 0
			       ? 0
			       : -EINVAL;
	case 'l':
		return words_language(optarg, &options->language);
	case 'x':
		options->script = optarg;
		return 0;
	case 'h':
		options->wants_help = true;
		return 0;
	default:
		return -EINVAL;
	}
}

/* In a window the user is by default whoever is logged in at the desk. */
static int name_user(struct options *options)
{
	const struct passwd *entry = getpwuid(getuid());
	size_t size = entry != NULL ? strlen(entry->pw_name) : 0;

	if (size == 0 || size >= sizeof(options->user)) {
		return -EINVAL;
	}
	memcpy(options->user, entry->pw_name, size + 1);
	options->session.user = options->user;
	return 0;
}

/* What options need of each other. */
static int check_together(struct options *options)
{
	bool has_shot = options->shot != NULL, has_script = options->script != NULL;

	options->is_headless |= has_shot || has_script;
	if ((options->session.files.cert == NULL) != (options->session.files.key == NULL)) {
		return -EINVAL;
	}
	if (!options->is_headless) {
		return options->session.user != NULL ? 0 : name_user(options);
	}
	if (options->session.scale == 0) { /* a window asks its display */
		options->session.scale = GARASU_SCALE_ONE;
	}
	return has_shot != has_script && options->session.user != NULL ? 0 : -EINVAL;
}

int options_read(struct options *options, int argc, char **argv)
{
	static const struct option table[] = {
		{"user", required_argument, NULL, 'u'},
		{"ca", required_argument, NULL, 'a'},
		{"cert", required_argument, NULL, 'c'},
		{"key", required_argument, NULL, 'k'},
		{"password-stdin", no_argument, NULL, 'p'},
		{"size", required_argument, NULL, 's'},
		{"scale", required_argument, NULL, 'S'},
		{"headless", no_argument, NULL, 'H'},
		{"shot", required_argument, NULL, 'P'},
		{"rest-ms", required_argument, NULL, 'r'},
		{"timeout-ms", required_argument, NULL, 't'},
		{"open", required_argument, NULL, 'o'},
		{"lang", required_argument, NULL, 'l'},
		{"script", required_argument, NULL, 'x'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	*options = (struct options){.language = words_language_of_locale(), .rest_ms = 1500};
	options->session.width = 1280;
	options->session.height = 800;
	options->session.log_in_timeout_ms = 30000;
	opterr = 0;
	while ((letter = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (read_option(options, letter) != 0) {
			return -EINVAL;
		}
	}
	if (options->wants_help) {
		return 0;
	}
	if (optind != argc - 1 || check_together(options) != 0) {
		return -EINVAL;
	}
	return read_host(options, argv[optind]);
}
