/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rule sheet's text: what the configuration says is there, in the order in which egress judges,
 * and on a leg of the host's own nothing but the broker's uids is touched. */

#include "launcher.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char address[] = "10.1.2.3";
static char lgwan[] = "lgwan";
static char internet[] = "internet";
static char server[] = "192.0.2.53";
static char server6[] = "[2001:db8::53]:5353";
static char allow[] = "10.9.8.7/32:8443";
static char allow6[] = "fd00::/64";
static char deny[] = "198.51.100.0/24";
static char *servers[] = {server, server6};
static char *allows[] = {allow, allow6};
static char *denies[] = {deny};
static uint32_t ports[] = {80, 443};

static struct garasu_config whole(void)
{
	return (struct garasu_config){.listen_address = address,
		.listen_port = 5900,
		.zone_lgwan = lgwan,
		.zone_internet = internet,
		.uid_base = 2000000,
		.sessions_max = 64,
		.servers = servers,
		.server_count = 2,
		.allow = allows,
		.allow_count = 2,
		.deny = denies,
		.deny_count = 1,
		.ports = ports,
		.port_count = 2};
}

static char *print(const struct garasu_config *config, const char *zone)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(firewall_print(stream, config, zone), 0);
	fclose(stream);
	return text;
}

/* Finds each of the words (ended by NULL) behind the one before. */
static void expect_in_order(const char *text, const char *const *words)
{
	for (const char *at = text; *words != NULL; words++) {
		at = strstr(at, *words);
		if (at == NULL) {
			fail_msg("\"%s\" is missing or out of order in:\n%s", *words, text);
		}
	}
}

static void lgwan_leg_lets_one_port_in_and_nothing_out(void **state)
{
	static const char *const words[] = {"ip netns exec lgwan nft -f FILE", "chain input",
		"policy drop", "ip daddr 10.1.2.3 tcp dport 5900 ct state new counter accept",
		"counter drop", "chain forward", "policy drop", "chain output", "policy drop",
		"counter drop comment \"outward\"", NULL};
	struct garasu_config config = whole();
	char *text = print(&config, "lgwan");

	(void)state;
	expect_in_order(text, words);
	assert_null(strstr(text, "skuid"));
	assert_null(strstr(text, "egress"));
	free(text);
}

static void web_viewer_s_port_is_open_where_it_is_served(void **state)
{
	static const char *const words[] = {
		"ip daddr 10.1.2.3 tcp dport 5900 ct state new counter accept",
		"ip6 daddr fd00::3 tcp dport 443 ct state new counter accept", "counter drop",
		NULL};
	static char web[] = "fd00::3";
	struct garasu_config config = whole();
	char *text;

	(void)state;
	config.web_address = web;
	config.web_port = 443;
	text = print(&config, "lgwan");
	expect_in_order(text, words);
	free(text);
	config.web_port = 0;
	assert_int_equal(firewall_print(stdout, &config, "lgwan"), -EINVAL);
}

static void internet_leg_lets_egress_out_in_the_order_it_judges(void **state)
{
	static const char *const words[] = {"chain egress",
		"ip daddr 192.0.2.53 meta l4proto { tcp, udp } th dport 53 counter accept",
		"ip6 daddr 2001:db8::53 meta l4proto { tcp, udp } th dport 5353 counter accept",
		"ip daddr 10.9.8.7/32 tcp dport 8443 counter accept",
		"ip6 daddr fd00::/64 tcp dport { 80, 443 } counter accept",
		"ip daddr 198.51.100.0/24 counter drop", "10.0.0.0/8", "counter drop", "::/3",
		"counter drop", "tcp dport { 80, 443 } counter accept", "counter drop",
		"chain input", "policy drop", "chain output", "policy drop",
		"meta skuid 2000008 jump egress", "counter drop", NULL};
	struct garasu_config config = whole();
	char *text = print(&config, "internet");

	(void)state;
	expect_in_order(text, words);
	assert_null(strstr(text, "5900"));
	free(text);
}

