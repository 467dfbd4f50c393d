/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of garasu-load. */

#include "options.h"

#include "argument.h"
#include "record.h"

#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_port(const char *text, uint32_t least, uint16_t *port)
{
	uint32_t number = 0;
	int result = argument_number(text, least, 65535, &number);

	*port = (uint16_t)number;
	return result;
}

static int read_size(const char *text, struct connection_settings *settings)
{
	const struct argument_size least = {640, 480}, most = {VIEWER_MAX_WIDTH, VIEWER_MAX_HEIGHT};
	struct argument_size size;

	if (argument_size(text, least, most, &size) != 0) {
		return -EINVAL;
	}
	settings->width = size.width;
	settings->height = size.height;
	return 0;
}

static int read_encodings(const char *text, uint32_t *offers)
{
	*offers &= ~(uint32_t)(DECODER_OFFER_ZSTD | DECODER_OFFER_JPEG);
	if (strcmp(text, "zstd") == 0) {
		*offers |= DECODER_OFFER_ZSTD | DECODER_OFFER_JPEG;
	} else if (strcmp(text, "tight") == 0) {
		*offers |= DECODER_OFFER_JPEG;
	} else if (strcmp(text, "lossless") != 0) {
		return -EINVAL;
	}
	return 0;
}

/* Numbers that rise, divided by commas. */
static int read_steps(struct options *options, const char *text)
{
	char copy[512], *rest = copy, *word;
	uint32_t before = 0;

	if (strlen(text) >= sizeof(copy)) {
		return -EINVAL;
	}
	memcpy(copy, text, strlen(text) + 1);
	options->step_count = 0;
	while ((word = strsep(&rest, ",")) != NULL) {
		if (options->step_count == OPTIONS_STEPS_MAX ||
			argument_number(word, before + 1, OPTIONS_SESSIONS_MAX,
				&options->steps[options->step_count]) != 0) {
			return -EINVAL;
		}
		before = options->steps[options->step_count++];
	}
	return 0;
}

static int read_host(struct options *options, const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t size = colon != NULL ? (size_t)(colon - text) : 0;

	if (text[0] == '[' && size > 2 && text[size - 1] == ']') { /* [ADDRESS]:PORT */
		text++;
		size -= 2;
	}
	if (size == 0 || size >= sizeof(options->host)) {
		return -EINVAL;
	}
	memcpy(options->host, text, size);
	options->work.connection.host = options->host;
	return read_port(colon + 1, 1, &options->port);
}

static int read_tree(struct options *options, const char *text)
{
	uint32_t pid = 0;

	if (options->tree_count == OPTIONS_TREES_MAX ||
		argument_number(text, 2, 1u << 22, &pid) != 0) {
		return -EINVAL;
	}
	options->trees[options->tree_count++] = (int)pid;
	return 0;
}

/* A quarter more from step to step, so that the knee is known to a quarter. */
static void fill_steps(struct options *options, uint32_t most)
{
	uint32_t sessions = 1;

	options->step_count = 0;
	while (sessions < most && options->step_count < OPTIONS_STEPS_MAX - 1) {
		options->steps[options->step_count++] = sessions;
		sessions = sessions < 4 ? sessions + 1 : sessions * 5 / 4;
	}
	options->steps[options->step_count++] = most;
}

static int read_most(struct options *options, const char *text)
{
	uint32_t most = 0;

	if (argument_number(text, 1, OPTIONS_SESSIONS_MAX, &most) != 0) {
		return -EINVAL;
	}
	fill_steps(options, most);
	return 0;
}

