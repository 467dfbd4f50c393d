/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP/1.1 request heads: the one place of this role where libhttp-parser is met.
 * Reads untrusted bytes from: the viewer. */

#include "request.h"

#include "wire/http_head.h"

#include <http_parser.h>
#include <string.h>
#include <strings.h>

struct reader {
	struct request *request;
	struct request_text name, value;
	unsigned fields;
	int is_in_value, is_whole, is_overfull, is_ambiguous;
};

/* Fields that mean something here: each at most once. */
static const struct {
	const char *name;
	size_t offset;
} known[] = {
	{"host", offsetof(struct request, host)},
	{"origin", offsetof(struct request, origin)},
	{"sec-fetch-site", offsetof(struct request, fetch_site)},
	{"cookie", offsetof(struct request, cookie)},
	{"content-type", offsetof(struct request, content_type)},
	{"content-length", offsetof(struct request, content_length)},
	{"upgrade", offsetof(struct request, upgrade)},
	{"connection", offsetof(struct request, connection)},
	{"sec-websocket-key", offsetof(struct request, websocket_key)},
	{"sec-websocket-version", offsetof(struct request, websocket_version)},
};

/* What frames a body in another way than its length. */
static const char *const refused[] = {"transfer-encoding", "expect", "trailer"};

int request_text_is(struct request_text text, const char *words)
{
	return text.bytes != NULL && text.size == strlen(words) &&
	       strncasecmp(text.bytes, words, text.size) == 0;
}

int request_text_lists(struct request_text text, const char *token)
{
	const char *at = text.bytes;
	const char *end = text.bytes != NULL ? text.bytes + text.size : NULL;

	while (at < end) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		struct request_text part = {at, (size_t)((comma != NULL ? comma : end) - at)};

		while (part.size > 0 && *part.bytes == ' ') {
			part.bytes++;
			part.size--;
		}
		while (part.size > 0 && part.bytes[part.size - 1] == ' ') {
			part.size--;
		}
		if (request_text_is(part, token)) {
			return 1;
		}
		at = comma != NULL ? comma + 1 : end;
	}
	return 0;
}

