/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_PAGES_H
#define LOAD_PAGES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The tester's own web pages, served on loopback by a process of their own, so that serving never
 * stands between a key and the moment its pixel is noted.
 *
 * GET /p?m=MODE&s=SEED&t=TOKEN is one page of text, tables, drawings and photographs made from the
 * seed, with a strip and a ruler (code.h). MODE: the name of a profile
 * (work.h), but parked.
 */

struct pages {
	pid_t pid; /* 0: none */
	uint16_t port;
};

/* Starts the server on 127.0.0.1; port 0: any free one. Fills pages. Returns 0 or negative errno.
 */
int pages_start(struct pages *pages, uint16_t port) __attribute__((warn_unused_result));

/* Ends it; accepts zeroes. */
void pages_stop(struct pages *pages);

/* Serves in this process until a signal ends it, on a listening socket. Returns negative errno. */
int pages_serve(int listener);

/* Makes the listening socket; fills the port. Returns the descriptor or negative errno. */
int pages_listen(uint16_t *port) __attribute__((warn_unused_result));

/* How far the page reads and scrolls, in its own pixels. */
#define PAGES_HEIGHT 12000

/* Where a click puts the caret into the form, from the strip's place. */
#define PAGES_FORM_X 420
#define PAGES_FORM_Y 140

/* Where the film stands, from the strip's place (film.h has what it shows). */
#define PAGES_FILM_X 104
#define PAGES_FILM_Y 56

/* The page's text in pieces, ended by NULL: the same for every mode and seed, for its script reads
 * the address. */
extern const char *const pages_text[];

#endif