/* Where and as whom. */
static int read_connection_option(struct options *options, int letter)
{
	struct connection_settings *connection = &options->work.connection;
	uint32_t percent = 100, seed = 1;
	int result = 0;

	switch (letter) {
	case 'E':
		return read_encodings(optarg, &connection->offers);
	case 'J':
		return argument_number(optarg, 0, 9, &connection->jpeg_level);
	case 'o':
		connection->has_port_each = true;
		return 0;
	case 'f':
		connection->offers |= DECODER_OFFER_FOREIGN;
		return 0;
	case 's':
		connection->is_plain = strcmp(optarg, "none") == 0;
		return connection->is_plain || strcmp(optarg, "x509plain") == 0 ? 0 : -EINVAL;
	case 'a':
		connection->files.ca = optarg;
		return 0;
	case 'c':
		connection->files.cert = optarg;
		return 0;
	case 'k':
		connection->files.key = optarg;
		return 0;
	case 'P':
		options->password_file = optarg;
		return 0;
	case 'u':
		return argument_number(optarg, 1, 1000000, &options->first_user);
	case 'g':
		return read_size(optarg, connection);
	case 'G':
		result = argument_number(optarg, 100, 250, &percent);
		connection->scale = percent * CODE_SCALE_ONE / 100;
		return result;
	case 'w':
		options->pages = optarg;
		return strncmp(optarg, "http", 4) == 0 && strlen(optarg) < 200 ? 0 : -EINVAL;
	case 'W':
		return read_port(optarg, 0, &options->page_port);
	case 'e':
		result = argument_number(optarg, 0, 1000000000, &seed);
		options->work.seed = seed;
		return result;
	default:
		return -EINVAL;
	}
}

/* What is done, and what is said of it. */
static int read_run_option(struct options *options, int letter)
{
	switch (letter) {
	case 'n':
		return argument_number(optarg, SAMPLES_LEAST, 100000, &options->samples);
	case 'm':
		return mix_read(&options->mix, optarg);
	case 'S':
		return read_steps(options, optarg);
	case 'M':
		return read_most(options, optarg);
	case 't':
		return argument_number(optarg, 1, 86400, &options->seconds);
	case 'T':
		return argument_number(optarg, 0, 3600, &options->settle_seconds);
	case 'r':
		return argument_number(optarg, 0, 60000, &options->stagger_ms);
	case 'h':
		return argument_number(optarg, 10, 100000, &options->work.think_percent);
	case 'L':
		options->work.types_latin = true;
		return 0;
	case 'l':
		return argument_number(optarg, 1, 60000, &options->limit_ms);
	case 'A':
		options->goes_on = true;
		return 0;
	case 'p':
		return read_tree(options, optarg);
	case 'D':
		return argument_number(optarg, 1, 10000000, &options->desks);
	case 'C':
		return argument_number(optarg, 1, 100, &options->concurrency);
	case 'R':
		return argument_number(optarg, 0, 90, &options->reserve);
	case 'B':
		return argument_number(optarg, 0, 1000, &options->spare);
	case 'j':
		options->json = optarg;
		return 0;
	case 'H':
		options->html = optarg;
		return 0;
	case 'i':
		options->title = optarg;
		return 0;
	case '?' + 256:
		options->wants_help = true;
		return 0;
	default:
		return read_connection_option(options, letter);
	}
}

static const struct option table[] = {
	{"security", required_argument, NULL, 's'},
	{"encodings", required_argument, NULL, 'E'},
	{"jpeg-level", required_argument, NULL, 'J'},
	{"port-each", no_argument, NULL, 'o'},
	{"foreign", no_argument, NULL, 'f'},
	{"ca", required_argument, NULL, 'a'},
	{"cert", required_argument, NULL, 'c'},
	{"key", required_argument, NULL, 'k'},
	{"password-file", required_argument, NULL, 'P'},
	{"first-user", required_argument, NULL, 'u'},
	{"size", required_argument, NULL, 'g'},
	{"scale", required_argument, NULL, 'G'},
	{"pages", required_argument, NULL, 'w'},
	{"page-port", required_argument, NULL, 'W'},
	{"seed", required_argument, NULL, 'e'},
	{"samples", required_argument, NULL, 'n'},
	{"mix", required_argument, NULL, 'm'},
	{"sessions", required_argument, NULL, 'S'},
	{"most", required_argument, NULL, 'M'},
	{"seconds", required_argument, NULL, 't'},
	{"settle-seconds", required_argument, NULL, 'T'},
	{"stagger-ms", required_argument, NULL, 'r'},
	{"think", required_argument, NULL, 'h'},
	{"latin", no_argument, NULL, 'L'},
	{"limit-ms", required_argument, NULL, 'l'},
	{"all-steps", no_argument, NULL, 'A'},
	{"tree", required_argument, NULL, 'p'},
	{"desks", required_argument, NULL, 'D'},
	{"concurrency", required_argument, NULL, 'C'},
	{"reserve", required_argument, NULL, 'R'},
	{"spare", required_argument, NULL, 'B'},
	{"json", required_argument, NULL, 'j'},
	{"html", required_argument, NULL, 'H'},
	{"title", required_argument, NULL, 'i'},
	{"help", no_argument, NULL, '?' + 256},
	{NULL, 0, NULL, 0},
};

