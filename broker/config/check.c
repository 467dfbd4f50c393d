/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Defaults, and what must agree with what. */

#include "check.h"

#include "egress.h"
#include "rates.h"
#include "schema.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define ZONE_NAME_MAX 63
#define START_PAGE_MAX 2047 /* struct garasu_session_settings */

/* A number that may be 0 is 0 where its key stands; elsewhere 0 says that it is missing. */
static int is_given(struct config_report *report, const struct config_number *number)
{
	yaml_node_t *node = yaml_document_get_root_node(&report->document);

	node = config_child(&report->document, node, number->section, NULL);
	return number->least == 0 &&
	       config_child(&report->document, node, number->key, NULL) != NULL;
}

static void put_defaults(struct config_report *report, struct garasu_config *config)
{
	for (size_t i = 0; i < config_number_count; i++) {
		const struct config_number *number = &config_numbers[i];
		void *field = (char *)config + number->offset;
		uint32_t usual = 0;
		uint64_t large = 0;

		if (number->bytes == sizeof(usual)) {
			memcpy(&usual, field, sizeof(usual));
			large = usual;
		} else {
			memcpy(&large, field, sizeof(large));
		}
		if (large == 0 && !is_given(report, number)) {
			large = number->usual;
		}
		large *= number->unit;
		usual = (uint32_t)large;
		if (number->bytes == sizeof(usual)) {
			memcpy(field, &usual, sizeof(usual));
		} else {
			memcpy(field, &large, sizeof(large));
		}
	}
}

static void check_listen(struct config_report *report, const char *section, const char *address)
{
	struct in6_addr address6;
	struct in_addr address4;

	if (inet_pton(AF_INET, address, &address4) == 1) {
		if (address4.s_addr == INADDR_ANY) {
			config_complain(report, section, "address",
				"%s.address is 0.0.0.0, expected the one address of the LGWAN leg",
				section);
		}
	} else if (inet_pton(AF_INET6, address, &address6) == 1) {
		if (IN6_IS_ADDR_UNSPECIFIED(&address6)) {
			config_complain(report, section, "address",
				"%s.address is ::, expected the one address of the LGWAN leg",
				section);
		} else if (IN6_IS_ADDR_V4MAPPED(&address6)) {
			config_complain(report, section, "address",
				"%s.address is \"%s\", expected the IPv4 address itself", section,
				address);
		}
	} else {
		config_complain(report, section, "address",
			"%s.address is \"%s\", expected a numeric IPv4 or IPv6 address", section,
			address);
	}
}

static void check_zone_name(struct config_report *report, const char *key, const char *name)
{
	static const char allowed[] =
		"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.";

	if (name != NULL && (name[0] == '.' || strspn(name, allowed) != strlen(name) ||
				    strlen(name) > ZONE_NAME_MAX)) {
		config_complain(report, "zones", key,
			"zones.%s is \"%.64s\", expected the name of a network namespace", key,
			name);
	}
}

/* The host's own /etc/resolv.conf names the servers of the host's own leg. */
static void check_zones(struct config_report *report, const struct garasu_config *config)
{
	char upstream[GARASU_CONFIG_ADDRESS_SIZE];
	int asks_names = garasu_config_upstream(config, upstream) == 0 || upstream[0] == '\0';

	check_zone_name(report, "lgwan", config->zone_lgwan);
	check_zone_name(report, "internet", config->zone_internet);
	if (config->zone_lgwan != NULL && config->zone_internet != NULL &&
		strcmp(config->zone_lgwan, config->zone_internet) == 0) {
		config_complain(report, "zones", "internet",
			"zones.internet is zones.lgwan, expected another network namespace");
	}
	if (config->zone_internet != NULL && config->server_count == 0 && asks_names) {
		config_complain(report, "zones", "internet",
			"zones.internet is set, expected egress.servers beside it: the name "
			"servers of that leg");
	}
}

