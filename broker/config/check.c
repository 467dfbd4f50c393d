/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Defaults and bounds of every number, and what must agree with what. */

#include "check.h"

#include "garasu/frame.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct number {
	const char *section, *key;
	size_t offset;
	size_t bytes; /* of the field: 2, 4 or 8 */
	uint64_t least, most, usual;
	uint64_t unit; /* what one of the key is in the field */
};

#define N(section, key, member, least, most, usual)                                                \
	{                                                                                          \
		section, key, offsetof(struct garasu_config, member),                              \
			sizeof(((struct garasu_config *)0)->member), least, most, usual, 1         \
	}
#define MIB(section, key, member, least, most, usual)                                              \
	{                                                                                          \
		section, key, offsetof(struct garasu_config, member),                              \
			sizeof(((struct garasu_config *)0)->member), least, most, usual, 1u << 20  \
	}
#define DAY_MS 86400000u

static const struct number numbers[] = {
	N("users", "uid_base", uid_base, 1000, 4000000000u, 61000),
	N("sessions", "max", sessions_max, 1, 4000, 64),
	N("sessions", "starts_at_once", starts_at_once, 1, 64, 4),
	N("sessions", "idle_ms", idle_ms, 100, 7 * DAY_MS, 3600000),
	N("sessions", "idle_warning_ms", idle_warning_ms, 50, DAY_MS, 300000),
	N("sessions", "detached_ms", detached_ms, 100, 7 * DAY_MS, 1800000),
	N("sessions", "absolute_ms", absolute_ms, 100, 30 * (uint64_t)DAY_MS, 43200000),
	N("sessions", "upgrade_grace_ms", upgrade_grace_ms, 100, 7 * DAY_MS, 1800000),
	MIB("sessions", "memory_mib", memory_bytes, 256, 65536, 2048),
	N("sessions", "cpu_percent", cpu_percent, 10, 6400, 200),
	N("sessions", "processes", processes_max, 50, 10000, 400),
	MIB("sessions", "profile_mib", profile_bytes, 16, 4096, 256),
	MIB("sessions", "shm_mib", shm_bytes, 16, 4096, 256),
	N("screen", "max_width", max_width, 640, GARASU_FRAME_WIDTH_LIMIT, 2560),
	N("screen", "max_height", max_height, 480, GARASU_FRAME_HEIGHT_LIMIT, 1600),
	N("screen", "width", width, GARASU_FRAME_SIDE_MIN, GARASU_FRAME_WIDTH_LIMIT, 1280),
	N("screen", "height", height, GARASU_FRAME_SIDE_MIN, GARASU_FRAME_HEIGHT_LIMIT, 800),
	N("screen", "rate_input", rate_input, 1, 240, 60),
	N("screen", "rate_change", rate_change, 1, 240, 30),
	N("screen", "jpeg_quality", jpeg_quality, 10, 100, 85),
	N("screen", "refine_ms", refine_ms, 50, 60000, 300),
	N("login", "handshake_ms", handshake_ms, 100, 120000, 10000),
	N("login", "login_ms", login_ms, 100, 120000, 15000),
	N("login", "authenticators", authenticators_max, 1, 64, 4),
	N("login", "connections", connections_max, 1, 10000, 256),
	N("login", "failures", failures_max, 1, 1000, 5),
	N("login", "lockout_ms", lockout_ms, 100, DAY_MS, 300000),
	N("egress", "connect_ms", egress_connect_ms, 100, 120000, 10000),
	N("egress", "idle_ms", egress_idle_ms, 1000, DAY_MS, 300000),
	N("egress", "connections", egress_connections_max, 1, 10000, 256),
};

/* The line of "key:" within "section:", or the section's own, or 1. Block style only, which is what
 * the manual shows; a file in flow style gets the line where its section begins. */
static unsigned find_line(const struct config_report *report, const char *section, const char *key)
{
	const char *at = report->text;
	const char *end = report->text + report->text_size;
	unsigned line = 1;
	unsigned found = 1;
	int is_inside = 0;

	while (at < end) {
		const char *next = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((next != NULL ? next : end) - at);
		size_t indent = 0;

		while (indent < length && at[indent] == ' ') {
			indent++;
		}
		if (indent == 0 && length > 0 && at[0] != '#') {
			is_inside = length > strlen(section) &&
				    strncmp(at, section, strlen(section)) == 0 &&
				    at[strlen(section)] == ':';
			found = is_inside ? line : found;
		} else if (is_inside && key != NULL && length - indent > strlen(key) &&
			   strncmp(at + indent, key, strlen(key)) == 0 &&
			   at[indent + strlen(key)] == ':') {
			return line;
		}
		if (next == NULL) {
			break;
		}
		at = next + 1;
		line++;
	}
	return found;
}

