/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The web host at the far end of the internet leg: nginx, and a small name server of the test's
 * own. Reads untrusted bytes from: the broker host (names to look up). */

#include "legs.h"

#include "harness.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cmocka.h>

#define QUESTION 12 /* where it starts in a message */
#define TYPE_A 1
#define TYPE_AAAA 28

static struct flow_child nginx;
static char access_log[320];
static int name_server;

/* ---- names ---- */

/* The address for a name in its form on the line, or NULL. */
static const char *find_name(const uint8_t *untrusted, uint8_t type)
{
	static const struct {
		const char *name;
		uint8_t type;
		const char *address;
	} known[] = {{"\3www\4town\4test", TYPE_A, LEGS_WEB},
		{"\3www\4town\4test", TYPE_AAAA, LEGS_WEB6},
		{"\3old\4town\4test", TYPE_A, LEGS_WEB},
		{"\3six\4town\4test", TYPE_AAAA, LEGS_WEB6},
		{"\6inside\4town\4test", TYPE_A, LEGS_PRIVATE}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp((const char *)untrusted, known[i].name) == 0 && known[i].type == type) {
			return known[i].address;
		}
	}
	return NULL;
}

/* Turns a question into its answer. Returns the answer's size, or 0 for what is no question. */
static size_t answer_name(uint8_t *message, size_t size)
{
	static const uint8_t head[] = {0xc0, QUESTION, 0, 0, 0, 1, 0, 0, 0, 5, 0};
	const uint8_t *end =
		size > QUESTION ? memchr(message + QUESTION, 0, size - QUESTION) : NULL;
	size_t used = end != NULL ? (size_t)(end - message) + 5 : 0;
	const char *address;
	uint8_t type;

	if (used == 0 || used > size) {
		return 0;
	}
	type = message[used - 3];
	address = find_name(message + QUESTION, type);
	message[2] = 0x84; /* an answer, and we should know */
	message[3] = 0;
	memset(message + 6, 0, 6);
	message[7] = address != NULL;
	if (address != NULL) {
		int is_6 = type == TYPE_AAAA;

		memcpy(message + used, head, sizeof(head));
		message[used + 3] = type;
		message[used + sizeof(head)] = is_6 ? 16 : 4;
		used += sizeof(head) + 1;
		inet_pton(is_6 ? AF_INET6 : AF_INET, address, message + used);
		used += is_6 ? 16 : 4;
	}
	return used;
}

static void *serve_names(void *unused)
{
	uint8_t untrusted[1024];
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);
	ssize_t got;

	while ((got = recvfrom(name_server, untrusted, 512, 0, (struct sockaddr *)&from, &size)) >
		0) {
		size_t answer = answer_name(untrusted, (size_t)got);

		if (answer > 0) {
			sendto(name_server, untrusted, answer, 0, (struct sockaddr *)&from, size);
		}
		size = sizeof(from);
	}
	return unused;
}

static void serve_names_at(const char *address)
{
	struct sockaddr_storage place;
	socklen_t size = legs_address(address, 53, &place);
	pthread_t thread;

	name_server = socket(place.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(name_server, (struct sockaddr *)&place, size), 0);
	assert_int_equal(pthread_create(&thread, NULL, serve_names, NULL), 0);
	pthread_detach(thread);
}

/* ---- pages ---- */

static const char configuration[] =
	"daemon off;\n"
	"user nobody nogroup;\n"
	"worker_processes 1;\n"
	"error_log /dev/stdout notice;\n"
	"pid nginx.pid;\n"
	"events { worker_connections 256; }\n"
	"http {\n"
	"  log_format legs '$server_addr $server_port $remote_addr $ssl_protocol $host $status';\n"
	"  access_log access.log legs;\n"
	"  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;\n"
	"  uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n"
	"  default_type text/html;\n"
	"  ssl_protocols TLSv1.3; ssl_certificate ../town/server.crt;\n"
	"  ssl_certificate_key ../town/server.key;\n"
	"  server {\n"
	"    listen " LEGS_WEB ":80; listen [" LEGS_WEB6 "]:80; listen " LEGS_PRIVATE ":80;\n"
	"    listen " LEGS_WEB ":443 ssl; listen [" LEGS_WEB6 "]:443 ssl;\n"
	"    location / { root pages; rewrite ^ /page.html break; }\n"
	"  }\n"
	"  server {\n"
	"    listen " LEGS_WEB ":80; listen [" LEGS_WEB6 "]:80; server_name old.town.test;\n"
	"    return 301 https://www.town.test/;\n"
	"  }\n"
	"}\n";

static void write_file(const char *directory, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void write_file(const char *directory, const char *name, const char *format, ...)
{
	char path[320];
	va_list arguments;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	va_start(arguments, format);
	assert_true(vfprintf(file, format, arguments) > 0);
	va_end(arguments);
	assert_int_equal(fclose(file), 0);
}

/* It says that its workers start once its sockets listen. */
static void start_nginx(const char *directory)
{
	char prefix[260];
	char line[4096];
	char *words[] = {LEGS_NGINX, "-p", prefix, "-c", "nginx.conf", "-e", "stderr", NULL};

	snprintf(prefix, sizeof(prefix), "%s/", directory);
	flow_child_start(&nginx, words, "/dev/stderr");
	do {
		flow_child_line(&nginx, line, sizeof(line));
	} while (strstr(line, "start worker processes") == NULL);
}

static void certify(const char *directory)
{
	char tool[128], town[128];
	char *authority[] = {tool, "ca", "--dir", town, "--name", "Town test CA", NULL};
	char *server[] = {tool, "server", "--dir", town, "--host", "www.town.test", NULL};

	snprintf(tool, sizeof(tool), "%s/bin/garasu-certs", directory);
	snprintf(town, sizeof(town), "%s/town", directory);
	flow_run(NULL, 0, NULL, authority);
	flow_run(NULL, 0, NULL, server);
}

void legs_serve(const char *directory, const char *page)
{
	char web[256], pages[300];

	snprintf(web, sizeof(web), "%s/web", directory);
	snprintf(pages, sizeof(pages), "%s/pages", web);
	snprintf(access_log, sizeof(access_log), "%s/access.log", web);
	certify(directory);
	assert_int_equal(mkdir(web, 0755), 0);
	assert_int_equal(mkdir(pages, 0755), 0);
	write_file(pages, "page.html", "%s", page);
	write_file(web, "nginx.conf", "%s", configuration);
	legs_enter("web");
	start_nginx(web);
	serve_names_at(LEGS_WEB);
	legs_leave();
}

void legs_serve_no_more(void)
{
	flow_child_end(&nginx);
}

static int is_listed(const char *client, const char *const *clients)
{
	for (; *clients != NULL; clients++) {
		if (strcmp(client, *clients) == 0) {
			return 1;
		}
	}
	return 0;
}

void legs_expect_clients(const char *const *clients)
{
	char line[512];
	FILE *file = fopen(access_log, "r");

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		char at[64], client[64], tls[16];
		unsigned port;

		assert_int_equal(sscanf(line, "%63s %u %63s %15s ", at, &port, client, tls), 4);
		assert_string_equal(tls, port == 443 ? "TLSv1.3" : "-");
		if (!is_listed(client, clients) || strcmp(at, LEGS_PRIVATE) == 0) {
			fail_msg("nginx served %s", line);
		}
	}
	fclose(file);
}
