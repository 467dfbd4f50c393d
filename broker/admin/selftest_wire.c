/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tries as a viewer and as a role would: what must be refused is refused. OpenSSL's TLS is met here
 * only.
 * Reads untrusted bytes from: whatever listens where viewers are awaited, and the audit trail. */

#include "selftest.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "garasu/admin.h"
#include "garasu/heritage.h"
#include "garasu/rfb.h"
#include "trail/check.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_S 10
#define TLS_NONE 257 /* VeNCrypt's sub-type of TLS without a certificate */
#define LISTENING 0x0a

/* ---- where viewers are awaited ---- */

static pid_t supervisor_of(const struct selftest *test)
{
	for (size_t p = 0; p < test->count; p++) {
		if (test->processes[p].offset == GARASU_ROLE_SUPERVISOR) {
			return test->processes[p].pid;
		}
	}
	return 0;
}

static int holds_socket(pid_t pid, uint64_t inode)
{
	char folder[64], wanted[64], path[400], target[64];
	DIR *entries;
	int is_held = 0;

	snprintf(folder, sizeof(folder), "/proc/%d/fd", (int)pid);
	snprintf(wanted, sizeof(wanted), "socket:[%" PRIu64 "]", inode);
	entries = opendir(folder);
	for (struct dirent *entry = entries != NULL ? readdir(entries) : NULL;
		entry != NULL && !is_held; entry = readdir(entries)) {
		ssize_t size;

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		size = readlink(path, target, sizeof(target) - 1);
		target[size > 0 ? size : 0] = '\0';
		is_held = strcmp(target, wanted) == 0;
	}
	if (entries != NULL) {
		closedir(entries);
	}
	return is_held;
}

/* The address as the kernel's table writes it. */
static void kernel_address(const char *address, char text[40])
{
	uint32_t words[4];
	size_t count = 1;

	if (inet_pton(AF_INET, address, words) != 1) {
		count = inet_pton(AF_INET6, address, words) == 1 ? 4 : 0;
	}
	text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		snprintf(text + 8 * i, 9, "%08X", words[i]);
	}
}

/* What stands where desks come in. */
static const struct front {
	int descriptor; /* of the supervisor's */
	const char *who;
} fronts[] = {{GARASU_FD_SUPERVISOR_LISTENER, "viewers"}, {GARASU_FD_SUPERVISOR_WEB, "browsers"}};

enum front_number { VIEWERS, BROWSERS, FRONTS };

/* NULL where the configuration has none. */
static const char *address_of(const struct selftest *test, enum front_number front)
{
	return front == VIEWERS ? test->config->listen_address : test->config->web_address;
}

struct listeners {
	int error; /* a table that cannot be read; 0 */
	unsigned own, wild;
	unsigned ports[FRONTS]; /* 0: it does not listen on its configured address */
};

static int is_front(
	struct selftest *test, enum front_number front, uint64_t inode, const char *kernel_text)
{
	char path[64], wanted[64], target[64], address[40];
	ssize_t size;

	if (address_of(test, front) == NULL) {
		return 0;
	}
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)supervisor_of(test),
		fronts[front].descriptor);
	snprintf(wanted, sizeof(wanted), "socket:[%" PRIu64 "]", inode);
	size = readlink(path, target, sizeof(target) - 1);
	target[size > 0 ? size : 0] = '\0';
	kernel_address(address_of(test, front), address);
	return strcmp(target, wanted) == 0 && strcmp(kernel_text, address) == 0;
}

static void find_listeners(struct selftest *test, int is_ipv6, struct listeners *found)
{
	char line[512], address[40];
	FILE *file = fopen(is_ipv6 ? "/proc/self/net/tcp6" : "/proc/self/net/tcp", "re");

	if (file == NULL && (errno != ENOENT || !is_ipv6)) { /* a kernel without IPv6 has none */
		found->error = -errno;
	}
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		unsigned port, state;
		uint64_t inode;

		if (sscanf(line, "%*s %39[0-9A-F]:%x %*s %x %*s %*s %*s %*s %*s %" SCNu64, address,
			    &port, &state, &inode) != 4 ||
			state != LISTENING || !holds_socket(supervisor_of(test), inode)) {
			continue;
		}
		found->own++;
		found->wild += address[strspn(address, "0")] == '\0';
		for (int i = 0; i < FRONTS; i++) {
			found->ports[i] = is_front(test, (enum front_number)i, inode, address)
						  ? port
						  : found->ports[i];
		}
	}
	if (file != NULL) {
		fclose(file);
	}
}

