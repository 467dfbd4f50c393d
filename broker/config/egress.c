/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The egress section: lists of addresses and of names, and the upstream proxy's files. */

#include "egress.h"

#include "domain.h"
#include "network.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define CREDENTIALS_MAX 512 /* what egress takes */
#define CA_MAX 65536        /* what fits into the browser's policy */

static void check_ranges(struct config_report *report, const char *key, char *const *entries,
	uint32_t count, unsigned allowed, const char *expected)
{
	for (uint32_t i = 0; i < count; i++) {
		if (!network_range_is_sound(entries[i], allowed)) {
			config_complain_entry(report, "egress", key, i,
				"egress.%s has \"%.64s\", expected %s", key, entries[i], expected);
		}
	}
}

static void check_domains(
	struct config_report *report, const char *key, char **names, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (domain_make_canonical(&names[i]) != 0) {
			config_complain_entry(report, "egress", key, i,
				"egress.%s has \"%.64s\", expected a DNS name", key, names[i]);
		}
	}
}

/* "HOST:PORT", with a name, an IPv4 address or an IPv6 address in brackets. */
static int upstream_is_sound(const char *text)
{
	const char *colon = strrchr(text, ':');
	char host[256];
	size_t size = colon != NULL ? (size_t)(colon - text) : 0;
	size_t digits = colon != NULL ? strspn(colon + 1, "0123456789") : 0;
	unsigned long port = digits > 0 && digits <= 5 ? strtoul(colon + 1, NULL, 10) : 0;

	if (size == 0 || size >= sizeof(host) || colon[1 + digits] != '\0' || colon[1] == '0' ||
		port < 1 || port > 65535) {
		return 0;
	}
	memcpy(host, text, size);
	host[size] = '\0';
	return network_name_is_sound(host) ||
	       (network_range_is_sound(host, 0) && (strchr(host, ':') == NULL || host[0] == '['));
}

uint16_t garasu_config_upstream(
	const struct garasu_config *config, char address[GARASU_CONFIG_ADDRESS_SIZE])
{
	const char *colon = config->upstream != NULL ? strrchr(config->upstream, ':') : NULL;
	const char *host = config->upstream;
	size_t size = colon != NULL ? (size_t)(colon - host) : 0;

	address[0] = '\0';
	if (size == 0) {
		return 0;
	}
	for (uint32_t i = 0; i < config->name_count; i++) {
		if (strlen(config->names[i].name) == size &&
			strncasecmp(config->names[i].name, host, size) == 0) {
			snprintf(address, GARASU_CONFIG_ADDRESS_SIZE, "%s",
				config->names[i].address);
		}
	}
	if (host[0] == '[' && size > 2) {
		snprintf(address, GARASU_CONFIG_ADDRESS_SIZE, "%.*s", (int)size - 2, host + 1);
	} else if (address[0] == '\0' && size < GARASU_CONFIG_ADDRESS_SIZE) {
		snprintf(address, GARASU_CONFIG_ADDRESS_SIZE, "%.*s", (int)size, host);
		if (!network_range_is_sound(address, 0)) {
			address[0] = '\0';
		}
	}
	return (uint16_t)strtoul(colon + 1, NULL, 10);
}

static void check_upstream(struct config_report *report, const struct garasu_config *config)
{
	if (config->upstream != NULL && !upstream_is_sound(config->upstream)) {
		config_complain(report, "egress", "upstream",
			"egress.upstream is \"%.64s\", expected HOST:PORT", config->upstream);
	}
	if (config->upstream == NULL && config->upstream_credentials_path != NULL) {
		config_complain(report, "egress", "upstream_credentials",
			"egress.upstream_credentials is set, expected egress.upstream beside it");
	}
}

void config_check_egress(struct config_report *report, struct garasu_config *config)
{
	check_ranges(report, "allow", config->allow, config->allow_count,
		NETWORK_BITS | NETWORK_PORT, "ADDRESS[/BITS][:PORT]");
	check_ranges(
		report, "deny", config->deny, config->deny_count, NETWORK_BITS, "ADDRESS/BITS");
	check_ranges(report, "servers", config->servers, config->server_count, NETWORK_PORT,
		"ADDRESS[:PORT]");
	for (uint32_t i = 0; i < config->name_count; i++) {
		struct garasu_config_host_name *name = &config->names[i];

		if (domain_make_canonical(&name->name) != 0 ||
			!network_range_is_sound(name->address, 0) || name->address[0] == '[') {
			config_complain_entry(report, "egress", "names", i,
				"egress.names has \"%.64s\" at \"%.64s\", expected a DNS name and "
				"a numeric address",
				name->name, name->address);
		}
	}
	for (uint32_t i = 0; i < config->port_count; i++) {
		if (config->ports[i] == 0 || config->ports[i] > 65535) {
			config_complain_entry(report, "egress", "ports", i,
				"egress.ports has %u, expected 1 to 65535", config->ports[i]);
		}
	}
	check_domains(report, "allow_names", config->allow_names, config->allow_name_count);
	check_domains(report, "deny_names", config->deny_names, config->deny_name_count);
	check_upstream(report, config);
}

/* One line "user:password", which nobody but its owner and their group may read. */
static void check_credentials(struct config_report *report, const char *path, int fd)
{
	char text[CREDENTIALS_MAX + 2];
	ssize_t size = read(fd, text, sizeof(text));
	struct stat status;
	size_t length = 0;

	while (size > 0 && length < (size_t)size && (unsigned char)text[length] >= ' ' &&
		text[length] != 0x7f) {
		length++;
	}
	if (length == 0 || length > CREDENTIALS_MAX || text[0] == ':' ||
		memchr(text, ':', length) == NULL ||
		(length < (size_t)size && (text[length] != '\n' || length + 1 < (size_t)size))) {
		config_complain(report, "egress", "upstream_credentials",
			"egress.upstream_credentials is \"%.200s\", expected a file with one line "
			"USER:PASSWORD",
			path);
	}
	explicit_bzero(text, sizeof(text));
	if (fstat(fd, &status) != 0 || (status.st_mode & 07) != 0) {
		config_complain(report, "egress", "upstream_credentials",
			"egress.upstream_credentials is \"%.200s\", expected a file that others "
			"cannot read: chmod 600 it",
			path);
	}
}

static void check_ca(struct config_report *report, const char *path, int fd)
{
	char *text = calloc(1, CA_MAX + 2);
	ssize_t size = text != NULL ? read(fd, text, CA_MAX + 1) : -1;

	if (size < 0 || size > CA_MAX || strstr(text, "-----BEGIN CERTIFICATE-----") == NULL) {
		config_complain(report, "egress", "upstream_ca",
			"egress.upstream_ca is \"%.200s\", expected a file with certificates, PEM, "
			"of at most %d bytes",
			path, CA_MAX);
	}
	free(text);
}

void config_check_egress_file(
	struct config_report *report, const struct garasu_config *config, const char *path, int fd)
{
	if (path == config->upstream_credentials_path) {
		check_credentials(report, path, fd);
	} else if (path == config->upstream_ca_path) {
		check_ca(report, path, fd);
	}
}
