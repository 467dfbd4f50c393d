/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hosts and lines of a test's own, and what was seen on them.
 * Reads untrusted bytes from: the lines (headers of packets). */

#include "legs.h"

#include "harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ZONES "/run/netns"
#define ROOM (64 << 20) /* bytes of packets that may wait for a look */

static int own = -1; /* the broker host's */

static void ip(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void ip(const char *format, ...)
{
	char text[256];
	char *words[32] = {"/sbin/ip"};
	char *place = NULL;
	size_t count = 1;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	for (char *word = strtok_r(text, " ", &place); word != NULL && count < 31;
		word = strtok_r(NULL, " ", &place)) {
		words[count++] = word;
	}
	flow_run(NULL, 0, NULL, words);
}

void legs_enter(const char *host)
{
	char path[128];
	int zone;

	snprintf(path, sizeof(path), ZONES "/%s", host);
	zone = host[0] == '\0' ? own : open(path, O_RDONLY | O_CLOEXEC);
	assert_true(zone >= 0);
	assert_int_equal(setns(zone, CLONE_NEWNET), 0);
	if (zone != own) {
		close(zone);
	}
}

void legs_leave(void)
{
	legs_enter("");
}

static void join(const char *left, const char *right)
{
	ip("link add veth-%s netns %s type veth peer name veth-%s netns %s", left, left, right,
		right);
}

static void settle(const char *host, const char *address, const char *address6)
{
	ip("-n %s address add %s/24 dev veth-%s", host, address, host);
	ip("-n %s address add %s/64 dev veth-%s nodad", host, address6, host);
	ip("-n %s link set lo up", host);
	ip("-n %s link set veth-%s up", host, host);
}

void legs_make(void)
{
	static const char *const hosts[] = {"desk", "lgwan", "internet", "web"};

	assert_int_equal(unshare(CLONE_NEWNET | CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_true(mkdir(ZONES, 0755) == 0 || errno == EEXIST);
	assert_int_equal(mount("zones", ZONES, "tmpfs", 0, NULL), 0);
	own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	assert_true(own >= 0);
	ip("link set lo up");
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		ip("netns add %s", hosts[i]);
	}
	join("desk", "lgwan");
	join("internet", "web");
	settle("desk", LEGS_DESK, LEGS_DESK6);
	settle("lgwan", LEGS_LGWAN, LEGS_LGWAN6);
	settle("internet", LEGS_INTERNET, LEGS_INTERNET6);
	settle("web", LEGS_WEB, LEGS_WEB6);
	ip("-n web address add " LEGS_PRIVATE "/32 dev lo");
	ip("-n internet route add default via " LEGS_WEB);
	ip("-n internet route add default via " LEGS_WEB6);
	ip("-n lgwan route add default via " LEGS_DESK);
}

socklen_t legs_address(const char *text, unsigned port, struct sockaddr_storage *address)
{
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};

	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
		memcpy(address, &four, sizeof(four));
		return sizeof(four);
	}
	assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
	memcpy(address, &six, sizeof(six));
	return sizeof(six);
}

void legs_watch(struct legs_watch *watch)
{
	int room = ROOM;

	memset(watch, 0, sizeof(*watch));
	watch->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL));
	assert_true(watch->fd >= 0);
	assert_int_equal(setsockopt(watch->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)), 0);
}

