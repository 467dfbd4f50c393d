/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration file: form, then values, by one schema. libcyaml is met here and in schema.c.
 * Reads untrusted bytes from: the configuration file, whose author is trusted but makes mistakes.
 */

#include "config.h"

#include "check.h"
#include "schema.h"
#include "shape.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What libcyaml says while it fails, which is rare after the form was checked. */
struct complaint {
	char what[256];
	unsigned line;
};

static void on_cyaml(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
	struct complaint *complaint = context;
	char words[512];
	const char *line;
	size_t length;

	if (level < CYAML_LOG_ERROR) {
		return;
	}
	vsnprintf(words, sizeof(words), format, arguments);
	line = strstr(words, "(line: ");
	if (line != NULL) {
		if (complaint->line == 0) {
			complaint->line = (unsigned)strtoul(line + 7, NULL, 10);
		}
		return;
	}
	if (strstr(words, "Backtrace") != NULL || complaint->what[0] != '\0') {
		return;
	}
	length = strcspn(words, "\n");
	words[length] = '\0';
	snprintf(complaint->what, sizeof(complaint->what), "%.200s",
		strncmp(words, "Load: ", 6) == 0 ? words + 6 : words);
}

static cyaml_config_t cyaml_settings(struct complaint *complaint)
{
	return (cyaml_config_t){.log_fn = on_cyaml,
		.log_ctx = complaint,
		.mem_fn = cyaml_mem,
		.log_level = CYAML_LOG_ERROR,
		.flags = CYAML_CFG_NO_ALIAS};
}

static void load(
	struct config_report *report, const char *text, size_t size, struct garasu_config **config)
{
	struct complaint complaint = {0};
	cyaml_config_t settings = cyaml_settings(&complaint);
	cyaml_data_t *loaded = NULL;
	cyaml_err_t result = cyaml_load_data(
		(const uint8_t *)text, size, &settings, &config_schema, &loaded, NULL);

	if (result != CYAML_OK || loaded == NULL) {
		config_complain_at(report, complaint.line > 0 ? complaint.line : 1,
			"%s, expected what garasu.conf(5) describes",
			complaint.what[0] != '\0' ? complaint.what : cyaml_strerror(result));
		return;
	}
	*config = loaded;
	config_check(report, *config);
}

int garasu_config_parse(const char *text, size_t size, const char *name,
	struct garasu_config **config, char *message, size_t message_size)
{
	struct config_report report = {
		.name = name, .message = message, .message_size = message_size};

	message[0] = '\0';
	*config = NULL;
	if (size > GARASU_CONFIG_BYTES_MAX) {
		config_complain_at(&report, 1, "the file has %zu bytes, expected at most %u", size,
			GARASU_CONFIG_BYTES_MAX);
	} else if (config_shape_check(&report, text, size) == 0) {
		load(&report, text, size, config);
	}
	config_shape_finish(&report);
	if (report.mistakes > 0) {
		garasu_config_destroy(config);
		return -EINVAL;
	}
	return 0;
}

int garasu_config_check_files(const struct garasu_config *config, const char *text, size_t size,
	const char *name, char *message, size_t message_size)
{
	struct config_report report = {
		.name = name, .message = message, .message_size = message_size};

	message[0] = '\0';
	if (config_shape_check(&report, text, size) == 0) {
		config_check_files(&report, config);
	}
	config_shape_finish(&report);
	return report.mistakes == 0 ? 0 : -EINVAL;
}

void garasu_config_files(
	const struct garasu_config *config, struct garasu_config_file files[GARASU_CONFIG_FILES])
{
	const struct garasu_config_file all[GARASU_CONFIG_FILES] = {
		{"tls", "certificate", config->certificate_path}, {"tls", "key", config->key_path},
		{"tls", "client_ca", config->client_ca_path},
		{"tls", "revocation", config->revocation_path},
		{"egress", "upstream_credentials", config->upstream_credentials_path},
		{"egress", "upstream_ca", config->upstream_ca_path}};

	memcpy(files, all, sizeof(all));
}

void garasu_config_destroy(struct garasu_config **config)
{
	struct complaint complaint = {0};
	cyaml_config_t settings = cyaml_settings(&complaint);

	if (*config != NULL) {
		cyaml_free(&settings, &config_schema, *config, 0);
		*config = NULL;
	}
}