/* Debian builds the parser without its strict checks. */
static int is_token(struct request_text text)
{
	for (size_t i = 0; i < text.size; i++) {
		char byte = text.bytes[i];

		if (!((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
			    (byte >= 'A' && byte <= 'Z') ||
			    (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL))) {
			return 0;
		}
	}
	return text.size > 0;
}

/* ---- libhttp-parser's callbacks ---- */

static void end_field(struct reader *reader)
{
	struct request_text *value = &reader->value;

	if (reader->name.bytes == NULL) {
		return;
	}
	reader->is_ambiguous |= !is_token(reader->name);
	while (value->size > 0 && strchr(" \t", value->bytes[value->size - 1]) != NULL) {
		value->size--;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct request_text *slot =
			(struct request_text *)(void *)((char *)reader->request + known[i].offset);

		if (request_text_is(reader->name, known[i].name)) {
			reader->is_ambiguous |= slot->bytes != NULL;
			*slot = *value;
		}
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		reader->is_ambiguous |= request_text_is(reader->name, refused[i]);
	}
	reader->name.bytes = NULL;
}

/* Pieces of one text touch each other. */
static void add(struct request_text *text, const char *at, size_t size)
{
	if (text->bytes == NULL) {
		text->bytes = at;
		text->size = 0;
	}
	text->size += size;
}

static int on_url(http_parser *parser, const char *at, size_t size)
{
	add(&((struct reader *)parser->data)->request->target, at, size);
	return 0;
}

static int on_field(http_parser *parser, const char *at, size_t size)
{
	struct reader *reader = parser->data;

	if (reader->is_in_value) {
		end_field(reader);
		reader->is_in_value = 0;
	}
	if (reader->name.bytes == NULL && ++reader->fields > REQUEST_FIELDS_MAX) {
		reader->is_overfull = 1;
		return 1;
	}
	add(&reader->name, at, size);
	return 0;
}

static int on_value(http_parser *parser, const char *at, size_t size)
{
	struct reader *reader = parser->data;

	if (!reader->is_in_value) {
		reader->value = (struct request_text){at, 0};
	}
	reader->is_in_value = 1;
	add(&reader->value, at, size);
	return 0;
}

static int on_headers_complete(http_parser *parser)
{
	struct reader *reader = parser->data;

	end_field(reader);
	reader->is_whole = 1;
	http_parser_pause(parser, 1);
	return 0;
}

/* ---- what the parser does not look at ---- */

/* Returns the bytes up to and with the empty line, 0 when it is not there yet. */
static size_t find_end(const char *bytes, size_t size)
{
	const char *end = memmem(bytes, size, "\r\n\r\n", 4);

	return end != NULL ? (size_t)(end - bytes) + 4 : 0;
}

/* "METHOD /target HTTP/1.1": two single spaces, and only printable ASCII. */
static int has_request_line(const char *bytes, size_t size)
{
	const char *end = memchr(bytes, '\r', size);
	unsigned spaces = 0;

	for (const char *at = bytes; at < end; at++) {
		if (*at < ' ' || *at > '~' || (*at == ' ' && at[1] == ' ')) {
			return 0;
		}
		spaces += *at == ' ';
	}
	return spaces == 2 && bytes[0] >= 'A' && bytes[0] <= 'Z' && end - bytes > 9 &&
	       memcmp(end - 9, " HTTP/1.1", 9) == 0;
}

/* Returns the body's length, or -1. */
static long body_length(const struct request *request)
{
	struct request_text text = request->content_length;
	long length = 0;

	if (text.bytes == NULL) {
		return 0;
	}
	if (text.size == 0 || text.size > 9) {
		return -1;
	}
	for (size_t i = 0; i < text.size; i++) {
		if (text.bytes[i] < '0' || text.bytes[i] > '9') {
			return -1;
		}
		length = length * 10 + (text.bytes[i] - '0');
	}
	return length;
}

static enum request_method method_of(const http_parser *parser)
{
	return parser->method == HTTP_GET    ? REQUEST_GET
	       : parser->method == HTTP_HEAD ? REQUEST_HEAD
	       : parser->method == HTTP_POST ? REQUEST_POST
					     : REQUEST_OTHER;
}

static enum request_verdict read_head(
	const char *untrusted_bytes, size_t size, struct request *request)
{
	static const http_parser_settings settings = {.on_url = on_url,
		.on_header_field = on_field,
		.on_header_value = on_value,
		.on_headers_complete = on_headers_complete};
	struct reader reader = {.request = request};
	http_parser parser;

	memset(request, 0, sizeof(*request));
	if (!wire_http_head_is_clean(untrusted_bytes, size) ||
		!has_request_line(untrusted_bytes, size)) {
		return REQUEST_MALFORMED;
	}
	http_parser_init(&parser, HTTP_REQUEST);
	parser.data = &reader;
	http_parser_execute(&parser, &settings, untrusted_bytes, size);
	if (reader.is_overfull) {
		return REQUEST_HEAD_TOO_LARGE;
	}
	if (!reader.is_whole || reader.is_ambiguous || parser.http_major != 1 ||
		parser.http_minor != 1 || request->host.bytes == NULL || request->host.size == 0 ||
		request->target.size == 0 || request->target.bytes[0] != '/') {
		return REQUEST_MALFORMED;
	}
	request->method = method_of(&parser);
	return REQUEST_WHOLE;
}

enum request_verdict request_read(const char *untrusted_bytes, size_t size, struct request *request)
{
	size_t seen = size < REQUEST_HEAD_MAX ? size : REQUEST_HEAD_MAX;
	size_t head = find_end(untrusted_bytes, seen);
	enum request_verdict verdict;
	long length;

	if (head == 0) {
		return size < REQUEST_HEAD_MAX ? REQUEST_INCOMPLETE : REQUEST_HEAD_TOO_LARGE;
	}
	verdict = read_head(untrusted_bytes, head, request);
	if (verdict != REQUEST_WHOLE) {
		return verdict;
	}
	length = body_length(request);
	if (length < 0 || (length > 0 && request->method != REQUEST_POST)) {
		return REQUEST_MALFORMED;
	}
	if (length > (long)REQUEST_BODY_MAX) {
		return REQUEST_BODY_TOO_LARGE;
	}
	request->size = head + (size_t)length;
	if (size < request->size) {
		return REQUEST_INCOMPLETE;
	}
	request->body = (struct request_text){untrusted_bytes + head, (size_t)length};
	return REQUEST_WHOLE;
}
