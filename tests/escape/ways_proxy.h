/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_ESCAPE_WAYS_PROXY_H
#define GARASU_ESCAPE_WAYS_PROXY_H

/* The proxy of one session, and behind it one web server in TLS that offers QUIC with every
 * answer. */

/* Makes an authority and the server's certificate. Returns the authority's PEM. */
const char *proxy_make(const char *host);

/* Serves the page on the listener, which it takes. */
void proxy_start(int listener, const char *page);
void proxy_stop(void);

/* True if a page said /report?TEXT. */
int proxy_was_told(const char *text);

/* True if the proxy was asked for this HOST:PORT. */
int proxy_was_asked(const char *target);

/* All of it, by lines. */
const char *proxy_heard(void);

#endif