static struct listeners find_all(struct selftest *test)
{
	struct listeners found = {0};

	find_listeners(test, 0, &found);
	find_listeners(test, 1, &found);
	return found;
}

enum selftest_verdict selftest_listen(struct selftest *test)
{
	int result = selftest_enter(test->config->zone_lgwan); /* for good */
	struct listeners found;

	if (result != 0) {
		return selftest_say(
			test, SELFTEST_NOT_CHECKED, "zones.lgwan: %s", strerror(-result));
	}
	found = find_all(test);
	if (found.error != 0) {
		return selftest_say(test, SELFTEST_NOT_CHECKED, "the table of sockets: %s",
			strerror(-found.error));
	}
	if (found.wild > 0) {
		return selftest_say(
			test, SELFTEST_FAIL, "%u listeners on every address", found.wild);
	}
	for (int i = 0; i < FRONTS; i++) {
		const char *address = address_of(test, (enum front_number)i);

		if (address != NULL && found.ports[i] == 0) {
			return selftest_say(test, SELFTEST_FAIL, "no listener for %s on %s",
				fronts[i].who, address);
		}
	}
	return selftest_say(test, SELFTEST_PASS, "%s port %u, %u listener(s) in all",
		test->config->listen_address, found.ports[VIEWERS], found.own);
}

/* ---- as a viewer ---- */

/* Returns a descriptor or negative errno. */
static int connect_to(struct selftest *test, enum front_number front)
{
	const char *address = address_of(test, front);
	const struct timeval patience = {.tv_sec = ANSWER_S};
	const uint16_t port = htons((uint16_t)find_all(test).ports[front]);
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = port};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = port};
	int is_v4 = inet_pton(AF_INET, address, &v4.sin_addr) == 1;
	int fd = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int result = 0;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0 ||
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) != 0) {
		result = -errno;
	} else if (is_v4) {
		result = connect(fd, (struct sockaddr *)&v4, sizeof(v4)) == 0 ? 0 : -errno;
	} else {
		inet_pton(AF_INET6, address, &v6.sin6_addr);
		result = connect(fd, (struct sockaddr *)&v6, sizeof(v6)) == 0 ? 0 : -errno;
	}
	if (result != 0) {
		garasu_fd_close(&fd);
		return result;
	}
	return fd;
}

static int hear(int fd, uint8_t *bytes, size_t size)
{
	return recv(fd, bytes, size, MSG_WAITALL) == (ssize_t)size ? 0 : -EPROTO;
}

static int say(int fd, const void *bytes, size_t size)
{
	return send(fd, bytes, size, MSG_NOSIGNAL) == (ssize_t)size ? 0 : -EPROTO;
}

/* Up to the choice of a sub-type. Returns 0 when VeNCrypt's X509Plain is all that is offered. */
static int greet(int fd)
{
	static const uint8_t only[] = {0, 1, 0, 0, 1, 6};
	uint8_t untrusted[12];

	if (hear(fd, untrusted, 12) != 0 || memcmp(untrusted, "RFB 003.008\n", 12) != 0 ||
		say(fd, "RFB 003.008\n", 12) != 0 || hear(fd, untrusted, 2) != 0 ||
		untrusted[0] != 1 || untrusted[1] != GARASU_RFB_SECURITY_VENCRYPT ||
		say(fd, untrusted + 1, 1) != 0 || hear(fd, untrusted, 2) != 0 ||
		say(fd, "\0\2", 2) != 0 || hear(fd, untrusted, sizeof(only)) != 0) {
		return -EPROTO;
	}
	return memcmp(untrusted, only, sizeof(only)) == 0 ? 0 : -EPROTO;
}

