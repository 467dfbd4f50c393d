/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration file: its defaults, and each mistake with its line and what was expected. */

#include "config.h"

#include "garasu/settings.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Ten lines; what a test adds begins at line 11. */
#define NEEDED                                                                                     \
	"listen:\n"                                                                                \
	"  address: 127.0.0.1\n"                                                                   \
	"  port: 5900\n"                                                                           \
	"tls:\n"                                                                                   \
	"  certificate: /etc/garasu/server.crt\n"                                                  \
	"  key: /etc/garasu/server.key\n"                                                          \
	"paths:\n"                                                                                 \
	"  state: /var/lib/garasu\n"                                                               \
	"  log: /var/log/garasu\n"                                                                 \
	"  admin_socket: /run/garasu/admin.sock\n"

static struct garasu_config *expect_good(const char *text)
{
	struct garasu_config *config = NULL;
	char message[4096];
	int result = garasu_config_parse(
		text, strlen(text), "garasu.conf", &config, message, sizeof(message));

	assert_string_equal(message, "");
	assert_int_equal(result, 0);
	assert_non_null(config);
	return config;
}

/* The whole message, exactly. */
static void expect_mistakes(const char *text, const char *expected)
{
	struct garasu_config *config = (struct garasu_config *)&config;
	char message[4096];

	assert_int_equal(garasu_config_parse(text, strlen(text), "garasu.conf", &config, message,
				 sizeof(message)),
		-EINVAL);
	assert_null(config);
	assert_string_equal(message, expected);
}

static void smallest_file_gets_the_documented_defaults(void **state)
{
	struct garasu_config *config = expect_good(NEEDED);

	(void)state;
	assert_string_equal(config->listen_address, "127.0.0.1");
	assert_int_equal(config->listen_port, 5900);
	assert_null(config->client_ca_path);
	assert_null(config->revocation_path);
	assert_int_equal(config->client_certificates, 0);
	assert_int_equal(config->tls_minimum, 0x0304);
	assert_int_equal(config->uid_base, 2100000000);
	assert_int_equal(config->admin_uid_count, 0);
	assert_int_equal(config->sessions_max, 64);
	assert_int_equal(config->starts_at_once, 4);
	assert_int_equal(config->idle_ms, 3600000);
	assert_int_equal(config->idle_warning_ms, 300000);
	assert_int_equal(config->addresses_per_min, 60);
	assert_int_equal(config->detached_ms, 1800000);
	assert_int_equal(config->absolute_ms, 43200000);
	assert_int_equal(config->park_ms, 30000);
	assert_int_equal(config->pool, 1);
	assert_int_equal(config->limits, GARASU_LIMITS_CGROUP);
	assert_int_equal(config->memory_bytes, 2048ull << 20);
	assert_int_equal(config->profile_bytes, 256ull << 20);
	assert_int_equal(config->max_width, 2560);
	assert_int_equal(config->max_height, 1600);
	assert_string_equal(config->keyboard, "jp");
	assert_string_equal(config->language, "ja");
	assert_string_equal(config->start_page, "about:blank");
	assert_int_equal(config->jpeg_quality, 85);
	assert_int_equal(config->refine, GARASU_REFINE_EXACT);
	assert_int_equal(config->failures_max, 5);
	assert_int_equal(config->failures_address_max, 40);
	assert_int_equal(config->egress_connections_max, 256);
	assert_int_equal(config->port_count, 2);
	assert_int_equal(config->ports[0], 80);
	assert_int_equal(config->ports[1], 443);
	garasu_config_destroy(&config);
	assert_null(config);
}

/* garasu.conf(5) says where the numbers come from. */
static void defaults_serve_fifty_browsers_behind_one_address(void **state)
{
	struct garasu_config *config = expect_good(NEEDED);

	(void)state;
	assert_in_range(config->strangers_max, 50 * 9, config->connections_max - 1);
	assert_in_range(config->arrivals_per_min, 50 * 16, 60000);
	garasu_config_destroy(&config);
}

