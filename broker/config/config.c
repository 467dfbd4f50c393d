/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration file: libcyaml's schema is its parser. The one place where libcyaml is met.
 * Reads untrusted bytes from: the configuration file, whose author is trusted but makes mistakes.
 */

#include "config.h"

#include "check.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GIVEN CYAML_FLAG_POINTER
#define MAYBE (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define C struct garasu_config
#define TEXT_MAX 4096
#define LIST_MAX 1024

/* Sections share the one flat struct. */
#define SECTION(name, needed, section_fields)                                                      \
	{                                                                                          \
		.key = name, .data_offset = 0, .value = {                                          \
			.type = CYAML_MAPPING,                                                     \
			.flags = needed,                                                           \
			.data_size = sizeof(C),                                                    \
			.mapping = {.fields = section_fields},                                     \
		}                                                                                  \
	}
#define NUMBER(name, member) CYAML_FIELD_UINT(name, CYAML_FLAG_OPTIONAL, C, member)
#define WORDS(name, flags, member) CYAML_FIELD_STRING_PTR(name, flags, C, member, 1, TEXT_MAX)
#define LIST(name, member, count, entry)                                                           \
	CYAML_FIELD_SEQUENCE_COUNT(name, MAYBE, C, member, count, entry, 0, LIST_MAX)

static const cyaml_strval_t certificate_modes[] = {{"off", 0}, {"wanted", 1}, {"required", 2}};
static const cyaml_strval_t tls_versions[] = {{"1.3", 0x0304}, {"1.2", 0x0303}};
static const cyaml_strval_t limit_modes[] = {{"cgroup", 0}, {"none", 1}};

static const cyaml_schema_value_t text_entry = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, TEXT_MAX)};
static const cyaml_schema_value_t number_entry = {CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint32_t)};

static const cyaml_schema_field_t name_fields[] = {
	CYAML_FIELD_STRING_PTR("name", GIVEN, struct garasu_config_host_name, name, 1, 255),
	CYAML_FIELD_STRING_PTR("address", GIVEN, struct garasu_config_host_name, address, 1, 63),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t name_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct garasu_config_host_name, name_fields)};

static const cyaml_schema_field_t listen_fields[] = {
	WORDS("address", GIVEN, listen_address),
	CYAML_FIELD_UINT("port", CYAML_FLAG_DEFAULT, C, listen_port),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t tls_fields[] = {
	WORDS("certificate", GIVEN, certificate_path),
	WORDS("key", GIVEN, key_path),
	WORDS("client_ca", MAYBE, client_ca_path),
	WORDS("revocation", MAYBE, revocation_path),
	CYAML_FIELD_ENUM("client_certificates", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, C,
		client_certificates, certificate_modes, 3),
	CYAML_FIELD_ENUM("minimum", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, C, tls_minimum,
		tls_versions, 2),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t path_fields[] = {
	WORDS("state", GIVEN, state_directory),
	WORDS("log", GIVEN, log_directory),
	WORDS("admin_socket", GIVEN, admin_socket),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t user_fields[] = {
	NUMBER("uid_base", uid_base),
	LIST("admin_uids", admin_uids, admin_uid_count, &number_entry),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t session_fields[] = {
	NUMBER("max", sessions_max),
	NUMBER("starts_at_once", starts_at_once),
	NUMBER("idle_ms", idle_ms),
	NUMBER("idle_warning_ms", idle_warning_ms),
	NUMBER("detached_ms", detached_ms),
	NUMBER("absolute_ms", absolute_ms),
	NUMBER("upgrade_grace_ms", upgrade_grace_ms),
	CYAML_FIELD_ENUM(
		"limits", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, C, limits, limit_modes, 2),
	NUMBER("memory_mib", memory_bytes),
	NUMBER("cpu_percent", cpu_percent),
	NUMBER("processes", processes_max),
	NUMBER("profile_mib", profile_bytes),
	NUMBER("shm_mib", shm_bytes),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t screen_fields[] = {
	NUMBER("max_width", max_width),
	NUMBER("max_height", max_height),
	NUMBER("width", width),
	NUMBER("height", height),
	WORDS("keyboard", MAYBE, keyboard),
	WORDS("language", MAYBE, language),
	WORDS("start_page", MAYBE, start_page),
	NUMBER("rate_input", rate_input),
	NUMBER("rate_change", rate_change),
	NUMBER("jpeg_quality", jpeg_quality),
	NUMBER("refine_ms", refine_ms),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t login_fields[] = {
	NUMBER("handshake_ms", handshake_ms),
	NUMBER("login_ms", login_ms),
	NUMBER("authenticators", authenticators_max),
	NUMBER("connections", connections_max),
	NUMBER("failures", failures_max),
	NUMBER("lockout_ms", lockout_ms),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t egress_fields[] = {
	NUMBER("connect_ms", egress_connect_ms),
	NUMBER("idle_ms", egress_idle_ms),
	NUMBER("connections", egress_connections_max),
	LIST("names", names, name_count, &name_entry),
	LIST("allow", allow, allow_count, &text_entry),
	LIST("deny", deny, deny_count, &text_entry),
	LIST("servers", servers, server_count, &text_entry),
	LIST("ports", ports, port_count, &number_entry),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t sections[] = {
	SECTION("listen", CYAML_FLAG_DEFAULT, listen_fields),
	SECTION("tls", CYAML_FLAG_DEFAULT, tls_fields),
	SECTION("paths", CYAML_FLAG_DEFAULT, path_fields),
	SECTION("users", CYAML_FLAG_OPTIONAL, user_fields),
	SECTION("sessions", CYAML_FLAG_OPTIONAL, session_fields),
	SECTION("screen", CYAML_FLAG_OPTIONAL, screen_fields),
	SECTION("login", CYAML_FLAG_OPTIONAL, login_fields),
	SECTION("egress", CYAML_FLAG_OPTIONAL, egress_fields),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, C, sections)};

/* What libcyaml says while it fails: first what is wrong, then where. */
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
		.flags = CYAML_CFG_DEFAULT};
}

int garasu_config_parse(const char *text, size_t size, const char *name,
	struct garasu_config **config, char *message, size_t message_size)
{
	struct complaint complaint = {0};
	cyaml_config_t settings = cyaml_settings(&complaint);
	struct config_report report = {.name = name,
		.text = text,
		.text_size = size,
		.message = message,
		.message_size = message_size};
	cyaml_data_t *loaded = NULL;
	cyaml_err_t result;

	message[0] = '\0';
	*config = NULL;
	result = cyaml_load_data((const uint8_t *)text, size, &settings, &schema, &loaded, NULL);
	if (result != CYAML_OK || loaded == NULL) {
		config_complain_at(&report, complaint.line > 0 ? complaint.line : 1,
			"%s, expected what garasu.conf(5) describes",
			complaint.what[0] != '\0' ? complaint.what : cyaml_strerror(result));
		return -EINVAL;
	}
	*config = loaded;
	config_check(&report, *config);
	if (report.mistakes > 0) {
		garasu_config_destroy(config);
		return -EINVAL;
	}
	return 0;
}

void garasu_config_destroy(struct garasu_config **config)
{
	struct complaint complaint = {0};
	cyaml_config_t settings = cyaml_settings(&complaint);

	if (*config != NULL) {
		cyaml_free(&settings, &schema, *config, 0);
		*config = NULL;
	}
}
