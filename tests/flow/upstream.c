/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real Chromium behind an upstream proxy that wants credentials and inspects TLS: pages come
 * through it by an authority that the configuration names, and by no other. The test is the proxy.
 */

#include "harness.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define SECRET "garasu:himitsu-no-kagi"
#define FIELD "\r\nProxy-Authorization: Basic Z2FyYXN1OmhpbWl0c3Utbm8ta2FnaQ==\r\n"
#define PAGE                                                                                       \
	"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nCache-Control: no-store\r\n"                \
	"Connection: close\r\n\r\n<!doctype html><body style='background:#10a040'>"

enum seen {
	SEEN_PAGE,      /* a page was asked for inside of TLS that the browser believed */
	SEEN_PLAIN,     /* one by its whole address, with credentials */
	SEEN_DISBELIEF, /* the browser broke TLS off */
	SEEN_STRANGER,  /* a request without our credentials */
	SEEN_FALSE,     /* a page was asked for by an authority that nobody named */
	SEEN_COUNT,
};

static struct {
	int listener;
	SSL_CTX *named, *other; /* certificates of the authority that is named, and of another */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned seen[SEEN_COUNT];
} proxy = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static struct flow_broker broker;
static struct flow_viewer viewer;
static char directory[] = "/tmp/garasu-upstream-XXXXXX";

static void note(enum seen what)
{
	pthread_mutex_lock(&proxy.lock);
	proxy.seen[what]++;
	pthread_cond_broadcast(&proxy.changed);
	pthread_mutex_unlock(&proxy.lock);
}

static unsigned count(enum seen what)
{
	unsigned seen;

	pthread_mutex_lock(&proxy.lock);
	seen = proxy.seen[what];
	pthread_mutex_unlock(&proxy.lock);
	return seen;
}

static void wait_for(enum seen what)
{
	struct timespec deadline;
	int result = 0;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += FLOW_DEADLINE_MS / 1000;
	pthread_mutex_lock(&proxy.lock);
	while (proxy.seen[what] == 0 && result == 0) {
		result = pthread_cond_timedwait(&proxy.changed, &proxy.lock, &deadline);
	}
	pthread_mutex_unlock(&proxy.lock);
	assert_int_equal(result, 0);
}

/* ---- the proxy ---- */

static int read_head(int connection, char *head, size_t size)
{
	size_t used = 0;

	while (used < size - 1 && (used < 4 || memcmp(head + used - 4, "\r\n\r\n", 4) != 0)) {
		if (recv(connection, head + used, 1, 0) != 1) {
			return -1;
		}
		used++;
	}
	head[used] = '\0';
	return 0;
}

static void say(int connection, const char *text)
{
	(void)send(connection, text, strlen(text), MSG_NOSIGNAL);
}

static void inspect(int connection, int is_named)
{
	SSL *tls = SSL_new(is_named ? proxy.named : proxy.other);
	char request[4096];

	say(connection, "HTTP/1.1 200 Connection established\r\n\r\n");
	if (tls != NULL && SSL_set_fd(tls, connection) == 1 && SSL_accept(tls) == 1 &&
		SSL_read(tls, request, sizeof(request)) > 0) {
		note(is_named ? SEEN_PAGE : SEEN_FALSE);
		(void)SSL_write(tls, PAGE, sizeof(PAGE) - 1);
		(void)SSL_shutdown(tls);
	} else {
		note(SEEN_DISBELIEF);
	}
	SSL_free(tls);
}

static void *serve_one(void *argument)
{
	int connection = (int)(intptr_t)argument;
	char head[16384];

	if (read_head(connection, head, sizeof(head)) != 0) {
		close(connection);
		return NULL;
	}
	if (strstr(head, FIELD) == NULL) {
		note(SEEN_STRANGER);
		say(connection,
			"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n");
	} else if (strncmp(head, "CONNECT named.example.test:443 ", 31) == 0) {
		inspect(connection, 1);
	} else if (strncmp(head, "CONNECT other.example.test:443 ", 31) == 0) {
		inspect(connection, 0);
	} else if (strncmp(head, "GET http://plain.example.test/ ", 31) == 0) {
		note(SEEN_PLAIN);
		say(connection, PAGE);
	} else {
		say(connection, "HTTP/1.1 403 No\r\n\r\n");
	}
	shutdown(connection, SHUT_WR);
	close(connection);
	return NULL;
}

static void *serve(void *argument)
{
	(void)argument;
	for (;;) {
		int connection = accept4(proxy.listener, NULL, NULL, SOCK_CLOEXEC);
		pthread_t thread;

		if (connection < 0) {
			return NULL;
		}
		if (pthread_create(&thread, NULL, serve_one, (void *)(intptr_t)connection) == 0) {
			pthread_detach(thread);
		} else {
			close(connection);
		}
	}
}