static void zero_is_taken_where_it_means_never(void **state)
{
	struct garasu_config *config = expect_good(NEEDED "sessions:\n  park_ms: 0\n  pool: 0\n"
							  "login:\n  strangers: 0\n"
							  "  arrivals_per_min: 0\n"
							  "  failures_address: 0\n");

	(void)state;
	assert_int_equal(config->strangers_max, 0);
	assert_int_equal(config->arrivals_per_min, 0);
	assert_int_equal(config->failures_address_max, 0);
	assert_int_equal(config->park_ms, 0);
	assert_int_equal(config->pool, 0);
	assert_int_equal(config->detached_ms, 1800000);
	garasu_config_destroy(&config);
}

static void what_is_given_is_taken(void **state)
{
	struct garasu_config *config = expect_good(
		NEEDED "users:\n"
		       "  admin_uids: [1000, 1001]\n"
		       "sessions:\n"
		       "  limits: none\n"
		       "  memory_mib: 512\n"
		       "  idle_ms: 1000\n"
		       "screen:\n"
		       "  keyboard: us\n"
		       "  refine: fine\n"
		       "  start_page: \"https://www.example.jp/\"\n"
		       "egress:\n"
		       "  allow: [\"127.0.0.1:8080\", \"10.0.0.0/8\", \"[2001:db8::1]/128:443\"]\n"
		       "  deny: [\"2001:db8::/32\"]\n"
		       "  servers: [\"192.0.2.53\", \"[2001:db8::53]:5353\"]\n"
		       "  names:\n"
		       "    - {name: localhost, address: 127.0.0.1}\n"
		       "    - name: portal_1.example.jp\n"
		       "      address: 2001:db8::7\n"
		       "  ports: [8080]\n");

	(void)state;
	assert_int_equal(config->admin_uid_count, 2);
	assert_int_equal(config->admin_uids[1], 1001);
	assert_int_equal(config->limits, GARASU_LIMITS_NONE);
	assert_int_equal(config->memory_bytes, 512ull << 20);
	assert_int_equal(config->idle_warning_ms, 500);
	assert_string_equal(config->keyboard, "us");
	assert_int_equal(config->refine, GARASU_REFINE_FINE);
	assert_int_equal(config->allow_count, 3);
	assert_string_equal(config->allow[1], "10.0.0.0/8");
	assert_int_equal(config->name_count, 2);
	assert_string_equal(config->names[1].address, "2001:db8::7");
	assert_int_equal(config->port_count, 1);
	assert_int_equal(config->ports[0], 8080);
	garasu_config_destroy(&config);
}

static void empty_files_are_refused(void **state)
{
	static const char expected[] =
		"garasu.conf:1: the file is empty, expected the sections listen, tls and paths\n";

	(void)state;
	expect_mistakes("", expected);
	expect_mistakes("\n\n", expected);
	expect_mistakes("# nothing but a remark\n", expected);
}

static void file_that_is_no_mapping_is_refused(void **state)
{
	(void)state;
	expect_mistakes("- a\n", "garasu.conf:1: the file is a list, expected \"key: value\" with "
				 "listen, web, zones, tls, "
				 "paths, audit, users, sessions, screen, input, login or egress\n");
}

static void missing_sections_and_keys_are_all_named(void **state)
{
	(void)state;
	expect_mistakes("listen:\n  address: 127.0.0.1\n  port: 1\ntls:\n  certificate: a\n",
		"garasu.conf:4: tls.key is missing, expected this key here\n"
		"garasu.conf:1: paths is missing, expected this section\n");
	expect_mistakes(NEEDED "egress:\n  names:\n    - {name: a, address: 10.0.0.1}\n"
			       "    - {name: b}\n",
		"garasu.conf:14: egress.names.address is missing, expected this key here\n");
}

