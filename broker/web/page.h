/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include <stddef.h>

/* The files that a browser may load, compiled in by embed.cmake. Their list is page/files.txt. */

#define PAGE_BYTES_MAX 262144u

struct page {
	const char *path; /* as in the request's target */
	const char *type; /* Content-Type */
	const unsigned char *bytes;
	size_t size;
	int is_lasting; /* its path changes with its bytes, so that browsers may keep it; gzip */
};

extern const struct page pages[];
extern const size_t page_count;

#endif