/* Reads the headers. Returns 0 if they are whole. */
static int read_flow(const uint8_t *untrusted, size_t size, struct legs_flow *flow)
{
	size_t head = 0;
	const uint8_t *ports;

	if (size >= 20 && untrusted[0] >> 4 == 4) {
		flow->family = AF_INET;
		flow->protocol = untrusted[9];
		head = (size_t)(untrusted[0] & 15) * 4;
		inet_ntop(AF_INET, untrusted + 12, flow->from, sizeof(flow->from));
		inet_ntop(AF_INET, untrusted + 16, flow->to, sizeof(flow->to));
	} else if (size >= 40 && untrusted[0] >> 4 == 6) {
		flow->family = AF_INET6;
		flow->protocol = untrusted[6];
		head = 40;
		inet_ntop(AF_INET6, untrusted + 8, flow->from, sizeof(flow->from));
		inet_ntop(AF_INET6, untrusted + 24, flow->to, sizeof(flow->to));
		if (flow->protocol == IPPROTO_HOPOPTS && size >= head + 8) {
			flow->protocol = untrusted[head];
			head += (size_t)(untrusted[head + 1] + 1) * 8;
		}
	}
	if (head < 20 || size < head + 4) {
		return -EINVAL;
	}
	ports = untrusted + head;
	if (flow->protocol == IPPROTO_TCP || flow->protocol == IPPROTO_UDP) {
		flow->from_port = (uint16_t)(ports[0] << 8 | ports[1]);
		flow->to_port = (uint16_t)(ports[2] << 8 | ports[3]);
	} else {
		flow->from_port = ports[0];
	}
	flow->begins =
		flow->protocol == IPPROTO_TCP && size >= head + 14 && (ports[13] & 0x12) == 2;
	flow->packets = 1;
	return 0;
}

static int is_same(const struct legs_flow *left, const struct legs_flow *right)
{
	return left->is_out == right->is_out && left->protocol == right->protocol &&
	       left->from_port == right->from_port && left->to_port == right->to_port &&
	       strcmp(left->from, right->from) == 0 && strcmp(left->to, right->to) == 0;
}

static void count(struct legs_watch *watch, const struct legs_flow *flow)
{
	for (size_t i = 0; i < watch->flow_count; i++) {
		if (is_same(&watch->flows[i], flow)) {
			watch->flows[i].packets++;
			watch->flows[i].begins += flow->begins;
			return;
		}
	}
	assert_in_range(watch->flow_count, 0, LEGS_FLOWS_MAX - 1);
	watch->flows[watch->flow_count++] = *flow;
}

void legs_look(struct legs_watch *watch)
{
	struct tpacket_stats lost = {0};
	socklen_t lost_size = sizeof(lost);
	uint8_t untrusted[128]; /* the rest of a packet is cut off */

	for (;;) {
		struct sockaddr_ll from = {0};
		socklen_t size = sizeof(from);
		ssize_t got = recvfrom(watch->fd, untrusted, sizeof(untrusted), 0,
			(struct sockaddr *)&from, &size);
		struct legs_flow flow = {.is_out = from.sll_pkttype == PACKET_OUTGOING};

		if (got < 0) {
			assert_int_equal(errno, EAGAIN);
			break;
		}
		if (ntohs(from.sll_protocol) == ETH_P_ARP) {
			continue;
		}
		if (read_flow(untrusted, (size_t)got, &flow) != 0) {
			fail_msg("a packet of protocol 0x%04x, %zd bytes", ntohs(from.sll_protocol),
				got);
		}
		count(watch, &flow);
	}
	assert_int_equal(
		getsockopt(watch->fd, SOL_PACKET, PACKET_STATISTICS, &lost, &lost_size), 0);
	assert_int_equal(lost.tp_drops, 0);
}

void legs_forget(struct legs_watch *watch)
{
	legs_look(watch);
	watch->flow_count = 0;
}

void legs_unwatch(struct legs_watch *watch)
{
	close(watch->fd);
}

int legs_is_neighbour(const struct legs_flow *flow)
{
	return flow->protocol == IPPROTO_ICMPV6 && flow->from_port >= 133 && flow->from_port <= 136;
}

const char *legs_words(const struct legs_flow *flow)
{
	static char words[256];

	snprintf(words, sizeof(words), "%s protocol %u, %s port %u to %s port %u, %u packets%s",
		flow->is_out ? "sent" : "received", flow->protocol, flow->from, flow->from_port,
		flow->to, flow->to_port, flow->packets, flow->begins > 0 ? ", begun" : "");
	return words;
}
