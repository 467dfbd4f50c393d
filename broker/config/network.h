/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CONFIG_NETWORK_H
#define GARASU_CONFIG_NETWORK_H

enum network_part {
	NETWORK_BITS = 1, /* "/BITS" may follow the address */
	NETWORK_PORT = 2, /* ":PORT" may; an IPv6 address is then in brackets */
};

/* True for a numeric address with no more than the allowed parts (enum network_part). */
int network_range_is_sound(const char *text, unsigned allowed);

/* True for a DNS name: letters, digits, hyphens, underscores; the last label not a number. */
int network_name_is_sound(const char *text);

#endif
