/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP/1 heads: the one place where libhttp-parser is met.
 * Reads untrusted bytes from: browsers (requests), web servers (responses). */

#include "head.h"

#include "wire/http_head.h"

#include <errno.h>
#include <http_parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct reader {
	struct head *head;
	int is_in_value; /* the last callback was for a value */
	int is_overfull;
	int is_whole;
};

struct head_body {
	http_parser parser;
	int is_whole;
};

static int is_word(struct head_text text, const char *word)
{
	return text.size == strlen(word) && strncasecmp(text.bytes, word, text.size) == 0;
}

static int is_token_byte(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z') ||
	       (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

/* ---- libhttp-parser's callbacks ---- */

/* Pieces of one text touch each other, or have a folded line's break between them. */
static void add(struct head_text *text, const char *at, size_t size)
{
	if (text->bytes == NULL) {
		text->bytes = at;
	}
	text->size = (size_t)(at - text->bytes) + size;
}

static int on_url(http_parser *parser, const char *at, size_t size)
{
	add(&((struct reader *)parser->data)->head->target, at, size);
	return 0;
}

static int on_status(http_parser *parser, const char *at, size_t size)
{
	add(&((struct reader *)parser->data)->head->reason, at, size);
	return 0;
}

static int on_field(http_parser *parser, const char *at, size_t size)
{
	struct reader *reader = parser->data;
	struct head *head = reader->head;

	if (reader->is_in_value || head->field_count == 0) {
		if (head->field_count == HEAD_FIELDS_MAX) {
			reader->is_overfull = 1;
			return 1;
		}
		head->fields[head->field_count++] = (struct head_field){{0}, {0}};
	}
	reader->is_in_value = 0;
	add(&head->fields[head->field_count - 1].name, at, size);
	return 0;
}

static int on_value(http_parser *parser, const char *at, size_t size)
{
	struct reader *reader = parser->data;

	if (reader->head->field_count == 0) {
		return 1;
	}
	reader->is_in_value = 1;
	add(&reader->head->fields[reader->head->field_count - 1].value, at, size);
	return 0;
}

static int on_headers_complete(http_parser *parser)
{
	struct reader *reader = parser->data;

	reader->is_whole = 1;
	http_parser_pause(parser, 1);
	return 0;
}

static int run(enum http_parser_type type, const char *bytes, struct head *head)
{
	static const http_parser_settings settings = {.on_url = on_url,
		.on_status = on_status,
		.on_header_field = on_field,
		.on_header_value = on_value,
		.on_headers_complete = on_headers_complete};
	struct reader reader = {.head = head};
	http_parser parser;

	http_parser_init(&parser, type);
	parser.data = &reader;
	http_parser_execute(&parser, &settings, bytes, head->size);
	if (reader.is_overfull) {
		return HEAD_TOO_LARGE;
	}
	if (!reader.is_whole || parser.http_major != 1 || parser.http_minor > 1) {
		return HEAD_MALFORMED;
	}
	head->minor = parser.http_minor;
	if (type == HTTP_REQUEST) {
		head->is_connect = parser.method == HTTP_CONNECT;
		head->method.bytes = http_method_str((enum http_method)parser.method);
		head->method.size = strlen(head->method.bytes);
	} else {
		head->status = parser.status_code;
	}
	for (size_t i = 0; i < head->field_count; i++) {
		struct head_text *value = &head->fields[i].value;

		while (value->size > 0 && strchr(" \t\r\n", value->bytes[value->size - 1])) {
			value->size--;
		}
	}
	return HEAD_WHOLE;
}

/* ---- requests ---- */

/* Returns the bytes up to and with the empty line, 0 when it is not there yet. */
static size_t find_end(const char *bytes, size_t size, int is_strict)
{
	const char *end = bytes + size;

	for (const char *at = bytes; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++) {
		if (end - at >= 3 && at[1] == '\r' && at[2] == '\n') {
			return (size_t)(at + 3 - bytes);
		}
		if (!is_strict && end - at >= 2 && at[1] == '\n') {
			return (size_t)(at + 2 - bytes);
		}
	}
	return 0;
}

/* "METHOD target HTTP/1.x": two single spaces, and a version spelled so (Debian builds the parser
 * without its strict checks). */
static int has_request_line(const char *bytes, size_t size)
{
	const char *end = memchr(bytes, '\r', size);
	unsigned spaces = 0;

	for (const char *at = bytes; at < end; at++) {
		if (*at == '\t' || (*at == ' ' && (at[1] == ' ' || at[1] == '\r'))) {
			return 0;
		}
		spaces += *at == ' ';
	}
	return spaces == 2 && is_token_byte(bytes[0]) && end - bytes > 9 &&
	       memcmp(end - 9, " HTTP/1.", 8) == 0;
}

static int is_number(struct head_text text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (text.bytes[i] < '0' || text.bytes[i] > '9') {
			return 0;
		}
	}
	return text.size > 0 && text.size <= 18;
}

/* One reading of where this request ends and for whom it is, or none. */
static int is_unambiguous(const struct head *head)
{
	unsigned hosts = 0, lengths = 0, codings = 0;

	for (size_t i = 0; i < head->field_count; i++) {
		const struct head_field *field = &head->fields[i];

		for (size_t j = 0; j < field->name.size; j++) {
			if (!is_token_byte(field->name.bytes[j])) {
				return 0;
			}
		}
		if (is_word(field->name, "host")) {
			hosts++;
		} else if (is_word(field->name, "content-length")) {
			lengths++;
			if (!is_number(field->value)) {
				return 0;
			}
		} else if (is_word(field->name, "transfer-encoding")) {
			codings++;
			if (!is_word(field->value, "chunked") || head->minor == 0) {
				return 0;
			}
		}
	}
	if (lengths + codings > 1 || hosts > 1 || (hosts == 0 && head->minor == 1)) {
		return 0;
	}
	return !head->is_connect || lengths + codings == 0;
}

enum head_verdict head_parse_request(const char *untrusted_bytes, size_t size, struct head *head)
{
	size_t seen = size < HEAD_REQUEST_MAX ? size : HEAD_REQUEST_MAX;
	size_t end = find_end(untrusted_bytes, seen, 1);
	int verdict;

	if (end == 0) {
		return size < HEAD_REQUEST_MAX ? HEAD_INCOMPLETE : HEAD_TOO_LARGE;
	}
	if (!wire_http_head_is_clean(untrusted_bytes, end) ||
		!has_request_line(untrusted_bytes, end)) {
		return HEAD_MALFORMED;
	}
	memset(head, 0, sizeof(*head));
	head->size = end;
	verdict = run(HTTP_REQUEST, untrusted_bytes, head);
	if (verdict == HEAD_WHOLE && !is_unambiguous(head)) {
		return HEAD_MALFORMED;
	}
	return (enum head_verdict)verdict;
}

/* ---- responses ---- */

enum head_verdict head_parse_response(const char *untrusted_bytes, size_t size, struct head *head)
{
	size_t seen = size < HEAD_RESPONSE_MAX ? size : HEAD_RESPONSE_MAX;
	size_t end = find_end(untrusted_bytes, seen, 0);

	if (end == 0) {
		return size < HEAD_RESPONSE_MAX ? HEAD_INCOMPLETE : HEAD_TOO_LARGE;
	}
	memset(head, 0, sizeof(*head));
	head->size = end;
	return (enum head_verdict)run(HTTP_RESPONSE, untrusted_bytes, head);
}

/* ---- rewriting ---- */

/* True when one of the Connection fields names this field. */
static int is_named_by_connection(const struct head *head, struct head_text name)
{
	for (size_t i = 0; i < head->field_count; i++) {
		struct head_text list = head->fields[i].value;

		if (!is_word(head->fields[i].name, "connection")) {
			continue;
		}
		for (size_t at = 0; at < list.size;) {
			size_t start = at;

			while (at < list.size && is_token_byte(list.bytes[at])) {
				at++;
			}
			if (at - start == name.size &&
				strncasecmp(list.bytes + start, name.bytes, name.size) == 0) {
				return 1;
			}
			at += at == start;
		}
	}
	return 0;
}

static int is_dropped(const struct head *head, struct head_text name)
{
	static const char *const always[] = {"connection", "keep-alive", "proxy-connection",
		"proxy-authorization", "proxy-authenticate", "proxy-authentication-info", "te",
		"close", "trailer", "upgrade"};
	/* What frames the message or names its server is no hop's to drop. */
	static const char *const never[] = {"host", "content-length", "transfer-encoding"};

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
		if (is_word(name, always[i])) {
			return 1;
		}
	}
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (is_word(name, never[i])) {
			return 0;
		}
	}
	return is_named_by_connection(head, name);
}

