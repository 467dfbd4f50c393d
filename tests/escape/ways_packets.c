/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network in a jail, and its packets. Reads untrusted bytes from: the browser (headers of its
 * packets). */

#include "ways_packets.h"

#include "flow/harness.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define ROOM (16 << 20) /* bytes of packets that may wait for a look */

static int own = -1;    /* the test's network namespace */
static int jail = -1;   /* the jail's */
static int watch = -1;  /* every packet of the jail's */
static int sender = -1; /* a datagram socket there */

static pid_t parent_of(pid_t pid)
{
	char path[64];
	char text[512] = "";
	const char *at;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (file == NULL) {
		return 0;
	}
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	at = strrchr(text, ')');
	return at != NULL && strlen(at) > 4 ? (pid_t)strtol(at + 4, NULL, 10) : 0;
}

static int is_compositor_below(pid_t pid, pid_t top)
{
	char path[64];
	char name[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	file = fopen(path, "re");
	if (file != NULL) {
		name[fread(name, 1, sizeof(name) - 1, file)] = '\0';
		fclose(file);
	}
	while (pid > 1 && pid != top) {
		pid = parent_of(pid);
	}
	return pid == top && strncmp(name, "garasu-composit", 15) == 0;
}

static int open_namespace(pid_t top)
{
	uint64_t deadline = garasu_clock_ms() + FLOW_DEADLINE_MS;
	char path[64];
	int found = -1;

	while (found < 0 && garasu_clock_ms() < deadline) {
		DIR *processes = opendir("/proc");

		assert_non_null(processes);
		for (struct dirent *entry; found < 0 && (entry = readdir(processes)) != NULL;) {
			pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

			if (pid > 0 && is_compositor_below(pid, top)) {
				snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
				found = open(path, O_RDONLY | O_CLOEXEC);
			}
		}
		closedir(processes);
		poll(NULL, 0, 10);
	}
	assert_true(found >= 0);
	return found;
}

static void enter(int namespace)
{
	assert_int_equal(setns(namespace, CLONE_NEWNET), 0);
}

static void ip(const char *line)
{
	char text[128];
	char *words[16] = {"/sbin/ip"};
	char *place = NULL;
	size_t count = 1;

	snprintf(text, sizeof(text), "%s", line);
	for (char *word = strtok_r(text, " ", &place); word != NULL && count < 15;
		word = strtok_r(NULL, " ", &place)) {
		words[count++] = word;
	}
	flow_run(NULL, 0, NULL, words);
}

void packets_start(pid_t top)
{
	int room = ROOM;

	own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	jail = open_namespace(top);
	enter(jail);
	watch = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL));
	sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ip("link add way type veth peer name end");
	ip("address add 192.0.2.1/24 dev way");
	ip("link set end up");
	ip("link set way up");
	ip("neighbour add 192.0.2.254 lladdr 02:00:00:00:00:01 dev way");
	ip("route add default via 192.0.2.254");
	enter(own);
	assert_true(watch >= 0 && sender >= 0);
	assert_int_equal(setsockopt(watch, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)), 0);
}

void packets_stop(void)
{
	int *const fds[] = {&own, &jail, &watch, &sender};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		close(*fds[i]);
		*fds[i] = -1;
	}
}

static const char *tell(const char *protocol, int family, const void *to, const uint8_t *ports)
{
	static char text[128];
	char address[INET6_ADDRSTRLEN] = "?";

	inet_ntop(family, to, address, sizeof(address));
	snprintf(text, sizeof(text), "%s to %s port %u", protocol, address,
		(unsigned)(ports[2] << 8 | ports[3]));
	return text;
}

/* NULL where the packet is one that may be. */
static const char *judge(const uint8_t *untrusted, size_t size)
{
	static const uint8_t loopback4[4] = {127, 0, 0, 1};
	int is_four = size >= 24 && untrusted[0] >> 4 == 4;
	int is_six = size >= 44 && untrusted[0] >> 4 == 6;
	size_t head = is_four ? (size_t)(untrusted[0] & 15) * 4 : 40;
	uint8_t protocol;

	if ((!is_four && !is_six) || size < head + 4) {
		return NULL; /* ARP */
	}
	protocol = untrusted[is_four ? 9 : 6];
	if (protocol == IPPROTO_TCP && is_four && memcmp(untrusted + 16, loopback4, 4) == 0) {
		return NULL; /* to the proxy, or its answer: what else listens there is refused */
	}
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP) {
		return NULL; /* the kernel's own: groups, neighbours, errors */
	}
	return tell(protocol == IPPROTO_TCP ? "TCP" : "UDP", is_four ? AF_INET : AF_INET6,
		untrusted + (is_four ? 16 : 24), untrusted + head);
}

const char *packets_stranger(void)
{
	uint8_t untrusted[2048];
	struct tpacket_stats statistics = {0};
	socklen_t statistics_size = sizeof(statistics);
	const char *stranger = NULL;
	struct sockaddr_ll from;
	socklen_t from_size = sizeof(from);
	ssize_t got;

	while (stranger == NULL && (got = recvfrom(watch, untrusted, sizeof(untrusted), 0,
					    (struct sockaddr *)&from, &from_size)) >= 0) {
		if (from.sll_pkttype == PACKET_OUTGOING) {
			stranger = judge(untrusted, (size_t)got);
		}
		from_size = sizeof(from);
	}
	assert_int_equal(
		getsockopt(watch, SOL_PACKET, PACKET_STATISTICS, &statistics, &statistics_size), 0);
	assert_int_equal(statistics.tp_drops, 0); /* nothing was missed */
	return stranger;
}

void packets_send(const char *address, unsigned port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	assert_int_equal(inet_pton(AF_INET, address, &to.sin_addr), 1);
	assert_int_equal(sendto(sender, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)), 1);
}