static int read_command(struct options *options, const char *word)
{
	if (strcmp(word, "latency") == 0) {
		options->command = COMMAND_LATENCY;
	} else if (strcmp(word, "run") == 0) {
		options->command = COMMAND_RUN;
	} else if (strcmp(word, "host") == 0) {
		options->command = COMMAND_HOST;
	} else if (strcmp(word, "plan") == 0) {
		options->command = COMMAND_PLAN;
	} else if (strcmp(word, "pages") == 0) {
		options->command = COMMAND_PAGES;
	} else if (strcmp(word, "--help") == 0) {
		options->wants_help = true;
	} else {
		return -EINVAL;
	}
	return 0;
}

static void set_defaults(struct options *options)
{
	*options = (struct options){.page_port = 47600,
		.first_user = 1,
		.samples = 200,
		.mix.weights = {[WORK_READ] = 40,
			[WORK_TYPE] = 30,
			[WORK_LOAD] = 10,
			[WORK_ADVERT] = 5,
			[WORK_VIDEO] = 5,
			[WORK_IDLE] = 5,
			[WORK_PARKED] = 5},
		.seconds = 60,
		.settle_seconds = 5,
		.stagger_ms = 1000,
		.limit_ms = 100,
		.desks = 1000,
		.concurrency = 30,
		.reserve = 20,
		.spare = 1};
	fill_steps(options, 64);
	options->work = (struct work_settings){.think_percent = 100,
		.action_timeout_ms = 5000,
		.start_timeout_ms = 60000,
		.seed = 1};
	options->work.connection = (struct connection_settings){.offers = VIEWER_OFFERS,
		.jpeg_level = VIEWER_JPEG_LEVEL,
		.width = 1280,
		.height = 800,
		.scale = CODE_SCALE_ONE,
		.log_in_timeout_ms = 30000};
}

static bool needs_server(const struct options *options)
{
	return options->command == COMMAND_LATENCY || options->command == COMMAND_RUN;
}

/* What options need of each other. */
static int check_together(struct options *options, int argc, const char **fault)
{
	const struct connection_settings *connection = &options->work.connection;

	if (!needs_server(options)) {
		return optind == argc ? 0 : -EINVAL;
	}
	if (optind != argc - 1) {
		*fault = "HOST:PORT";
		return -EINVAL;
	}
	if (connection->is_plain == (options->password_file != NULL)) {
		*fault = "--password-file";
		return -EINVAL;
	}
	if ((connection->files.cert == NULL) != (connection->files.key == NULL)) {
		*fault = "--cert";
		return -EINVAL;
	}
	return 0;
}

int options_read(struct options *options, int argc, char **argv, const char **fault)
{
	int letter;

	set_defaults(options);
	*fault = argc > 1 ? argv[1] : "";
	if (argc < 2 || read_command(options, argv[1]) != 0) {
		return -EINVAL;
	}
	if (options->wants_help) {
		return 0;
	}
	optind = 2;
	opterr = 0;
	while ((letter = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (read_run_option(options, letter) != 0) {
			*fault = argv[optind - 1];
			return -EINVAL;
		}
	}
	if (options->wants_help) {
		return 0;
	}
	*fault = optind < argc ? argv[optind] : "";
	if (check_together(options, argc, fault) != 0) {
		return -EINVAL;
	}
	return needs_server(options) ? read_host(options, argv[optind]) : 0;
}

int options_resolve(struct options *options)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct connection_settings *connection = &options->work.connection;
	struct addrinfo *found = NULL;
	char port[8];

	snprintf(port, sizeof(port), "%u", options->port);
	if (getaddrinfo(options->host, port, &hints, &found) != 0) {
		return -EHOSTUNREACH;
	}
	memcpy(&connection->address, found->ai_addr, found->ai_addrlen);
	connection->address_size = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}
