/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every section and key: libcyaml's schema, and what each number may be. */

#include "schema.h"

#include "garasu/frame.h"
#include "garasu/rfb.h"

#include <stddef.h>
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
static const cyaml_strval_t full_modes[] = {{"refuse", 0}, {"go_on", 1}};
static const cyaml_strval_t limit_modes[] = {{"cgroup", 0}, {"none", 1}};
static const cyaml_strval_t refine_modes[] = {{"exact", 0}, {"fine", 1}, {"off", 2}};
static const cyaml_strval_t switch_modes[] = {{"off", 0}, {"on", 1}};
static const cyaml_strval_t newline_modes[] = {{"space", 0}, {"return", 1}};

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
static const cyaml_schema_field_t zone_fields[] = {
	WORDS("lgwan", MAYBE, zone_lgwan),
	WORDS("internet", MAYBE, zone_internet),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t web_fields[] = {
	WORDS("address", GIVEN, web_address),
	CYAML_FIELD_UINT("port", CYAML_FLAG_DEFAULT, C, web_port),
	NUMBER("idle_ms", web_idle_ms),
	NUMBER("absolute_ms", web_absolute_ms),
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
static const cyaml_schema_field_t audit_fields[] = {
	CYAML_FIELD_ENUM("when_full", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, C, audit_when_full,
		full_modes, 2),
	NUMBER("segment_kib", audit_segment_kib),
	NUMBER("segment_ms", audit_segment_ms),
	NUMBER("seal_ms", audit_seal_ms),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t user_fields[] = {
	NUMBER("uid_base", uid_base),
	LIST("admin_uids", admin_uids, admin_uid_count, &number_entry),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t session_fields[] = {
	NUMBER("max", sessions_max),
	NUMBER("pool", pool),
	NUMBER("starts_at_once", starts_at_once),
	NUMBER("idle_ms", idle_ms),
	NUMBER("idle_warning_ms", idle_warning_ms),
	NUMBER("detached_ms", detached_ms),
	NUMBER("park_ms", park_ms),
	NUMBER("absolute_ms", absolute_ms),
	NUMBER("addresses_per_min", addresses_per_min),
	NUMBER("upgrade_check_ms", upgrade_check_ms),
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
	NUMBER("rate_animation", rate_animation),
	NUMBER("rate_video", rate_video),
	NUMBER("jpeg_quality", jpeg_quality),
	NUMBER("refine_ms", refine_ms),
	CYAML_FIELD_ENUM(
		"refine", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, C, refine, refine_modes, 3),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t input_fields[] = {
	NUMBER("paste", paste_max),
	CYAML_FIELD_ENUM("paste_newlines", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, C,
		paste_returns, newline_modes, 2),
	CYAML_FIELD_ENUM("preedit", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, C, has_preedit,
		switch_modes, 2),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t login_fields[] = {
	NUMBER("handshake_ms", handshake_ms),
	NUMBER("login_ms", login_ms),
	NUMBER("authenticators", authenticators_max),
	NUMBER("connections", connections_max),
	NUMBER("strangers", strangers_max),
	NUMBER("arrivals_per_min", arrivals_per_min),
	NUMBER("failures", failures_max),
	NUMBER("failures_address", failures_address_max),
	NUMBER("lockout_ms", lockout_ms),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t egress_fields[] = {
	NUMBER("connect_ms", egress_connect_ms),
	NUMBER("idle_ms", egress_idle_ms),
	NUMBER("connections", egress_connections_max),
	NUMBER("starts_per_s", egress_starts_per_s),
	NUMBER("starts_burst", egress_starts_burst),
	LIST("names", names, name_count, &name_entry),
	LIST("allow", allow, allow_count, &text_entry),
	LIST("deny", deny, deny_count, &text_entry),
	LIST("servers", servers, server_count, &text_entry),
	LIST("allow_names", allow_names, allow_name_count, &text_entry),
	LIST("deny_names", deny_names, deny_name_count, &text_entry),
	WORDS("upstream", MAYBE, upstream),
	WORDS("upstream_credentials", MAYBE, upstream_credentials_path),
	WORDS("upstream_ca", MAYBE, upstream_ca_path),
	NUMBER("up_mib", egress_up_mib),
	NUMBER("down_mib", egress_down_mib),
	CYAML_FIELD_SEQUENCE_COUNT(
		"ports", MAYBE, C, ports, port_count, &number_entry, 1, LIST_MAX),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t sections[] = {
	SECTION("listen", CYAML_FLAG_DEFAULT, listen_fields),
	SECTION("web", CYAML_FLAG_OPTIONAL, web_fields),
	SECTION("zones", CYAML_FLAG_OPTIONAL, zone_fields),
	SECTION("tls", CYAML_FLAG_DEFAULT, tls_fields),
	SECTION("paths", CYAML_FLAG_DEFAULT, path_fields),
	SECTION("audit", CYAML_FLAG_OPTIONAL, audit_fields),
	SECTION("users", CYAML_FLAG_OPTIONAL, user_fields),
	SECTION("sessions", CYAML_FLAG_OPTIONAL, session_fields),
	SECTION("screen", CYAML_FLAG_OPTIONAL, screen_fields),
	SECTION("input", CYAML_FLAG_OPTIONAL, input_fields),
	SECTION("login", CYAML_FLAG_OPTIONAL, login_fields),
	SECTION("egress", CYAML_FLAG_OPTIONAL, egress_fields),
	CYAML_FIELD_END,
};
const cyaml_schema_value_t config_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, C, sections)};

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

const struct config_number config_numbers[] = {
	N("audit", "segment_kib", audit_segment_kib, 4, 1048576, 16384),
	N("audit", "segment_ms", audit_segment_ms, 1000, 31 * (uint64_t)DAY_MS, DAY_MS),
	N("audit", "seal_ms", audit_seal_ms, 100, DAY_MS, 60000),
	N("web", "idle_ms", web_idle_ms, 100, 7 * DAY_MS, 3600000),
	N("web", "absolute_ms", web_absolute_ms, 100, 30 * (uint64_t)DAY_MS, 43200000),
	N("users", "uid_base", uid_base, 1000, 4000000000u, 2100000000u),
	N("sessions", "max", sessions_max, 1, 4000, 64),
	N("sessions", "pool", pool, 0, 64, 1),
	N("sessions", "starts_at_once", starts_at_once, 1, 64, 4),
	N("sessions", "idle_ms", idle_ms, 100, 7 * DAY_MS, 3600000),
	N("sessions", "idle_warning_ms", idle_warning_ms, 50, DAY_MS, 300000),
	N("sessions", "detached_ms", detached_ms, 100, 7 * DAY_MS, 1800000),
	N("sessions", "park_ms", park_ms, 0, 7 * DAY_MS, 30000),
	N("sessions", "absolute_ms", absolute_ms, 100, 30 * (uint64_t)DAY_MS, 43200000),
	N("sessions", "addresses_per_min", addresses_per_min, 1, 6000, 60),
	N("sessions", "upgrade_check_ms", upgrade_check_ms, 100, DAY_MS, 60000),
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
	N("screen", "rate_animation", rate_animation, 1, 240, 10),
	N("screen", "rate_video", rate_video, 1, 240, 20),
	N("screen", "jpeg_quality", jpeg_quality, 10, 100, 85),
	N("screen", "refine_ms", refine_ms, 50, 60000, 150),
	N("input", "paste", paste_max, 0, GARASU_RFB_PASTE_MAX, 0),
	N("login", "handshake_ms", handshake_ms, 100, 120000, 10000),
	N("login", "login_ms", login_ms, 100, 120000, 15000),
	N("login", "authenticators", authenticators_max, 1, 64, 4),
	N("login", "connections", connections_max, 1, 10000, 1024),
	N("login", "strangers", strangers_max, 0, 10000, 600),
	N("login", "arrivals_per_min", arrivals_per_min, 0, 60000, 1200),
	N("login", "failures", failures_max, 1, 1000, 5),
	N("login", "failures_address", failures_address_max, 0, 100000, 40),
	N("login", "lockout_ms", lockout_ms, 100, DAY_MS, 300000),
	N("egress", "connect_ms", egress_connect_ms, 100, 120000, 10000),
	N("egress", "idle_ms", egress_idle_ms, 1000, DAY_MS, 300000),
	N("egress", "connections", egress_connections_max, 1, 10000, 256),
	N("egress", "starts_per_s", egress_starts_per_s, 1, 10000, 20),
	N("egress", "starts_burst", egress_starts_burst, 1, 100000, 300),
	N("egress", "up_mib", egress_up_mib, 0, 1u << 20, 0),
	N("egress", "down_mib", egress_down_mib, 0, 1u << 20, 0),
};
const size_t config_number_count = sizeof(config_numbers) / sizeof(config_numbers[0]);

const struct config_number *config_number_find(const char *section, const char *key)
{
	for (size_t i = 0; i < config_number_count; i++) {
		if (strcmp(config_numbers[i].section, section) == 0 &&
			strcmp(config_numbers[i].key, key) == 0) {
			return &config_numbers[i];
		}
	}
	return NULL;
}
