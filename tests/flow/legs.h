/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_FLOW_LEGS_H
#define GARASU_FLOW_LEGS_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Hosts and lines of a test's own, each host a network namespace, and what was seen on the lines.
 *
 *   desk 10.20.0.9 ---- lgwan 10.20.0.1 | broker host | internet 93.184.200.2 ----
 * web 93.184.200.80 fd20::9              fd20::1                            2a10:20::2 2a10:20::80
 *
 * The test, and with it the broker host itself, moves into a namespace without any line, so that
 * nothing here touches the machine that runs it. Addresses of the public internet are used because
 * egress opens no others unasked; they go no further than the line.
 */

#define LEGS_LGWAN "10.20.0.1"
#define LEGS_LGWAN6 "fd20::1"
#define LEGS_DESK "10.20.0.9"
#define LEGS_DESK6 "fd20::9"
#define LEGS_INTERNET "93.184.200.2"
#define LEGS_INTERNET6 "2a10:20::2"
#define LEGS_WEB "93.184.200.80"
#define LEGS_WEB6 "2a10:20::80"
#define LEGS_PRIVATE "10.99.0.1" /* of the web host too: what no session may reach */

/* Makes them. Everything is gone with the test's process. */
void legs_make(void);

/* Runs in the host's namespace until legs_leave; "" is the broker host's own. */
void legs_enter(const char *host);
void legs_leave(void);

/* An address of a socket from its text. Returns its size. */
socklen_t legs_address(const char *text, unsigned port, struct sockaddr_storage *address);

/* One connection, datagram stream or the like, in one direction. */
struct legs_flow {
	int is_out; /* sent by the host that looks */
	int family; /* AF_INET, AF_INET6 */
	uint8_t protocol;
	char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];
	uint16_t from_port, to_port; /* ICMPv6: the type, 0 */
	unsigned packets, begins;    /* begins: TCP with SYN and no ACK */
};

#define LEGS_FLOWS_MAX 4096

struct legs_watch {
	int fd;
	unsigned dropped;
	size_t flow_count;
	struct legs_flow flows[LEGS_FLOWS_MAX];
};

/* Sees every packet of every interface of the calling thread's namespace from now on, except ARP.
 * legs_look takes in what came since; it fails the test if the kernel could not keep up. */
void legs_watch(struct legs_watch *watch);
void legs_look(struct legs_watch *watch);
void legs_forget(struct legs_watch *watch);
void legs_unwatch(struct legs_watch *watch);

/* True for what keeps IPv6 on a line together. */
int legs_is_neighbour(const struct legs_flow *flow);

/* A flow in words, for a failure's message. */
const char *legs_words(const struct legs_flow *flow);

#define LEGS_NFT "/usr/sbin/nft"

struct legs_attempt {
	int error; /* of the first packet: 0, EINPROGRESS, or what refused it */
	int is_open;
	uint16_t port; /* it was sent from */
};

/* As a uid, on a host, from a fresh process: sends a datagram, or begins a connection and, if told
 * to, waits whether it opens. */
struct legs_attempt legs_try(
	const char *host, uid_t uid, int type, const char *to, unsigned port, int waits);

/* Packets that rules with this comment dropped on a leg. */
unsigned legs_dropped(const char *leg, const char *comment);

/* Both kinds of attempt are refused by the rule with this comment, and nothing of them is on the
 * line. */
void legs_expect_refused(
	const char *leg, uid_t uid, const char *to, unsigned port, const char *comment);

/* Somebody listens on the leg, and still the caller hears nothing at all. */
void legs_expect_unheard(const char *caller, const char *leg, const char *at, unsigned port);

#define LEGS_NGINX "/usr/sbin/nginx"

#define LEGS_AUTHORITY "town/ca.crt" /* who signed the web host's certificate */

/* Makes an authority and a certificate of www.town.test with the broker's own tool, all below the
 * broker's directory, and starts nginx on the web host: the page for every name by HTTP on port 80
 * and by TLS 1.3 alone on 443, but at http://old.town.test the way to https://www.town.test/. Each
 * request is a line of web/access.log: the address and port that it came to, the client's address,
 * TLS's version or "-", the host that it named, and the answer's status. And answers there for
 * www.town.test (both families), old.town.test (IPv4), six.town.test (IPv6) and inside.town.test
 * (the private address). */
void legs_serve(const char *directory, const char *page);
void legs_serve_no_more(void);

/* Every request so far came from one of these addresses (ended by NULL), by TLS at port 443 alone,
 * and none to the private address. */
void legs_expect_clients(const char *const *clients);

#endif
