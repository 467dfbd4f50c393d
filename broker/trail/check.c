/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Follows a trail record by record.
 * Reads untrusted bytes from: files that stood where others could reach them. */

#include "trail/check.h"

#include <string.h>

#define CLOCKS_MS                                                                                  \
	60000u /* so far may the clocks of writer and reader lie apart, or a disk be late */
#define WITHIN_MAX_MS 86400000u /* no configuration has more */

static void add_fault(struct trail_check *check, enum trail_fault_kind kind, uint64_t first,
	uint64_t last, uint64_t line)
{
	if (check->fault_count++ < TRAIL_FAULTS_MAX) {
		check->faults[check->fault_count - 1] = (struct trail_fault){.kind = kind,
			.first = first,
			.last = last,
			.segment = check->segment,
			.line = line};
	}
}

static int is_equal(const uint8_t *left, const uint8_t *right)
{
	return memcmp(left, right, TRAIL_HASH_SIZE) == 0;
}

void trail_check_begin(struct trail_check *check, const struct trail_keys *keys,
	const struct trail_anchor *anchor, const struct trail_anchor *after, uint64_t at_unix_ms)
{
	memset(check, 0, sizeof(*check));
	check->keys = keys;
	check->anchor = anchor;
	check->at_unix_ms = at_unix_ms;
	check->expected = 1;
	check->knows_hash = 1; /* zeroes, before the first */
	if (after != NULL) {
		check->expected = after->record.number + 1;
		memcpy(check->hash, after->hash, sizeof(check->hash));
	}
	for (int i = 0; i < 2; i++) {
		const struct trail_anchor *given = i == 0 ? anchor : after;

		if (given != NULL && trail_keys_judge(keys, given->record.key, given->line,
					     given->record.signed_size,
					     given->record.signature) != TRAIL_SIGNATURE_GOOD) {
			add_fault(check, TRAIL_FAULT_ANCHOR, given->record.number,
				given->record.number, 0);
		}
	}
}

static void end_segment(struct trail_check *check)
{
	if (check->segment_first != 0 && !check->is_open && !check->ends_sealed) {
		add_fault(check, TRAIL_FAULT_UNSEALED, check->last, check->last, 0);
	}
}

void trail_check_segment(struct trail_check *check, size_t segment, int is_open, uint64_t first)
{
	end_segment(check);
	check->segment = segment;
	check->is_open = is_open;
	check->segment_first = first;
	check->is_first_line = 1;
	check->ends_sealed = 0;
	check->is_cut_last = 0;
}

/* ---- one record ---- */

/* A line that is no record waits for a start that explains it. */
static void hold_line(struct trail_check *check, const struct trail_line *line)
{
	if (check->torn_bytes == 0) {
		memset(check->torn_hash, 0, sizeof(check->torn_hash));
		check->torn_line = line->line;
	}
	trail_fold(check->torn_hash, line->untrusted_bytes, line->size);
	check->torn_bytes += line->size + (line->is_ended != 0);
	check->is_cut_last = !line->is_ended;
}

/* Returns 1 when the record stands where an unreadable one should be. */
static int judge_held(struct trail_check *check, const struct trail_record *record, uint64_t line)
{
	int is_told = record->kind == TRAIL_STARTED && record->torn_bytes > 0;
	int is_held = check->torn_bytes > 0;
	int is_explained = is_told && is_held && record->torn_bytes == check->torn_bytes &&
			   is_equal(record->torn, check->torn_hash);

	if (is_explained) {
		check->torn++;
	} else if (is_held) {
		add_fault(check, TRAIL_FAULT_UNREADABLE, check->expected, check->expected,
			check->torn_line);
	} else if (is_told) {
		add_fault(check, TRAIL_FAULT_TORN, record->number, record->number, line);
	}
	check->torn_bytes = 0;
	return is_held && !is_explained;
}

/* Its "before" against the bytes before it. Where they differ, the record after it tells which of
 * the two was changed. */
static void judge_hash(struct trail_check *check, const struct trail_record *record, uint64_t line)
{
	int fits = !check->knows_hash || is_equal(record->before, check->hash);
	uint64_t suspect = check->suspect;

	check->suspect = 0;
	if (suspect != 0) {
		uint64_t changed = fits && suspect > 1 ? suspect - 1 : suspect;

		add_fault(check, TRAIL_FAULT_CHANGED, changed, changed,
			changed == suspect ? line - (line > 1) : 0);
	} else if (!fits) {
		check->suspect = record->number;
	}
}

/* Nobody is left to tell: it is one of the two. */
static void judge_suspect(struct trail_check *check)
{
	if (check->suspect != 0) {
		add_fault(check, TRAIL_FAULT_CHANGED, check->suspect - 1, check->suspect, 0);
		check->suspect = 0;
	}
}

static void judge_seal(struct trail_check *check, const struct trail_record *record,
	const char *untrusted_line, uint64_t line)
{
	switch (trail_keys_judge(
		check->keys, record->key, untrusted_line, record->signed_size, record->signature)) {
	case TRAIL_SIGNATURE_GOOD:
		check->seals++;
		check->sealed = record->number;
		check->within_ms = record->within_ms != 0 ? record->within_ms : WITHIN_MAX_MS;
		check->unsealed = 0;
		break;
	case TRAIL_SIGNATURE_BAD:
		add_fault(check, TRAIL_FAULT_SIGNATURE, check->sealed + 1, record->number, line);
		break;
	case TRAIL_SIGNATURE_OTHER_KEY:
		add_fault(check, TRAIL_FAULT_OTHER_KEY, record->number, record->number, line);
		break;
	}
}