static void unknown_sections_and_keys_are_named_at_their_lines(void **state)
{
	(void)state;
	expect_mistakes(NEEDED "sesions:\n  max: 5\n",
		"garasu.conf:11: \"sesions\" is not a section, expected listen, web, zones, tls, "
		"paths, audit, users, "
		"sessions, screen, input, login or egress\n");
	expect_mistakes(NEEDED "login:\n  failures: 3\n  tries: 3\n",
		"garasu.conf:13: \"tries\" is not a key here, expected handshake_ms, login_ms, "
		"authenticators, connections, strangers, arrivals_per_min, failures, "
		"failures_address or lockout_ms\n");
	expect_mistakes(NEEDED "egress:\n  names:\n    - name: a\n      address: 10.0.0.1\n"
			       "      port: 1\n",
		"garasu.conf:15: \"port\" is not a key here, expected name or address\n");
}

static void numbers_are_plain_decimals_within_their_bounds(void **state)
{
	static const char *const wrong[] = {"many", "-1", "+1", "0", "4001", "99999999999999999999",
		"1.5", "0x10", "010", "1e3", "1 2"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[1024];
		char expected[256];

		snprintf(text, sizeof(text), NEEDED "# remark\nsessions:\n  max: %s\n", wrong[i]);
		snprintf(expected, sizeof(expected),
			"garasu.conf:13: sessions.max is \"%s\", expected a number, 1 to 4000\n",
			wrong[i]);
		expect_mistakes(text, expected);
	}
	expect_mistakes(NEEDED "sessions:\n  max:\n",
		"garasu.conf:12: sessions.max is empty, expected a number, 1 to 4000\n");
	expect_mistakes(NEEDED "sessions:\n  max: [1]\n",
		"garasu.conf:12: sessions.max is a list, expected a number, 1 to 4000\n");
	expect_mistakes(
		"listen:\n  address: 127.0.0.1\n  port: 65536\n"
		"tls: {certificate: a, key: b}\npaths: {state: s, log: l, admin_socket: a}\n",
		"garasu.conf:3: listen.port is \"65536\", expected a number, 0 to 65535\n");
}

static void values_of_another_kind_are_refused(void **state)
{
	(void)state;
	expect_mistakes(NEEDED "sessions:\n  limits: yes\n",
		"garasu.conf:12: sessions.limits is \"yes\", expected cgroup or none\n");
	expect_mistakes(NEEDED "egress:\n  ports: 80\n",
		"garasu.conf:12: egress.ports is \"80\", expected a list: [A, B]\n");
	expect_mistakes(NEEDED "egress:\n  ports: []\n",
		"garasu.conf:12: egress.ports has 0 entries, expected 1 to 1024\n");
	expect_mistakes(NEEDED "screen:\n  start_page: [a]\n",
		"garasu.conf:12: screen.start_page is a list, expected 1 to 4096 bytes of text "
		"without controls\n");
	expect_mistakes(NEEDED "users: 5\n",
		"garasu.conf:11: users is \"5\", expected \"key: value\" with uid_base or "
		"admin_uids\n");
}

static void control_characters_cannot_hide_in_a_value(void **state)
{
	(void)state;
	expect_mistakes(NEEDED "egress:\n  deny:\n    - \"10.0.0.0/8\"\n    - \"1.0.0.0/8\\n2\"\n",
		"garasu.conf:14: egress.deny is \"1.0.0.0/8?2\", expected 1 to 4096 bytes of text "
		"without controls\n");
}

static void repeated_keys_are_named_at_the_second(void **state)
{
	(void)state;
	expect_mistakes(NEEDED "sessions:\n  max: 5\n  idle_ms: 1000\n  max: 6\n",
		"garasu.conf:14: sessions.max stands here again, expected once: line 12 has it\n");
	expect_mistakes(NEEDED "listen:\n  address: 10.0.0.1\n  port: 1\n",
		"garasu.conf:11: listen stands here again, expected once: line 1 has it\n");
}

static void tabs_and_broken_yaml_are_named_at_their_lines(void **state)
{
	(void)state;
	expect_mistakes("listen:\n\taddress: 127.0.0.1\n",
		"garasu.conf:2: a tab stands here, expected spaces to indent\n");
	expect_mistakes(NEEDED "sessions:\n  max: 1\n bad: x\n",
		"garasu.conf:13: did not find expected key, expected YAML as in garasu.conf(5)\n");
	expect_mistakes(NEEDED "screen:\n  start_page: \"open\n",
		"garasu.conf:12: found unexpected end of stream, expected YAML as in "
		"garasu.conf(5)\n");
	expect_mistakes(NEEDED "login:\n  failures: \x01\n",
		"garasu.conf:12: control characters are not allowed, expected YAML as in "
		"garasu.conf(5)\n");
}