static void add_line(struct config_report *report, unsigned line, const char *words)
{
	int written;

	report->mistakes++;
	if (report->used >= report->message_size) {
		return;
	}
	written = snprintf(report->message + report->used, report->message_size - report->used,
		"%s:%u: %s\n", report->name, line, words);
	if (written > 0) {
		report->used += (size_t)written;
	}
}

void config_complain_at(struct config_report *report, unsigned line, const char *format, ...)
{
	char words[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	add_line(report, line, words);
}

void config_complain(
	struct config_report *report, const char *section, const char *key, const char *format, ...)
{
	char words[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	add_line(report, find_line(report, section, key), words);
}

static uint64_t read_number(const struct number *number, const void *field)
{
	uint16_t small;
	uint32_t usual;
	uint64_t large;

	switch (number->bytes) {
	case sizeof(small):
		memcpy(&small, field, sizeof(small));
		return small;
	case sizeof(usual):
		memcpy(&usual, field, sizeof(usual));
		return usual;
	default:
		memcpy(&large, field, sizeof(large));
		return large;
	}
}

static void write_number(const struct number *number, void *field, uint64_t value)
{
	uint32_t usual = (uint32_t)value;

	if (number->bytes == sizeof(usual)) {
		memcpy(field, &usual, sizeof(usual));
	} else {
		memcpy(field, &value, sizeof(value));
	}
}

static void check_numbers(struct config_report *report, struct garasu_config *config)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const struct number *number = &numbers[i];
		void *field = (char *)config + number->offset;
		uint64_t value = read_number(number, field);

		if (value == 0) {
			value = number->usual;
		} else if (value < number->least || value > number->most) {
			config_complain(report, number->section, number->key,
				"%s.%s is %llu, expected %llu to %llu", number->section,
				number->key, (unsigned long long)value,
				(unsigned long long)number->least,
				(unsigned long long)number->most);
		}
		write_number(number, field, value * number->unit);
	}
}

static void check_listen(struct config_report *report, const struct garasu_config *config)
{
	struct in6_addr address6;
	struct in_addr address4;

	if (inet_pton(AF_INET, config->listen_address, &address4) == 1) {
		if (address4.s_addr == INADDR_ANY) {
			config_complain(report, "listen", "address",
				"listen.address is 0.0.0.0, expected the one address of the LGWAN "
				"leg");
		}
	} else if (inet_pton(AF_INET6, config->listen_address, &address6) == 1) {
		if (IN6_IS_ADDR_UNSPECIFIED(&address6)) {
			config_complain(report, "listen", "address",
				"listen.address is ::, expected the one address of the LGWAN leg");
		}
	} else {
		config_complain(report, "listen", "address",
			"listen.address is \"%s\", expected a numeric IPv4 or IPv6 address",
			config->listen_address);
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
	if (strncmp(page, "http://", 7) != 0 && strncmp(page, "https://", 8) != 0 &&
		strcmp(page, "about:blank") != 0) {
		config_complain(report, "screen", "start_page",
			"screen.start_page is \"%s\", expected http://, https:// or about:blank",
			page);
	}
}

static void set_text(char **text, const char *usual)
{
	if (*text == NULL) {
		*text = strdup(usual);
	}
}

static void check_agreement(struct config_report *report, const struct garasu_config *config)
{
	if (config->idle_warning_ms >= config->idle_ms) {
		config_complain(report, "sessions", "idle_warning_ms",
			"sessions.idle_warning_ms is %u, expected less than sessions.idle_ms (%u)",
			config->idle_warning_ms, config->idle_ms);
	}
	if (config->client_certificates != 0 && config->client_ca_path == NULL) {
		config_complain(report, "tls", "client_certificates",
			"tls.client_certificates needs tls.client_ca, expected its path");
	}
	for (uint32_t i = 0; i < config->port_count; i++) {
		if (config->ports[i] == 0 || config->ports[i] > 65535) {
			config_complain(report, "egress", "ports",
				"egress.ports has %u, expected 1 to 65535", config->ports[i]);
		}
	}
}

void config_check(struct config_report *report, struct garasu_config *config)
{
	check_numbers(report, config);
	set_text(&config->keyboard, "jp");
	set_text(&config->language, "ja");
	set_text(&config->start_page, "about:blank");
	if (config->keyboard == NULL || config->language == NULL || config->start_page == NULL) {
		config_complain_at(report, 1, "out of memory");
		return;
	}
	/* An idle time set below the usual warning brings its own. */
	if (config->idle_ms <= 300000 && config->idle_warning_ms == 300000) {
		config->idle_warning_ms = config->idle_ms / 2;
	}
	if (config->tls_minimum == 0) {
		config->tls_minimum = 0x0304;
	}
	check_listen(report, config);
	check_screen(report, config);
	check_agreement(report, config);
}
