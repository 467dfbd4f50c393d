/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One record of the trail, to and from its line. Pure.
 * Reads untrusted bytes from: files that stood where others could reach them. */

#include "trail/record.h"

#include "base/hex.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SEAL "seal"
#define STARTED "recorder_started"
#define WITHIN ",\"within_ms\":"
#define SIGNATURE ",\"signature\":\""

/* What is left of a line. */
struct rest {
	const char *at, *end;
};

static int take_word(struct rest *rest, const char *word)
{
	size_t size = strlen(word);

	if ((size_t)(rest->end - rest->at) < size || memcmp(rest->at, word, size) != 0) {
		return -EBADMSG;
	}
	rest->at += size;
	return 0;
}

/* Decimal digits without leading zeroes, at most 2^53: every reader of JSON can hold it. */
static int take_number(struct rest *rest, uint64_t *number)
{
	const char *start = rest->at;

	*number = 0;
	while (rest->at < rest->end && *rest->at >= '0' && *rest->at <= '9' &&
		rest->at - start < 17) {
		*number = *number * 10 + (uint64_t)(*rest->at++ - '0');
	}
	return rest->at > start && (*start != '0' || rest->at == start + 1) &&
			       *number <= UINT64_C(1) << 53
		       ? 0
		       : -EBADMSG;
}

static int take_hex(struct rest *rest, uint8_t *bytes, size_t size)
{
	if ((size_t)(rest->end - rest->at) < 2 * size ||
		garasu_hex_read(bytes, size, rest->at) != 0) {
		return -EBADMSG;
	}
	rest->at += 2 * size;
	return 0;
}

static int take_time(struct rest *rest, char time[TRAIL_TIME_SIZE + 1])
{
	static const char form[] = "0000-00-00T00:00:00.000Z";

	if ((size_t)(rest->end - rest->at) < TRAIL_TIME_SIZE) {
		return -EBADMSG;
	}
	for (size_t i = 0; i < TRAIL_TIME_SIZE; i++) {
		int is_digit = rest->at[i] >= '0' && rest->at[i] <= '9';

		if (form[i] == '0' ? !is_digit : rest->at[i] != form[i]) {
			return -EBADMSG;
		}
	}
	memcpy(time, rest->at, TRAIL_TIME_SIZE);
	time[TRAIL_TIME_SIZE] = '\0';
	rest->at += TRAIL_TIME_SIZE;
	return 0;
}

static int take_event(struct rest *rest, char event[TRAIL_EVENT_SIZE])
{
	size_t size = 0;

	while (rest->at < rest->end && size < TRAIL_EVENT_SIZE - 1 &&
		((*rest->at >= 'a' && *rest->at <= 'z') || *rest->at == '_')) {
		event[size++] = *rest->at++;
	}
	event[size] = '\0';
	return size > 0 ? 0 : -EBADMSG;
}

static int read_seal(struct trail_record *record, struct rest *rest, const char *line)
{
	if (take_word(rest, ",\"segment\":") != 0 || take_number(rest, &record->segment) != 0 ||
		(take_word(rest, WITHIN) == 0 && take_number(rest, &record->within_ms) != 0) ||
		take_word(rest, ",\"key\":\"") != 0 ||
		take_hex(rest, record->key, TRAIL_HASH_SIZE) != 0 || take_word(rest, "\"") != 0) {
		return -EBADMSG;
	}
	record->signed_size = (size_t)(rest->at - line);
	if (take_word(rest, SIGNATURE) != 0 ||
		take_hex(rest, record->signature, TRAIL_SIGNATURE_SIZE) != 0 ||
		take_word(rest, "\"}") != 0) {
		return -EBADMSG;
	}
	return rest->at == rest->end ? 0 : -EBADMSG;
}

static int read_start(struct trail_record *record, struct rest *rest)
{
	if (take_word(rest, ",\"torn_bytes\":") != 0 ||
		take_number(rest, &record->torn_bytes) != 0) {
		return -EBADMSG;
	}
	if (record->torn_bytes > 0 && (take_word(rest, ",\"torn\":\"") != 0 ||
					      take_hex(rest, record->torn, TRAIL_HASH_SIZE) != 0 ||
					      take_word(rest, "\"") != 0)) {
		return -EBADMSG;
	}
	return take_word(rest, "}") == 0 && rest->at == rest->end ? 0 : -EBADMSG;
}

/* The fields behind the name: up to the one brace that ends the record, none within. */
static int take_fields(const struct rest *rest)
{
	int is_text = 0;

	for (const char *at = rest->at; at < rest->end - 1; at++) {
		if ((unsigned char)*at < ' ' || (!is_text && (*at == '{' || *at == '}'))) {
			return -EBADMSG;
		}
		if (is_text && *at == '\\') {
			at++;
		} else if (*at == '"') {
			is_text = !is_text;
		}
	}
	return is_text ? -EBADMSG : 0;
}

