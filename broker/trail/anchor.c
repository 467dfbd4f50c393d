/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seal that is copied off the host, so that a trail cut short is found.
 * Reads untrusted bytes from: the anchor's file, or a trail. */

#include "trail/anchor.h"

#include "trail/folder.h"

#include <errno.h>
#include <string.h>

static void on_line(void *owner, const struct trail_line *line)
{
	struct trail_anchor *anchor = owner;
	struct trail_record record;

	if (!line->is_first || line->size >= sizeof(anchor->line) ||
		trail_record_read(&record, line->untrusted_bytes, line->size) != 0 ||
		record.kind != TRAIL_SEAL) {
		return;
	}
	anchor->record = record;
	trail_hash(line->untrusted_bytes, line->size, anchor->hash);
	memcpy(anchor->line, line->untrusted_bytes, line->size);
	anchor->line[line->size] = '\0';
}

int trail_anchor_read(struct trail_anchor *anchor, int fd)
{
	int result;

	memset(anchor, 0, sizeof(*anchor));
	result = trail_lines_read(fd, on_line, anchor);
	return result != 0 ? result : (anchor->record.number > 0 ? 0 : -ENOENT);
}

int trail_anchor_last(struct trail_anchor *anchor, int directory)
{
	struct trail_folder folder;
	int result = trail_folder_list(&folder, directory);
	size_t segment = result == 0 ? trail_folder_count(&folder) : 0;

	memset(anchor, 0, sizeof(*anchor));
	while (result == 0 && segment-- > 0 && anchor->record.number == 0) {
		result = trail_folder_read(&folder, segment, on_line, anchor);
	}
	if (result == 0) {
		trail_folder_finish(&folder);
	}
	return result != 0 ? result : (anchor->record.number > 0 ? 0 : -ENOENT);
}
