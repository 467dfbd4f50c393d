/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rule sheet: what may pass a leg, as nftables rules made from the configuration. It is a
 * second lock, in the kernel's packet filter and by owner uid, behind that of the namespaces. */

#include "launcher.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE "garasu"
#define NAME_SERVER_PORT "53"

/* What is no public internet, as egress judges it too; IPv6 has its one range of the public. */
#define NOT_PUBLIC                                                                                 \
	"0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, "       \
	"192.0.0.0/24, 192.0.2.0/24, 192.88.99.0/24, 192.168.0.0/16, 198.18.0.0/15, "              \
	"198.51.100.0/24, 203.0.113.0/24, 224.0.0.0/3"
#define NOT_PUBLIC6 "::/3, 4000::/2, 8000::/1, 2001::/23, 2001:db8::/32, 2002::/16, 3fff::/20"

struct sheet {
	FILE *stream;
	const struct garasu_config *config;
	const char *netns; /* the leg's namespace; NULL: the host's own, where others live too */
	int is_lgwan, is_internet;
};

/* "ip" or "ip6", for the text of an address. */
static const char *family_of(const char *address)
{
	return strchr(address, ':') != NULL ? "ip6" : "ip";
}

/* Splits "ADDRESS[/BITS][:PORT]" or "[ADDRESS][/BITS][:PORT]", which the configuration's check has
 * passed. Returns the port, or NULL where none stands. */
static const char *split(const char *entry, char *range, size_t size)
{
	const char *colon =
		strchr(entry, '.') != NULL || entry[0] == '[' ? strrchr(entry, ':') : NULL;
	size_t length;
	size_t used = 0;

	if (colon != NULL && strchr(colon, ']') != NULL) {
		colon = NULL; /* within the brackets */
	}
	length = colon != NULL ? (size_t)(colon - entry) : strlen(entry);
	for (size_t i = 0; i < length && used + 1 < size; i++) {
		if (entry[i] != '[' && entry[i] != ']') {
			range[used++] = entry[i];
		}
	}
	range[used] = '\0';
	return colon != NULL ? colon + 1 : NULL;
}

static void print_ports(const struct sheet *sheet)
{
	fputs("tcp dport {", sheet->stream);
	for (uint32_t i = 0; i < sheet->config->port_count; i++) {
		fprintf(sheet->stream, "%s %u", i == 0 ? "" : ",", sheet->config->ports[i]);
	}
	fputs(" } counter accept\n", sheet->stream);
}

static void print_servers(const struct sheet *sheet)
{
	char range[64];

	for (uint32_t i = 0; i < sheet->config->server_count; i++) {
		const char *port = split(sheet->config->servers[i], range, sizeof(range));

		fprintf(sheet->stream,
			"\t\t%s daddr %s meta l4proto { tcp, udp } th dport %s counter accept\n",
			family_of(range), range, port != NULL ? port : NAME_SERVER_PORT);
	}
}

static void print_lists(const struct sheet *sheet)
{
	const struct garasu_config *config = sheet->config;
	char range[64];

	for (uint32_t i = 0; i < config->allow_count; i++) {
		const char *port = split(config->allow[i], range, sizeof(range));

		fprintf(sheet->stream, "\t\t%s daddr %s ", family_of(range), range);
		if (port != NULL) {
			fprintf(sheet->stream, "tcp dport %s counter accept\n", port);
		} else {
			print_ports(sheet);
		}
	}
	for (uint32_t i = 0; i < config->deny_count; i++) {
		fprintf(sheet->stream, "\t\t%s daddr %s counter drop comment \"egress.deny\"\n",
			family_of(config->deny[i]), config->deny[i]);
	}
	fputs("\t\tip daddr { " NOT_PUBLIC " } counter drop comment \"not the internet\"\n"
	      "\t\tip6 daddr { " NOT_PUBLIC6 " } counter drop comment \"not the internet\"\n",
		sheet->stream);
}

/* With an upstream proxy only what is listed by name is reached directly. */
static void print_names(const struct sheet *sheet)
{
	for (uint32_t i = 0; i < sheet->config->name_count; i++) {
		const char *address = sheet->config->names[i].address;

		fprintf(sheet->stream, "\t\t%s daddr %s ", family_of(address), address);
		print_ports(sheet);
	}
}

/* What egress may begin, in the order in which it judges. */
static void print_egress(const struct sheet *sheet)
{
	FILE *stream = sheet->stream;
	char upstream[GARASU_CONFIG_ADDRESS_SIZE];
	uint16_t port = garasu_config_upstream(sheet->config, upstream);

	fputs("\tchain egress {\n", stream);
	print_servers(sheet);
	if (port != 0 && upstream[0] != '\0') {
		fprintf(stream, "\t\t%s daddr %s tcp dport %u counter accept\n",
			family_of(upstream), upstream, port);
	}
	print_lists(sheet);
	if (port != 0 && upstream[0] == '\0') { /* named in egress.names, it would stand above */
		fprintf(stream, "\t\ttcp dport %u counter accept comment \"egress.upstream\"\n",
			port);
	}
	if (port != 0) {
		print_names(sheet);
	} else {
		fputs("\t\t", stream);
		print_ports(sheet);
	}
	fputs("\t\tcounter drop comment \"of egress\"\n\t}\n", stream);
}