/* Returns 1 when the sub-type is taken, 0 when it is refused or the connection closed. */
static int choose(int fd, uint32_t sub_type)
{
	const uint32_t wire = htonl(sub_type);
	uint8_t untrusted_answer = 0;

	return say(fd, &wire, sizeof(wire)) == 0 && hear(fd, &untrusted_answer, 1) == 0 &&
	       untrusted_answer == 1;
}

enum selftest_verdict selftest_anonymous(struct selftest *test)
{
	int fd = connect_to(test, VIEWERS);
	enum selftest_verdict verdict;

	if (fd < 0) {
		return selftest_say(test, SELFTEST_NOT_CHECKED, "connect: %s", strerror(-fd));
	}
	if (greet(fd) != 0) {
		verdict = selftest_say(
			test, SELFTEST_FAIL, "something else than X509Plain is offered");
	} else if (choose(fd, TLS_NONE)) {
		verdict = selftest_say(test, SELFTEST_FAIL, "TLSNone is taken");
	} else {
		verdict = selftest_say(
			test, SELFTEST_PASS, "X509Plain alone is offered, TLSNone refused");
	}
	garasu_fd_close(&fd);
	return verdict;
}

/* Fills *tls, which the caller frees. Returns 1 when the handshake succeeds with this version, 0
 * when not, or negative errno when the connection did not get so far. */
static int shake_hands(enum front_number front, int version, int fd, SSL **tls)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	int result = fd;

	if (fd >= 0) {
		result = front == BROWSERS || (greet(fd) == 0 &&
						      choose(fd, GARASU_RFB_VENCRYPT_X509PLAIN))
				 ? 0
				 : -EPROTO;
	}
	if (result == 0 && context != NULL) { /* whose certificate it is, is not the question */
		SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
		SSL_CTX_set_security_level(context, 0); /* else it is we who refuse TLS 1.1 */
		SSL_CTX_set_min_proto_version(context, version);
		SSL_CTX_set_max_proto_version(context, version);
		*tls = SSL_new(context);
	}
	if (result == 0) {
		result = *tls == NULL || SSL_set_fd(*tls, fd) != 1 ? -ENOMEM
								   : SSL_connect(*tls) == 1;
	}
	SSL_CTX_free(context);
	return result;
}

static int try_version(struct selftest *test, enum front_number front, int version)
{
	SSL *tls = NULL;
	int fd = connect_to(test, front);
	int result = shake_hands(front, version, fd, &tls);

	SSL_free(tls);
	garasu_fd_close(&fd);
	return result;
}

ssize_t selftest_ask_browsers(struct selftest *test, int is_plain, const char *request,
	char *untrusted_answer, size_t size)
{
	SSL *tls = NULL;
	int fd = connect_to(test, BROWSERS);
	int result = is_plain ? fd : shake_hands(BROWSERS, TLS1_3_VERSION, fd, &tls);
	size_t length = strlen(request);
	size_t used = 0;

	if (result >= 0 && is_plain && say(fd, request, length) == 0) {
		ssize_t got = recv(fd, untrusted_answer, size - 1, 0);

		used = got > 0 ? (size_t)got : 0;
	} else if (result == 1 && SSL_write(tls, request, (int)length) == (int)length) {
		int got;

		while (used < size - 1 && (got = SSL_read(tls, untrusted_answer + used,
						   (int)(size - 1 - used))) > 0) {
			used += (size_t)got;
		}
	}
	untrusted_answer[used] = '\0';
	SSL_free(tls);
	garasu_fd_close(&fd);
	return result < 0 ? result : (ssize_t)used;
}

static enum selftest_verdict judge_tls(struct selftest *test, enum front_number front)
{
	static const int versions[] = {TLS1_1_VERSION, TLS1_2_VERSION};
	int control = try_version(test, front, TLS1_3_VERSION);

	if (control != 1) {
		return selftest_say(test, SELFTEST_NOT_CHECKED, "TLS 1.3 does not succeed either");
	}
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		int result;