static void second_documents_and_aliases_are_refused(void **state)
{
	(void)state;
	expect_mistakes(NEEDED "---\nlisten: x\n",
		"garasu.conf:12: a second document begins, expected one\n");
	expect_mistakes(NEEDED "sessions:\n  max: &a 5\n  starts_at_once: *a\n",
		"garasu.conf:13: YAML alias unsupported, expected what garasu.conf(5) describes\n");
}

static void listening_everywhere_is_refused(void **state)
{
	static const struct {
		const char *address, *expected;
	} wrong[] = {
		{"0.0.0.0", "listen.address is 0.0.0.0, expected the one address of the LGWAN leg"},
		{"\"::\"", "listen.address is ::, expected the one address of the LGWAN leg"},
		{"localhost", "listen.address is \"localhost\", expected a numeric IPv4 or IPv6 "
			      "address"},
		{"10.0.0", "listen.address is \"10.0.0\", expected a numeric IPv4 or IPv6 address"},
		{"\"::ffff:10.1.2.3\"", "listen.address is \"::ffff:10.1.2.3\", expected the IPv4 "
					"address itself"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[512];
		char expected[256];

		snprintf(text, sizeof(text),
			"# the LGWAN leg\nlisten:\n  port: 1\n  address: %s\n"
			"tls: {certificate: a, key: b}\n"
			"paths: {state: s, log: l, admin_socket: a}\n",
			wrong[i].address);
		snprintf(expected, sizeof(expected), "garasu.conf:4: %s\n", wrong[i].expected);
		expect_mistakes(text, expected);
	}
}

static void what_must_agree_is_checked(void **state)
{
	(void)state;
	expect_mistakes(NEEDED "sessions:\n  idle_ms: 1000\n  idle_warning_ms: 1000\n",
		"garasu.conf:13: sessions.idle_warning_ms is 1000, expected less than "
		"sessions.idle_ms (1000)\n");
	expect_mistakes(NEEDED "screen:\n  width: 3000\n  keyboard: fr\n  start_page: file:///\n",
		"garasu.conf:12: screen.width is 3000, expected at most screen.max_width (2560)\n"
		"garasu.conf:13: screen.keyboard is \"fr\", expected jp or us\n"
		"garasu.conf:14: screen.start_page is \"file:///\", expected http://, https:// or "
		"about:blank\n");
	expect_mistakes(NEEDED "screen:\n  rate_input: 20\n  rate_change: 25\n  rate_video: 26\n",
		"garasu.conf:13: screen.rate_change is 25, expected at most screen.rate_input "
		"(20)\n"
		"garasu.conf:14: screen.rate_video is 26, expected at most screen.rate_change "
		"(25)\n");
	expect_mistakes("listen: {address: 10.0.0.1, port: 1}\n"
			"tls:\n  certificate: /a/x.pem\n  key: /b/x.pem\n"
			"  client_certificates: required\n"
			"paths: {state: s, log: l, admin_socket: a}\n",
		"garasu.conf:4: tls.key has the file name of tls.certificate, expected another\n"
		"garasu.conf:5: tls.client_certificates is not off, expected tls.client_ca beside "
		"it\n");
	expect_mistakes(NEEDED "login:\n  connections: 20\n  strangers: 20\n",
		"garasu.conf:13: login.strangers is 20, expected less than login.connections (20), "
		"so that one address cannot take them all, or 0\n");
}

static void start_page_fits_its_settings(void **state)
{
	char text[4096];

	(void)state;
	snprintf(text, sizeof(text), NEEDED "screen:\n  start_page: http://%02041d\n", 0);
	expect_mistakes(
		text, "garasu.conf:12: screen.start_page has 2048 bytes, expected at most 2047\n");
}

static void egress_lists_hold_only_what_egress_takes(void **state)
{
	static const struct {
		const char *key, *entry, *expected;
	} wrong[] = {
		{"allow", "localhost:80", "ADDRESS[/BITS][:PORT]"},
		{"allow", "10.0.0.0/33", "ADDRESS[/BITS][:PORT]"},
		{"allow", "10.0.0.1:0", "ADDRESS[/BITS][:PORT]"},
		{"allow", "10.0.0.1:65536", "ADDRESS[/BITS][:PORT]"},
		{"allow", "10.0.0.1/08", "ADDRESS[/BITS][:PORT]"},
		{"allow", "[10.0.0.1]:80", "ADDRESS[/BITS][:PORT]"},
		{"allow", "[2001:db8::1", "ADDRESS[/BITS][:PORT]"},
		{"allow", "[::ffff:10.0.0.1]:443", "ADDRESS[/BITS][:PORT]"},
		{"allow", "10.0.0.1 ", "ADDRESS[/BITS][:PORT]"},
		{"deny", "10.0.0.0/8:80", "ADDRESS/BITS"},
		{"deny", "2001:db8::/129", "ADDRESS/BITS"},
		{"servers", "10.0.0.1/32", "ADDRESS[:PORT]"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[1024];
		char expected[256];

		snprintf(text, sizeof(text),
			NEEDED "egress:\n  %s:\n    - \"192.0.2.1\"\n    - \"%s\"\n", wrong[i].key,
			wrong[i].entry);
		snprintf(expected, sizeof(expected),
			"garasu.conf:14: egress.%s has \"%s\", expected %s\n", wrong[i].key,
			wrong[i].entry, wrong[i].expected);
		expect_mistakes(text, expected);
	}
	expect_mistakes(NEEDED "egress:\n  names:\n    - {name: 1.2, address: 10.0.0.1}\n"
			       "    - {name: a..b, address: 10.0.0.1}\n"
			       "    - {name: a, address: b}\n",
		"garasu.conf:13: egress.names has \"1.2\" at \"10.0.0.1\", expected a DNS name and "
		"a numeric address\n"
		"garasu.conf:14: egress.names has \"a..b\" at \"10.0.0.1\", expected a DNS name "
		"and "
		"a numeric address\n"
		"garasu.conf:15: egress.names has \"a\" at \"b\", expected a DNS name and a "
		"numeric "
		"address\n");
	expect_mistakes(NEEDED "egress:\n  ports: [80,\n    0]\n",
		"garasu.conf:13: egress.ports has 0, expected 1 to 65535\n");
}

static void names_become_what_the_wire_has(void **state)
{
	struct garasu_config *config = expect_good(
		NEEDED "egress:\n  names:\n    - {name: Portal.Example.JP., address: 10.0.0.1}\n"
		       "  allow_names: [\"日本語.jp\", \"Ｅｘａｍｐｌｅ。jp\", xn--wgv71a119e.jp, "
		       "faß.de]\n"
		       "  deny_names: [EXAMPLE.com., \"_a.b\"]\n");

	(void)state;
	assert_string_equal(config->names[0].name, "portal.example.jp");
	assert_int_equal(config->allow_name_count, 4);
	assert_string_equal(config->allow_names[0], "xn--wgv71a119e.jp");
	assert_string_equal(config->allow_names[1], "example.jp");
	assert_string_equal(config->allow_names[2], "xn--wgv71a119e.jp");
	assert_string_equal(config->allow_names[3], "xn--fa-hia.de");
	assert_int_equal(config->deny_name_count, 2);
	assert_string_equal(config->deny_names[0], "example.com");
	assert_string_equal(config->deny_names[1], "_a.b");
	garasu_config_destroy(&config);
	expect_mistakes(NEEDED "egress:\n  deny_names:\n    - \"*.example.jp\"\n"
			       "    - .example.jp\n    - \"http://example.jp\"\n"
			       "    - 10.0.0.1\n    - \"a b\"\n    - \"\u200b.jp\"\n",
		"garasu.conf:13: egress.deny_names has \"*.example.jp\", expected a DNS name\n"
		"garasu.conf:14: egress.deny_names has \".example.jp\", expected a DNS name\n"
		"garasu.conf:15: egress.deny_names has \"http://example.jp\", expected a DNS name\n"
		"garasu.conf:16: egress.deny_names has \"10.0.0.1\", expected a DNS name\n"
		"garasu.conf:17: egress.deny_names has \"a b\", expected a DNS name\n"
		"garasu.conf:18: egress.deny_names has \"\u200b.jp\", expected a DNS name\n");
}

static void upstream_is_a_host_and_a_port(void **state)
{
	static const char *const good[] = {
		"proxy.example.jp:8080", "10.0.0.1:3128", "[2001:db8::1]:8080"};
	static const char *const wrong[] = {"proxy.example.jp", "proxy:0", "proxy:65536",
		"proxy:080", "http://proxy:8080", "2001:db8::1:8080", ":8080", "proxy:8080/",
		"10.0.0.1/8:80", "[10.0.0.1]:80", "a b:80"};
	char text[512];
	char expected[256];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct garasu_config *config;

		snprintf(text, sizeof(text), NEEDED "egress:\n  upstream: \"%s\"\n", good[i]);
		config = expect_good(text);
		assert_string_equal(config->upstream, good[i]);
		garasu_config_destroy(&config);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(text, sizeof(text), NEEDED "egress:\n  upstream: \"%s\"\n", wrong[i]);
		snprintf(expected, sizeof(expected),
			"garasu.conf:12: egress.upstream is \"%s\", expected HOST:PORT\n",
			wrong[i]);
		expect_mistakes(text, expected);
	}
	expect_mistakes(NEEDED "egress:\n  upstream_credentials: /a\n",
		"garasu.conf:12: egress.upstream_credentials is set, expected egress.upstream "
		"beside it\n");
}

/* Returns what is wrong with the credentials in a file of this mode. */
static const char *look_at_credentials(const char *text, mode_t mode)
{
	static char message[1024];
	char path[] = "/tmp/garasu-config-XXXXXX";
	char yaml[512];
	struct garasu_config *config;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	snprintf(yaml, sizeof(yaml),
		"listen: {address: 10.0.0.1, port: 1}\n"
		"tls: {certificate: /proc/self/status, key: /proc/self/stat}\n"
		"paths: {state: s, log: l, admin_socket: a}\n"
		"egress:\n  upstream: \"a:1\"\n  upstream_credentials: %s\n",
		path);
	config = expect_good(yaml);
	if (garasu_config_check_files(
		    config, yaml, strlen(yaml), "garasu.conf", message, sizeof(message)) == 0) {
		assert_string_equal(message, "");
	}
	garasu_config_destroy(&config);
	unlink(path);
	return message;
}

static void credentials_are_one_line_that_others_cannot_read(void **state)
{
	static const char *const wrong[] = {
		"", "user", ":password", "a:b\nc:d\n", "a:\tb", "a:b\r\n"};

	(void)state;
	assert_string_equal(look_at_credentials("user:pass word\n", 0600), "");
	assert_string_equal(look_at_credentials("user:", 0640), "");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *message = look_at_credentials(wrong[i], 0600);

		assert_memory_equal(message, "garasu.conf:6: egress.upstream_credentials", 42);
		assert_non_null(strstr(message, "expected a file with one line USER:PASSWORD\n"));
	}
	assert_non_null(strstr(look_at_credentials("a:b\n", 0644),
		"expected a file that others cannot read: chmod 600 it\n"));
}