int trail_record_read(struct trail_record *record, const char *untrusted_line, size_t size)
{
	struct rest rest = {untrusted_line, untrusted_line + size};

	memset(record, 0, sizeof(*record));
	if (size > TRAIL_LINE_MAX || size == 0 || rest.end[-1] != '}' ||
		memchr(untrusted_line, '\n', size) != NULL ||
		take_word(&rest, "{\"number\":") != 0 || take_number(&rest, &record->number) != 0 ||
		take_word(&rest, ",\"before\":\"") != 0 ||
		take_hex(&rest, record->before, TRAIL_HASH_SIZE) != 0 ||
		take_word(&rest, "\",\"time\":\"") != 0 || take_time(&rest, record->time) != 0 ||
		take_word(&rest, "\"") != 0 ||
		(take_word(&rest, ",\"sent\":") == 0 &&
			(take_number(&rest, &record->sent) != 0 || record->sent == 0)) ||
		take_word(&rest, ",\"event\":\"") != 0 || take_event(&rest, record->event) != 0 ||
		take_word(&rest, "\"") != 0 || record->number == 0) {
		return -EBADMSG;
	}
	if (record->sent == 0 && strcmp(record->event, SEAL) == 0) {
		record->kind = TRAIL_SEAL;
		return read_seal(record, &rest, untrusted_line);
	}
	if (record->sent == 0 && strcmp(record->event, STARTED) == 0) {
		record->kind = TRAIL_STARTED;
		return read_start(record, &rest);
	}
	return *rest.at == ',' || rest.at + 1 == rest.end ? take_fields(&rest) : -EBADMSG;
}

uint64_t trail_record_unix_ms(const struct trail_record *record)
{
	struct tm when = {0};
	unsigned ms = 0;
	time_t seconds;

	if (sscanf(record->time, "%4d-%2d-%2dT%2d:%2d:%2d.%3uZ", &when.tm_year, &when.tm_mon,
		    &when.tm_mday, &when.tm_hour, &when.tm_min, &when.tm_sec, &ms) != 7) {
		return 0;
	}
	when.tm_year -= 1900;
	when.tm_mon -= 1;
	seconds = timegm(&when);
	return seconds < 0 ? 0 : (uint64_t)seconds * 1000 + ms;
}

size_t trail_record_front(char out[TRAIL_FRONT_MAX], const struct trail_record *record)
{
	char before[TRAIL_HASH_TEXT];
	char sent[40] = "";

	garasu_hex_write(before, record->before, TRAIL_HASH_SIZE);
	if (record->sent != 0) {
		snprintf(sent, sizeof(sent), ",\"sent\":%" PRIu64, record->sent);
	}
	return (size_t)snprintf(out, TRAIL_FRONT_MAX,
		"{\"number\":%" PRIu64 ",\"before\":\"%s\",\"time\":\"%s\"%s,\"event\":\"%s\"",
		record->number, before, record->time, sent, record->event);
}

ssize_t trail_record_seal(
	char out[TRAIL_OWN_MAX], const struct trail_record *record, const struct trail_key *key)
{
	struct trail_record seal = *record;
	uint8_t signature[TRAIL_SIGNATURE_SIZE];
	uint8_t id[TRAIL_HASH_SIZE];
	char text[2 * TRAIL_SIGNATURE_SIZE + 1];
	size_t used;
	int result;

	snprintf(seal.event, sizeof(seal.event), SEAL);
	trail_key_id(key, id);
	garasu_hex_write(text, id, sizeof(id));
	used = trail_record_front(out, &seal);
	used += (size_t)snprintf(out + used, TRAIL_OWN_MAX - used,
		",\"segment\":%" PRIu64 WITHIN "%" PRIu64 ",\"key\":\"%s\"", record->segment,
		record->within_ms, text);
	result = trail_key_sign(key, out, used, signature);
	garasu_hex_write(text, signature, sizeof(signature));
	used += (size_t)snprintf(out + used, TRAIL_OWN_MAX - used, SIGNATURE "%s\"}", text);
	return result == 0 ? (ssize_t)used : result;
}

size_t trail_record_start(char out[TRAIL_OWN_MAX], const struct trail_record *record)
{
	struct trail_record start = *record;
	char text[TRAIL_HASH_TEXT];
	size_t used;

	snprintf(start.event, sizeof(start.event), STARTED);
	used = trail_record_front(out, &start);
	used += (size_t)snprintf(
		out + used, TRAIL_OWN_MAX - used, ",\"torn_bytes\":%" PRIu64, record->torn_bytes);
	if (record->torn_bytes > 0) {
		garasu_hex_write(text, record->torn, sizeof(record->torn));
		used += (size_t)snprintf(
			out + used, TRAIL_OWN_MAX - used, ",\"torn\":\"%s\"", text);
	}
	out[used++] = '}';
	return used;
}