static void leg_of_the_host_s_own_holds_the_broker_s_uids_alone(void **state)
{
	static const char *const words[] = {"chain egress", "chain output", "policy accept",
		"meta skuid 2000008 jump egress", "meta skuid 2000000-2000079 counter drop", NULL};
	struct garasu_config config = whole();
	char *text;

	(void)state;
	config.zone_lgwan = config.zone_internet = NULL;
	text = print(&config, "internet");
	expect_in_order(text, words);
	assert_null(strstr(text, "chain input"));
	assert_null(strstr(text, "policy drop"));
	free(text);
	config.zone_internet = internet; /* egress is elsewhere */
	text = print(&config, "lgwan");
	assert_null(strstr(text, "jump egress"));
	assert_non_null(strstr(text, "meta skuid 2000000-2000079 counter drop"));
	free(text);
}

static void upstream_proxy_is_the_only_way_but_for_what_is_listed(void **state)
{
	static char proxy[] = "192.168.9.9:8080";
	static char named[] = "proxy.pref.example:3128";
	static char name[] = "Proxy.pref.example";
	static char portal[] = "portal.example";
	static char portal_address[] = "10.9.8.7";
	struct garasu_config_host_name names[] = {{portal, portal_address}, {name, portal_address}};
	static const char *const literal[] = {"chain egress",
		"ip daddr 192.168.9.9 tcp dport 8080 counter accept", "10.0.0.0/8", "counter drop",
		"ip daddr 10.9.8.7 tcp dport { 80, 443 } counter accept", "\"of egress\"", NULL};
	static const char *const by_name[] = {"ip daddr 10.9.8.7 tcp dport 3128 counter accept",
		"10.0.0.0/8", "\"of egress\"", NULL};
	static const char *const unknown[] = {"egress.deny", "10.0.0.0/8", "2001:db8::/32",
		"tcp dport 3128 counter accept comment \"egress.upstream\"", "\"of egress\"", NULL};
	struct garasu_config config = whole();
	char *text;

	(void)state;
	config.upstream = proxy;
	config.names = names;
	config.name_count = 1;
	config.allow_count = config.server_count = 0;
	text = print(&config, "internet");
	expect_in_order(text, literal);
	assert_null(strstr(text, "th dport"));
	assert_null(strstr(text, "\t\ttcp dport { 80, 443 }"));
	free(text);
	config.upstream = named;
	config.name_count = 2;
	text = print(&config, "internet");
	expect_in_order(text, by_name);
	free(text);
	config.name_count = 1; /* only a name server knows it, and none is named */
	assert_int_equal(firewall_print(stdout, &config, "internet"), -EINVAL);
	config.server_count = 1;
	text = print(&config, "internet");
	expect_in_order(text, unknown);
	free(text);
}

/* The text of such an address has dots too. */
static void ipv4_address_within_ipv6_is_one_of_ipv6(void **state)
{
	static char mapped[] = "[::ffff:10.9.8.7]:8443";
	static char *mapped_allows[] = {mapped};
	struct garasu_config config = whole();
	char *text;

	(void)state;
	config.allow = mapped_allows;
	config.allow_count = 1;
	text = print(&config, "internet");
	assert_non_null(
		strstr(text, "\t\tip6 daddr ::ffff:10.9.8.7 tcp dport 8443 counter accept"));
	free(text);
}

static void sheet_that_would_open_anything_is_not_made(void **state)
{
	struct garasu_config config = whole();

	(void)state;
	config.listen_port = 0;
	assert_int_equal(firewall_print(stdout, &config, "lgwan"), -EINVAL);
	config = whole();
	config.server_count = 0;
	assert_int_equal(firewall_print(stdout, &config, "internet"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lgwan_leg_lets_one_port_in_and_nothing_out),
		cmocka_unit_test(web_viewer_s_port_is_open_where_it_is_served),
		cmocka_unit_test(internet_leg_lets_egress_out_in_the_order_it_judges),
		cmocka_unit_test(leg_of_the_host_s_own_holds_the_broker_s_uids_alone),
		cmocka_unit_test(upstream_proxy_is_the_only_way_but_for_what_is_listed),
		cmocka_unit_test(ipv4_address_within_ipv6_is_one_of_ipv6),
		cmocka_unit_test(sheet_that_would_open_anything_is_not_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