/* An authority of its own, and a server's certificate of it. */
static SSL_CTX *make_authority(const char *name, const char *host)
{
	char tool[] = FLOW_BINARIES "/garasu-certs";
	char folder[128];
	char path[160];
	char label[32];
	char host_name[64];
	char *authority[] = {tool, "ca", "--dir", folder, "--name", label, NULL};
	char *server[] = {tool, "server", "--dir", folder, "--host", host_name, NULL};
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	snprintf(folder, sizeof(folder), "%s/%s", directory, name);
	snprintf(label, sizeof(label), "Inspector %s", name);
	snprintf(host_name, sizeof(host_name), "%s", host);
	flow_run(NULL, 0, NULL, authority);
	flow_run(NULL, 0, NULL, server);
	assert_non_null(context);
	snprintf(path, sizeof(path), "%s/server.crt", folder);
	assert_int_equal(SSL_CTX_use_certificate_chain_file(context, path), 1);
	snprintf(path, sizeof(path), "%s/server.key", folder);
	assert_int_equal(SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM), 1);
	return context;
}

static unsigned open_proxy(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	pthread_t thread;

	proxy.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(proxy.listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(proxy.listener, 64), 0);
	assert_int_equal(getsockname(proxy.listener, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(pthread_create(&thread, NULL, serve, NULL), 0);
	pthread_detach(thread);
	return ntohs(address.sin_port);
}

static void write_secret(const char *path)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fchmod(fileno(file), 0600), 0);
	fputs(SECRET "\n", file);
	assert_int_equal(fclose(file), 0);
}

static int start(void **state)
{
	static char egress[512];
	char secret[64];

	(void)state;
	signal(SIGPIPE, SIG_IGN); /* the browser hangs up as it likes */
	assert_non_null(mkdtemp(directory));
	proxy.named = make_authority("named", "named.example.test");
	proxy.other = make_authority("other", "other.example.test");
	snprintf(secret, sizeof(secret), "%s/secret", directory);
	write_secret(secret);
	snprintf(egress, sizeof(egress),
		"  upstream: \"127.0.0.1:%u\"\n  upstream_credentials: %s\n"
		"  upstream_ca: %s/named/ca.crt\n",
		open_proxy(), secret, directory);
	flow_broker_start(&broker, &(struct flow_options){.egress = egress});
	flow_viewer_start(&viewer, &broker, "tanaka", "--size", "1000x700", (char *)NULL);
	return 0;
}

static int stop(void **state)
{
	char *words[] = {"/bin/rm", "-r", directory, NULL};

	(void)state;
	flow_viewer_stop(&viewer);
	flow_broker_stop(&broker);
	shutdown(proxy.listener, SHUT_RDWR);
	close(proxy.listener);
	flow_run(NULL, 0, NULL, words);
	return 0;
}

static void page_of_the_named_authority_is_shown(void **state)
{
	(void)state;
	flow_viewer_say(&viewer, "open https://named.example.test/");
	flow_viewer_say(&viewer, "wait-pixel 500 400 10a040 %d", FLOW_DEADLINE_MS);
	assert_in_range(count(SEEN_PAGE), 1, 10);
	flow_wait_file(&broker, "log/audit.jsonl", "\"named.example.test\"");
}

static void plain_page_is_asked_for_by_its_whole_address(void **state)
{
	(void)state;
	flow_viewer_say(&viewer, "open http://plain.example.test/");
	wait_for(SEEN_PLAIN);
	flow_viewer_say(&viewer, "wait-pixel 500 400 10a040 %d", FLOW_DEADLINE_MS);
}

static void another_authority_is_not_believed(void **state)
{
	(void)state;
	flow_viewer_say(&viewer, "open https://other.example.test/");
	wait_for(SEEN_DISBELIEF);
	assert_int_equal(count(SEEN_FALSE), 0);
}

static void expect_no_secret_in(const char *path)
{
	static char text[4 << 20];
	FILE *file = fopen(path, "re");
	size_t size;

	if (file == NULL) {
		return; /* a process that is gone */
	}
	size = fread(text, 1, sizeof(text), file);
	fclose(file);
	if (memmem(text, size, "himitsu-no-kagi", 15) != NULL ||
		memmem(text, size, "Z2FyYXN1", 8) != NULL) {
		fail_msg("%s tells the credentials", path);
	}
}

static void credentials_are_sent_and_seen_nowhere_else(void **state)
{
	static const char *const files[] = {"log/garasu.log", "log/audit.jsonl"};
	char path[128];
	DIR *processes = opendir("/proc");

	(void)state;
	assert_int_equal(count(SEEN_STRANGER), 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", broker.directory, files[i]);
		assert_int_equal(access(path, R_OK), 0);
		expect_no_secret_in(path);
	}
	assert_non_null(processes);
	for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
		snprintf(path, sizeof(path), "/proc/%.20s/cmdline", entry->d_name);
		expect_no_secret_in(path);
		snprintf(path, sizeof(path), "/proc/%.20s/environ", entry->d_name);
		expect_no_secret_in(path);
	}
	closedir(processes);
	snprintf(path, sizeof(path), "%s/state/secret", broker.directory);
	assert_int_equal(access(path, F_OK), -1); /* the launcher's copy is gone again */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_of_the_named_authority_is_shown),
		cmocka_unit_test(plain_page_is_asked_for_by_its_whole_address),
		cmocka_unit_test(another_authority_is_not_believed),
		cmocka_unit_test(credentials_are_sent_and_seen_nowhere_else),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