static int write_text(struct garasu_buffer *out, const char *text)
{
	return garasu_buffer_append(out, text, strlen(text));
}

/* A folded value becomes one line. */
static int write_value(struct garasu_buffer *out, struct head_text value)
{
	uint8_t *to = garasu_buffer_reserve(out, value.size);

	if (to == NULL) {
		return -ENOBUFS;
	}
	for (size_t i = 0; i < value.size; i++) {
		char byte = value.bytes[i];

		to[i] = (uint8_t)(byte == '\r' || byte == '\n' || byte == '\0' ? ' ' : byte);
	}
	garasu_buffer_commit(out, value.size);
	return 0;
}

static int write_fields(const struct head *head, struct garasu_buffer *out, int is_request)
{
	for (size_t i = 0; i < head->field_count; i++) {
		const struct head_field *field = &head->fields[i];

		if (is_dropped(head, field->name) || (is_request && is_word(field->name, "host"))) {
			continue;
		}
		if (garasu_buffer_append(out, field->name.bytes, field->name.size) != 0 ||
			write_text(out, ": ") != 0 || write_value(out, field->value) != 0 ||
			write_text(out, "\r\n") != 0) {
			return -ENOBUFS;
		}
	}
	return 0;
}

static int write_request_line(const struct head *head, struct head_text authority,
	struct head_text path, int is_absolute, struct garasu_buffer *out)
{
	if (garasu_buffer_append(out, head->method.bytes, head->method.size) != 0 ||
		write_text(out, is_absolute ? " http://" : " ") != 0 ||
		(is_absolute && garasu_buffer_append(out, authority.bytes, authority.size) != 0) ||
		write_text(out, path.size > 0 && path.bytes[0] == '/' ? "" : "/") != 0 ||
		garasu_buffer_append(out, path.bytes, path.size) != 0) {
		return -ENOBUFS;
	}
	return write_text(out, head->minor == 1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
}

int head_write_request(const struct head *head, struct head_text authority, struct head_text path,
	const char *proxy_fields, struct garasu_buffer *out)
{
	if (write_request_line(head, authority, path, proxy_fields != NULL, out) != 0 ||
		write_text(out, "Host: ") != 0 ||
		garasu_buffer_append(out, authority.bytes, authority.size) != 0 ||
		write_text(out, "\r\n") != 0 || write_fields(head, out, 1) != 0 ||
		(proxy_fields != NULL && write_text(out, proxy_fields) != 0)) {
		return -ENOBUFS;
	}
	return write_text(out, "Connection: close\r\n\r\n");
}

int head_write_response(const struct head *head, struct garasu_buffer *out)
{
	char status[32];

	snprintf(status, sizeof(status), "HTTP/1.%u %03u ", head->minor, head->status % 1000);
	if (write_text(out, status) != 0 || write_value(out, head->reason) != 0 ||
		write_text(out, "\r\n") != 0 || write_fields(head, out, 0) != 0) {
		return -ENOBUFS;
	}
	return write_text(out, head->status < 200 ? "\r\n" : "Connection: close\r\n\r\n");
}

/* ---- a request's body ---- */

static int on_body_whole(http_parser *parser)
{
	((struct head_body *)parser->data)->is_whole = 1;
	http_parser_pause(parser, 1);
	return 0;
}

static const http_parser_settings body_settings = {.on_message_complete = on_body_whole};

struct head_body *head_body_create(const char *bytes, size_t head_size)
{
	struct head_body *body = calloc(1, sizeof(*body));

	if (body == NULL) {
		return NULL;
	}
	http_parser_init(&body->parser, HTTP_REQUEST);
	body->parser.data = body;
	http_parser_execute(&body->parser, &body_settings, bytes, head_size);
	return body;
}

void head_body_destroy(struct head_body **body)
{
	free(*body);
	*body = NULL;
}

ssize_t head_body_follow(struct head_body *body, const char *untrusted_bytes, size_t size)
{
	size_t taken;

	if (body->is_whole || size == 0) {
		return 0;
	}
	taken = http_parser_execute(&body->parser, &body_settings, untrusted_bytes, size);
	if (!body->is_whole && HTTP_PARSER_ERRNO(&body->parser) != HPE_OK) {
		return -EPROTO;
	}
	return (ssize_t)taken;
}

int head_body_is_whole(const struct head_body *body)
{
	return body->is_whole;
}