static void print_listener(const struct sheet *sheet, const char *address, unsigned port)
{
	fprintf(sheet->stream, "\t\t%s daddr %s tcp dport %u ct state new counter accept\n",
		family_of(address), address, port);
}

static void print_input(const struct sheet *sheet)
{
	const struct garasu_config *config = sheet->config;

	fputs("\tchain input {\n"
	      "\t\ttype filter hook input priority filter; policy drop;\n"
	      "\t\tct state established,related accept\n"
	      "\t\tip6 hoplimit 255 icmpv6 type { nd-router-advert, nd-neighbor-solicit, "
	      "nd-neighbor-advert } accept\n",
		sheet->stream);
	if (sheet->is_lgwan) {
		print_listener(sheet, config->listen_address, config->listen_port);
	}
	if (sheet->is_lgwan && config->web_address != NULL) {
		print_listener(sheet, config->web_address, config->web_port);
	}
	fputs("\t\tcounter drop comment \"inward\"\n\t}\n"
	      "\tchain forward {\n"
	      "\t\ttype filter hook forward priority filter; policy drop;\n"
	      "\t\tcounter drop comment \"through\"\n\t}\n",
		sheet->stream);
}

/* In a namespace of its own nothing else may leave; on the host's own leg nothing else of ours. */
static void print_output(const struct sheet *sheet)
{
	const struct garasu_config *config = sheet->config;
	uint64_t last = (uint64_t)config->uid_base + role_uid_count(config) - 1;
	FILE *stream = sheet->stream;

	fprintf(stream,
		"\tchain output {\n"
		"\t\ttype filter hook output priority filter; policy %s;\n"
		"\t\tct state established,related accept\n",
		sheet->netns != NULL ? "drop" : "accept");
	if (sheet->is_internet) {
		fprintf(stream, "\t\tmeta skuid %u jump egress\n",
			role_uid(config, GARASU_ROLE_EGRESS, 0));
	}
	if (sheet->netns != NULL) {
		fputs("\t\tip6 hoplimit 255 icmpv6 type { nd-router-solicit, nd-neighbor-solicit, "
		      "nd-neighbor-advert } accept\n"
		      "\t\tcounter drop comment \"outward\"\n",
			stream);
	} else {
		fprintf(stream, "\t\tmeta skuid %u-%llu counter drop comment \"outward\"\n",
			config->uid_base, (unsigned long long)last);
	}
	fputs("\t}\n", stream);
}

static int complain(const char *why)
{
	fprintf(stderr,
		"garasu-broker: no rule sheet: %s\n"
		"garasu-broker: ファイアウォールの規則を作れません。設定を確認してください。\n",
		why);
	return -EINVAL;
}

int firewall_print(FILE *stream, const struct garasu_config *config, const char *zone)
{
	char upstream[GARASU_CONFIG_ADDRESS_SIZE];
	int is_lgwan = strcmp(zone, "lgwan") == 0;
	struct sheet sheet = {.stream = stream,
		.config = config,
		.netns = is_lgwan ? config->zone_lgwan : config->zone_internet,
		.is_lgwan = is_lgwan,
		.is_internet = !is_lgwan};

	if (config->zone_lgwan == NULL && config->zone_internet == NULL) {
		sheet.is_lgwan = sheet.is_internet = 1;
	}
	if (sheet.is_lgwan && (config->listen_port == 0 ||
				      (config->web_address != NULL && config->web_port == 0))) {
		return complain("a port to listen on is 0, and any would have to be open");
	}
	if (sheet.is_internet && config->server_count == 0 &&
		(garasu_config_upstream(config, upstream) == 0 || upstream[0] == '\0')) {
		return complain("egress.servers names no name server");
	}
	fprintf(stream,
		"# The %s leg's rules, made by garasu-broker " GARASU_VERSION ".\n"
		"# Apply as root: %s%s%snft -f FILE\n",
		zone, sheet.netns != NULL ? "ip netns exec " : "",
		sheet.netns != NULL ? sheet.netns : "", sheet.netns != NULL ? " " : "");
	fputs("table inet " TABLE " {}\ndelete table inet " TABLE "\ntable inet " TABLE " {\n",
		stream);
	if (sheet.is_internet) {
		print_egress(&sheet);
	}
	if (sheet.netns != NULL) {
		print_input(&sheet);
	}
	print_output(&sheet);
	fputs("}\n", stream);
	return 0;
}
