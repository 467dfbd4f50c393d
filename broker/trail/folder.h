/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_TRAIL_FOLDER_H
#define GARASU_TRAIL_FOLDER_H

#include "trail/trail.h"

/* The segments of a directory in order: closed ones by their first number, then the open one. */
struct trail_folder {
	int directory; /* borrowed */
	size_t closed;
	uint64_t *firsts; /* of the closed ones */
	int has_open;
};

#define TRAIL_NAME_SIZE 40u

/* Lists the segments of a directory. Returns 0 or negative errno. */
int trail_folder_list(struct trail_folder *folder, int directory)
	__attribute__((warn_unused_result));
void trail_folder_finish(struct trail_folder *folder);

size_t trail_folder_count(const struct trail_folder *folder);

/* Fills name with a segment's file name. */
void trail_folder_name(const struct trail_folder *folder, size_t segment, char *name);

/* The file name of a closed segment. */
void trail_closed_name(uint64_t first, char name[TRAIL_NAME_SIZE]);

/* A line, or a piece of one that is longer than TRAIL_LINE_MAX. */
struct trail_line {
	const char *untrusted_bytes; /* without the line end */
	size_t size;
	uint64_t line;   /* from 1 */
	uint64_t offset; /* behind it in the file */
	int is_ended;    /* a line end follows; else it is a piece, or the file ends here */
	int is_first;    /* of its line */
};

typedef void (*trail_on_line)(void *owner, const struct trail_line *line);

/* Gives every line of a segment in turn. Returns 0 or negative errno. */
int trail_folder_read(const struct trail_folder *folder, size_t segment, trail_on_line on_line,
	void *owner) __attribute__((warn_unused_result));

/* The same from an open file. */
int trail_lines_read(int fd, trail_on_line on_line, void *owner)
	__attribute__((warn_unused_result));

#endif
