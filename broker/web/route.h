/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H

#include "page.h"
#include "request.h"

/* What a request asks for. docs/wire.md lists the same. */

enum route {
	ROUTE_PAGE,    /* one of the compiled-in files */
	ROUTE_LOGIN,   /* POST /login: name and password */
	ROUTE_LOGOUT,  /* POST /logout */
	ROUTE_SESSION, /* GET /session: a WebSocket with the user's session behind it */
	ROUTE_AGAIN,   /* GET /session/again: the same, asked for by the page alone after a loss */
	ROUTE_NOT_FOUND,
	ROUTE_WRONG_METHOD,
	ROUTE_FOREIGN,   /* asked for by another site's page */
	ROUTE_MALFORMED, /* no WebSocket of version 13, or another type than a form's */
};

/* Fills *page for ROUTE_PAGE. */
enum route route_find(const struct request *request, const struct page **page);

#endif