static void file_above_a_mebibyte_is_refused(void **state)
{
	size_t size = GARASU_CONFIG_BYTES_MAX + 1;
	char *text = malloc(size);
	struct garasu_config *config;
	char message[256];

	(void)state;
	assert_non_null(text);
	memset(text, '\n', size);
	memcpy(text, NEEDED, strlen(NEEDED));
	assert_int_equal(
		garasu_config_parse(text, size, "garasu.conf", &config, message, sizeof(message)),
		-EINVAL);
	assert_string_equal(
		message, "garasu.conf:1: the file has 1048577 bytes, expected at most 1048576\n");
	assert_int_equal(garasu_config_parse(
				 text, size - 1, "garasu.conf", &config, message, sizeof(message)),
		0);
	garasu_config_destroy(&config);
	free(text);
}

static void files_that_cannot_be_read_are_named_at_their_lines(void **state)
{
	static const char text[] = "listen: {address: 10.0.0.1, port: 1}\n"
				   "tls:\n  certificate: /nonexistent/server.crt\n  key: /\n"
				   "  client_ca: /proc/self/status\n"
				   "paths: {state: s, log: l, admin_socket: a}\n";
	char message[1024];
	struct garasu_config *config;

	(void)state;
	assert_int_equal(garasu_config_parse(text, strlen(text), "garasu.conf", &config, message,
				 sizeof(message)),
		-EINVAL); /* "/" has no name */
	assert_string_equal(
		message, "garasu.conf:4: tls.key is \"/\", expected a file with another name\n");
	config = expect_good("listen: {address: 10.0.0.1, port: 1}\n"
			     "tls:\n  certificate: /nonexistent/server.crt\n  key: /proc/self\n"
			     "  client_ca: /proc/self/status\n"
			     "paths: {state: s, log: l, admin_socket: a}\n");
	assert_int_equal(garasu_config_check_files(config, text, strlen(text), "garasu.conf",
				 message, sizeof(message)),
		-EINVAL);
	assert_string_equal(message,
		"garasu.conf:3: tls.certificate is \"/nonexistent/server.crt\", expected a file "
		"that can be read: No such file or directory\n"
		"garasu.conf:4: tls.key is \"/proc/self\", expected a file that can be read: it is "
		"not a regular file\n");
	garasu_config_destroy(&config);
}

