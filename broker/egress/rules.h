/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_EGRESS_RULES_H
#define GARASU_EGRESS_RULES_H

#include "address.h"
#include "garasu/control.h"
#include "garasu/settings.h"
#include "upstream.h"

struct rules_range {
	struct address address;
	unsigned bits;
	uint16_t port; /* 0: every port of the list */
};

struct rules_name {
	char name[GARASU_HOST_SIZE];
	struct address address;
};

struct rules_domain { /* the name itself and every name below it */
	char name[GARASU_HOST_SIZE];
};

/* What may be reached, and how: the settings' lists. */
struct rules {
	struct rules_name *names;
	struct rules_range *allow, *deny;
	struct rules_domain *allow_names, *deny_names;
	size_t name_count, allow_count, deny_count, allow_name_count, deny_name_count;
	struct upstream upstream;
	char *servers; /* "address:port,..." as c-ares wants it; "" for those of the system */
	uint8_t ports[65536 / 8];
};

/* Reads the lists of garasu/settings.h; text has exactly the bytes that settings names. Returns 0,
 * -EPROTO when the sizes do not add up, -ENOMEM, or -EINVAL with the list and line in mistake. */
int rules_init(struct rules *rules, const struct garasu_egress_settings *settings, const char *text,
	size_t size, char mistake[64]) __attribute__((warn_unused_result));

/* Accepts zeroes. */
void rules_finish(struct rules *rules);

/* True while some address could be reached at this port. */
int rules_port_is_known(const struct rules *rules, uint16_t port);

/* True when the list of ports names it. */
int rules_port_is_listed(const struct rules *rules, uint16_t port);

/* The verdict of the two lists of domains on a canonical name: ALLOWED or DENIED_NAME. */
enum garasu_egress_verdict rules_judge_name(const struct rules *rules, const char *name);

/* True when only listed domains may be reached, so that an address without a name may not. */
int rules_want_names(const struct rules *rules);

/* The verdict on one address: ALLOWED, DENIED_ADDRESS or DENIED_PORT. */
enum garasu_egress_verdict rules_judge(
	const struct rules *rules, const struct address *address, uint16_t port);

/* True when the allow list itself names it. */
int rules_open(const struct rules *rules, const struct address *address, uint16_t port);

/* Fills the addresses that the names list has for a canonical name. Returns how many. */
size_t rules_find_name(
	const struct rules *rules, const char *name, struct address *addresses, size_t maximum);

#endif