static void check_screen(struct config_report *report, struct garasu_config *config)
{
	const char *page = config->start_page;

	if (config->width > config->max_width) {
		config_complain(report, "screen", "width",
			"screen.width is %u, expected at most screen.max_width (%u)", config->width,
			config->max_width);
	}
	if (config->height > config->max_height) {
		config_complain(report, "screen", "height",
			"screen.height is %u, expected at most screen.max_height (%u)",
			config->height, config->max_height);
	}
	if (strcmp(config->keyboard, "jp") != 0 && strcmp(config->keyboard, "us") != 0) {
		config_complain(report, "screen", "keyboard",
			"screen.keyboard is \"%s\", expected jp or us", config->keyboard);
	}
	if (strcmp(config->language, "ja") != 0 && strcmp(config->language, "en-US") != 0) {
		config_complain(report, "screen", "language",
			"screen.language is \"%s\", expected ja or en-US", config->language);
	}
	if (strlen(page) > START_PAGE_MAX) {
		config_complain(report, "screen", "start_page",
			"screen.start_page has %zu bytes, expected at most %d", strlen(page),
			START_PAGE_MAX);
	}
	if (strncmp(page, "http://", 7) != 0 && strncmp(page, "https://", 8) != 0 &&
		strcmp(page, "about:blank") != 0) {
		config_complain(report, "screen", "start_page",
			"screen.start_page is \"%.64s\", expected http://, https:// or about:blank",
			page);
	}
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* The launcher keeps a copy of each under its name. */
static void check_file_names(struct config_report *report, const struct garasu_config *config)
{
	struct garasu_config_file files[GARASU_CONFIG_FILES];

	garasu_config_files(config, files);
	for (size_t i = 0; i < GARASU_CONFIG_FILES; i++) {
		const struct garasu_config_file *file = &files[i];

		if (file->path == NULL) {
			continue;
		}
		if (name_of(file->path)[0] == '\0' ||
			strncmp(name_of(file->path), "registry.db", 11) == 0) {
			config_complain(report, file->section, file->key,
				"%s.%s is \"%.64s\", expected a file with another name",
				file->section, file->key, file->path);
		}
		for (size_t j = 0; j < i; j++) {
			if (files[j].path != NULL &&
				strcmp(name_of(file->path), name_of(files[j].path)) == 0) {
				config_complain(report, file->section, file->key,
					"%s.%s has the file name of %s.%s, expected another",
					file->section, file->key, files[j].section, files[j].key);
			}
		}
	}
}

static void check_agreement(struct config_report *report, const struct garasu_config *config)
{
	static const struct sockaddr_un address;

	if (config->idle_warning_ms >= config->idle_ms) {
		config_complain(report, "sessions", "idle_warning_ms",
			"sessions.idle_warning_ms is %u, expected less than sessions.idle_ms (%u)",
			config->idle_warning_ms, config->idle_ms);
	}
	if (config->strangers_max >= config->connections_max) {
		config_complain(report, "login", "strangers",
			"login.strangers is %u, expected less than login.connections (%u), so that "
			"one address cannot take them all, or 0",
			config->strangers_max, config->connections_max);
	}
	if (config->client_certificates != 0 && config->client_ca_path == NULL) {
		config_complain(report, "tls", "client_certificates",
			"tls.client_certificates is not off, expected tls.client_ca beside it");
	}
	if (strlen(config->admin_socket) >= sizeof(address.sun_path)) {
		config_complain(report, "paths", "admin_socket",
			"paths.admin_socket has %zu bytes, expected at most %zu",
			strlen(config->admin_socket), sizeof(address.sun_path) - 1);
	}
}

static int set_text(char **text, const char *usual)
{
	if (*text == NULL) {
		*text = strdup(usual);
	}
	return *text != NULL ? 0 : -1;
}

static int set_ports(struct garasu_config *config)
{
	static const uint32_t usual[] = {80, 443};

	if (config->ports == NULL) {
		config->ports = malloc(sizeof(usual));
		if (config->ports == NULL) {
			return -1;
		}
		memcpy(config->ports, usual, sizeof(usual));
		config->port_count = sizeof(usual) / sizeof(usual[0]);
	}
	return 0;
}

void config_check(struct config_report *report, struct garasu_config *config)
{
	const struct garasu_config given = *config;

	put_defaults(report, config);
	config_settle_rates(config, &given);
	if (set_text(&config->keyboard, "jp") != 0 || set_text(&config->language, "ja") != 0 ||
		set_text(&config->start_page, "about:blank") != 0 || set_ports(config) != 0) {
		config_complain_at(report, 1, "memory is short, expected more");
		return;
	}
	/* An idle time not above the usual warning brings its own. */
	if (given.idle_warning_ms == 0 && config->idle_ms <= config->idle_warning_ms) {
		config->idle_warning_ms = config->idle_ms / 2;
	}
	if (config->tls_minimum == 0) {
		config->tls_minimum = 0x0304;
	}
	check_listen(report, "listen", config->listen_address);
	if (config->web_address != NULL) {
		check_listen(report, "web", config->web_address);
	}
	check_zones(report, config);
	check_screen(report, config);
	config_check_rates(report, config);
	check_file_names(report, config);
	check_agreement(report, config);
	config_check_egress(report, config);
}

void config_check_files(struct config_report *report, const struct garasu_config *config)
{
	struct garasu_config_file files[GARASU_CONFIG_FILES];

	garasu_config_files(config, files);
	for (size_t i = 0; i < GARASU_CONFIG_FILES; i++) {
		const struct garasu_config_file *file = &files[i];
		struct stat status;
		int fd = file->path != NULL ? open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
					    : -1;

		if (file->path != NULL &&
			(fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))) {
			config_complain(report, file->section, file->key,
				"%s.%s is \"%.200s\", expected a file that can be read: %s",
				file->section, file->key, file->path,
				fd < 0 ? strerror(errno) : "it is not a regular file");
		} else if (fd >= 0) {
			config_check_egress_file(report, config, file->path, fd);
		}
		if (fd >= 0) {
			close(fd);
		}
	}
}