static void message_never_passes_its_buffer(void **state)
{
	struct garasu_config *config;
	char message[64];

	(void)state;
	memset(message, 'x', sizeof(message));
	assert_int_equal(garasu_config_parse("a: 1\nb: 2\nc: 3\n", 15, "garasu.conf", &config,
				 message, sizeof(message) - 1),
		-EINVAL);
	assert_int_equal(strlen(message), sizeof(message) - 2);
	assert_int_equal(message[sizeof(message) - 1], 'x');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(smallest_file_gets_the_documented_defaults),
		cmocka_unit_test(defaults_serve_fifty_browsers_behind_one_address),
		cmocka_unit_test(zero_is_taken_where_it_means_never),
		cmocka_unit_test(what_is_given_is_taken),
		cmocka_unit_test(empty_files_are_refused),
		cmocka_unit_test(file_that_is_no_mapping_is_refused),
		cmocka_unit_test(missing_sections_and_keys_are_all_named),
		cmocka_unit_test(unknown_sections_and_keys_are_named_at_their_lines),
		cmocka_unit_test(numbers_are_plain_decimals_within_their_bounds),
		cmocka_unit_test(values_of_another_kind_are_refused),
		cmocka_unit_test(control_characters_cannot_hide_in_a_value),
		cmocka_unit_test(repeated_keys_are_named_at_the_second),
		cmocka_unit_test(tabs_and_broken_yaml_are_named_at_their_lines),
		cmocka_unit_test(second_documents_and_aliases_are_refused),
		cmocka_unit_test(listening_everywhere_is_refused),
		cmocka_unit_test(what_must_agree_is_checked),
		cmocka_unit_test(start_page_fits_its_settings),
		cmocka_unit_test(egress_lists_hold_only_what_egress_takes),
		cmocka_unit_test(names_become_what_the_wire_has),
		cmocka_unit_test(upstream_is_a_host_and_a_port),
		cmocka_unit_test(credentials_are_one_line_that_others_cannot_read),
		cmocka_unit_test(file_above_a_mebibyte_is_refused),
		cmocka_unit_test(files_that_cannot_be_read_are_named_at_their_lines),
		cmocka_unit_test(message_never_passes_its_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