static void count_unsealed(struct trail_check *check, const struct trail_record *record)
{
	uint64_t unix_ms = trail_record_unix_ms(record);

	if (check->unsealed++ == 0) {
		check->oldest_ms = check->newest_ms = unix_ms;
	}
	check->oldest_ms = unix_ms < check->oldest_ms ? unix_ms : check->oldest_ms;
	check->newest_ms = unix_ms > check->newest_ms ? unix_ms : check->newest_ms;
}

static void judge_anchor(struct trail_check *check, const struct trail_record *record,
	const uint8_t hash[TRAIL_HASH_SIZE], uint64_t line)
{
	if (check->anchor != NULL && check->anchor->record.number == record->number &&
		!is_equal(hash, check->anchor->hash)) {
		add_fault(check, TRAIL_FAULT_NOT_ANCHOR, record->number, record->number, line);
	}
}

static void take_record(
	struct trail_check *check, const struct trail_record *record, const struct trail_line *line)
{
	int follows_unreadable = judge_held(check, record, line->line);
	uint8_t hash[TRAIL_HASH_SIZE];

	if (record->number < check->expected) {
		add_fault(check, TRAIL_FAULT_MOVED, record->number, record->number, line->line);
		return;
	}
	if (check->is_first_line && !check->is_open && check->segment_first != record->number) {
		add_fault(check, TRAIL_FAULT_NAME, record->number, record->number, line->line);
	}
	check->is_first_line = 0;
	if (follows_unreadable && record->number > check->expected) {
		check->expected++; /* the unreadable line was that one */
		check->knows_hash = 0;
	}
	if (record->number > check->expected) {
		judge_suspect(check);
		add_fault(check, TRAIL_FAULT_MISSING, check->expected, record->number - 1,
			line->line);
		check->knows_hash = 0;
	}
	judge_hash(check, record, line->line);
	trail_hash(line->untrusted_bytes, line->size, hash);
	judge_anchor(check, record, hash, line->line);
	count_unsealed(check, record);
	check->ends_sealed = record->kind == TRAIL_SEAL;
	if (record->kind == TRAIL_SEAL) {
		judge_seal(check, record, line->untrusted_bytes, line->line);
	}
	memcpy(check->hash, hash, sizeof(check->hash));
	check->knows_hash = 1;
	check->first = check->first == 0 ? record->number : check->first;
	check->last = record->number;
	check->expected = record->number + 1;
	check->is_cut_last = 0;
}

void trail_check_line(struct trail_check *check, const struct trail_line *line)
{
	struct trail_record record;

	if (line->is_first && line->is_ended &&
		trail_record_read(&record, line->untrusted_bytes, line->size) == 0) {
		take_record(check, &record, line);
	} else {
		hold_line(check, line);
	}
}

/* ---- the end ---- */

/* A record that stands elsewhere is not missing. */
static void find_moved(struct trail_check *check, uint64_t number)
{
	size_t count = check->fault_count;

	for (size_t i = 0; i < count; i++) {
		struct trail_fault *gap = &check->faults[i];

		if (gap->kind != TRAIL_FAULT_MISSING || number < gap->first || number > gap->last) {
			continue;
		}
		if (gap->first == gap->last) {
			memmove(gap, gap + 1, (count - i - 1) * sizeof(*gap));
			check->fault_count--;
			return;
		}
		gap->first += number == gap->first;
		gap->last -= number == gap->last;
	}
}

/* Nothing signed vouches for it: what a recorder could not have left was put there. */
static void judge_tail(struct trail_check *check)
{
	uint64_t first = check->last - check->unsealed + 1;

	if (check->seals == 0 || check->unsealed == 0) {
		return;
	}
	if (check->unsealed > TRAIL_UNSEALED_MAX) {
		add_fault(check, TRAIL_FAULT_TAIL, first, check->last, 0);
	}
	if (check->at_unix_ms != 0 &&
		(check->at_unix_ms > check->oldest_ms + check->within_ms + CLOCKS_MS ||
			check->newest_ms > check->at_unix_ms + CLOCKS_MS)) {
		add_fault(check, TRAIL_FAULT_TAIL_TIME, first, check->last, 0);
	}
}

size_t trail_check_end(struct trail_check *check)
{
	end_segment(check);
	judge_suspect(check);
	if (check->torn_bytes > 0 &&
		!(check->is_open && check->is_cut_last && check->torn_bytes <= TRAIL_LINE_MAX)) {
		add_fault(check, TRAIL_FAULT_UNREADABLE, check->expected, check->expected,
			check->torn_line);
	}
	for (size_t i = 0; check->fault_count <= TRAIL_FAULTS_MAX && i < check->fault_count; i++) {
		if (check->faults[i].kind == TRAIL_FAULT_MOVED) {
			size_t before = check->fault_count;

			find_moved(check, check->faults[i].first);
			i -= before - check->fault_count;
		}
	}
	if (check->anchor != NULL && check->anchor->record.number >= check->expected) {
		add_fault(check, TRAIL_FAULT_CUT, check->expected, check->anchor->record.number, 0);
	}
	judge_tail(check);
	if (check->seals == 0) {
		add_fault(check, TRAIL_FAULT_NO_SEAL, check->first, check->last, 0);
	}
	return check->fault_count;
}

static void on_line(void *owner, const struct trail_line *line)
{
	trail_check_line(owner, line);
}

int trail_check_folder(struct trail_check *check, struct trail_folder *folder, int directory)
{
	int result = trail_folder_list(folder, directory);

	for (size_t i = 0; result == 0 && i < trail_folder_count(folder); i++) {
		int is_open = i == folder->closed;

		trail_check_segment(check, i, is_open, is_open ? 0 : folder->firsts[i]);
		result = trail_folder_read(folder, i, on_line, check);
	}
	if (result == 0) {
		trail_check_end(check);
	}
	return result;
}
