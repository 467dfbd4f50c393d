/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws: a record that is read and has only a front is written with the same bytes; and of any file
 * at all the verifier says only what is so: a seal is good under our key alone, and no file that
 * does not hold one is sound.
 * Covers: broker/trail/check.c broker/trail/record.c broker/trail/anchor.c broker/trail/folder.c
 * Dictionary: trail */

#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void demand(int holds)
{
	if (!holds) {
		abort();
	}
}

static void on_line(void *owner, const struct trail_line *line)
{
	struct trail_record record;

	demand(line->size <= TRAIL_LINE_MAX);
	trail_check_line(owner, line);
	if (trail_record_read(&record, line->untrusted_bytes, line->size) == 0) {
		char front[TRAIL_FRONT_MAX];
		size_t size = trail_record_front(front, &record);

		demand(size < line->size && memcmp(front, line->untrusted_bytes, size) == 0);
		demand(record.kind != TRAIL_SEAL || record.signed_size < line->size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct trail_check check;
	static struct trail_anchor anchor;
	static const struct trail_keys keys = {.count = 1}; /* a key that nobody has */
	int fd = memfd_create("segment", MFD_CLOEXEC);
	int has_anchor;

	demand(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	demand(lseek(fd, 0, SEEK_SET) == 0);
	has_anchor = trail_anchor_read(&anchor, fd) == 0;
	demand(lseek(fd, 0, SEEK_SET) == 0);
	trail_check_begin(&check, &keys, has_anchor ? &anchor : NULL, NULL, 1);
	trail_check_segment(&check, 0, 1, 0);
	demand(trail_lines_read(fd, on_line, &check) == 0);
	demand(trail_check_end(&check) > 0 && check.seals == 0);
	demand(check.first <= check.last && check.last < check.expected);
	close(fd);
	return 0;
}