		if ((uint32_t)versions[i] >= test->config->tls_minimum) {
			continue;
		}
		result = try_version(test, front, versions[i]);
		if (result < 0) {
			return selftest_say(
				test, SELFTEST_NOT_CHECKED, "connect: %s", strerror(-result));
		}
		if (result == 1) {
			return selftest_say(
				test, SELFTEST_FAIL, "TLS 1.%u succeeds", (unsigned)i + 1);
		}
	}
	return selftest_say(test, SELFTEST_PASS, "minimum 1.%u; 1.3 succeeds",
		test->config->tls_minimum - 0x0301);
}

enum selftest_verdict selftest_old_tls(struct selftest *test)
{
	return judge_tls(test, VIEWERS);
}

enum selftest_verdict selftest_web_tls(struct selftest *test)
{
	return address_of(test, BROWSERS) != NULL
		       ? judge_tls(test, BROWSERS)
		       : selftest_say(test, SELFTEST_NOT_CHECKED, "there is no web section");
}

/* ---- as a role ---- */

enum asked { ASKED_REFUSED = 0, ASKED_ANSWERED = 1, ASKED_NOT = 2 };

/* In a child: with the uid of a gateway. */
static enum asked ask_as_role(const struct selftest *test)
{
	const struct garasu_admin_request request = {
		.version = GARASU_ADMIN_VERSION, .command = GARASU_ADMIN_STATUS};
	const struct timeval patience = {.tv_sec = ANSWER_S};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct garasu_admin_answer untrusted_answer;
	uid_t uid = test->config->uid_base + GARASU_ROLE_GATEWAY;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	ssize_t got;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", test->config->admin_socket);
	if (fd < 0 || setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 ||
		setresuid(uid, uid, uid) != 0 ||
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0) {
		return ASKED_NOT;
	}
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		return errno == EACCES ? ASKED_REFUSED : ASKED_NOT;
	}
	if (send(fd, &request, sizeof(request), MSG_NOSIGNAL) < 0) {
		return errno == EPIPE || errno == ECONNRESET ? ASKED_REFUSED : ASKED_NOT;
	}
	got = recv(fd, &untrusted_answer, sizeof(untrusted_answer), 0);
	if (got > 0) {
		return ASKED_ANSWERED;
	}
	return got == 0 || errno == ECONNRESET ? ASKED_REFUSED : ASKED_NOT;
}

enum selftest_verdict selftest_admin(struct selftest *test)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		_exit(ask_as_role(test));
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
		WEXITSTATUS(status) == ASKED_NOT) {
		return selftest_say(test, SELFTEST_NOT_CHECKED, "the socket could not be asked");
	}
	return WEXITSTATUS(status) == ASKED_REFUSED
		       ? selftest_say(test, SELFTEST_PASS, "asked with the gateway's uid")
		       : selftest_say(test, SELFTEST_FAIL, "the gateway's uid is answered");
}

/* ---- the trail ---- */

enum selftest_verdict selftest_trail(struct selftest *test)
{
	static struct trail_check check;
	const char *path = test->config->log_directory;
	int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = directory >= 0 ? openat(directory, TRAIL_PUBLIC_NAME, O_RDONLY | O_CLOEXEC) : -1;
	char *pem = NULL;
	ssize_t size = fd >= 0 ? garasu_fd_read_all(fd, &pem, 65536) : -errno;
	struct trail_folder folder;
	struct trail_keys keys;
	enum selftest_verdict verdict = SELFTEST_PASS;

	if (size < 0 || trail_keys_read(&keys, pem, (size_t)size) != 0) {
		verdict = selftest_say(test, SELFTEST_NOT_CHECKED, "no public key in %s", path);
	} else {
		trail_check_begin(&check, &keys, NULL, NULL, garasu_clock_unix_ms());
		if (trail_check_folder(&check, &folder, directory) != 0) {
			verdict = selftest_say(test, SELFTEST_NOT_CHECKED, "cannot read %s", path);
		} else {
			trail_folder_finish(&folder);
			verdict = selftest_say(test,
				check.fault_count == 0 ? SELFTEST_PASS : SELFTEST_FAIL,
				"%zu fault(s) in records %" PRIu64 " to %" PRIu64
				", signed up to %" PRIu64,
				check.fault_count, check.first, check.last, check.sealed);
		}
	}
	free(pem);
	garasu_fd_close(&fd);
	garasu_fd_close(&directory);
	return verdict;
}
