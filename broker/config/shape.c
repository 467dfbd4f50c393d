/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form of the file. libcyaml stops at the first mistake and often names the line before it, so
 * the tree is walked beside the schema first. The one place where libyaml is met.
 * Reads untrusted bytes from: the configuration file, whose author is trusted but makes mistakes.
 */

#include "shape.h"

#include "schema.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE 96
#define SHOWN_MAX 64

/* Where the walk stands. */
struct place {
	const char *section, *key; /* NULL above them */
	char name[NAME_SIZE];      /* "section.key" */
	unsigned line;
};

static const char *text_of(const yaml_node_t *node)
{
	return (const char *)node->data.scalar.value;
}

/* A value in words, for a message. */
static const char *show(const yaml_node_t *node, char words[SHOWN_MAX + 16])
{
	if (node->type == YAML_SEQUENCE_NODE) {
		return "a list";
	}
	if (node->type == YAML_MAPPING_NODE) {
		return "a group of keys";
	}
	if (node->data.scalar.length == 0) {
		return "empty";
	}
	snprintf(words, SHOWN_MAX + 16, "\"%.*s\"", SHOWN_MAX, text_of(node));
	return words;
}

static int is_digits(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && strspn(text, "0123456789") == length &&
	       (text[0] != '0' || length == 1);
}

static void check_number(struct config_report *report, const struct place *place,
	const cyaml_schema_value_t *value, const yaml_node_t *node)
{
	const struct config_number *number =
		place->key != NULL ? config_number_find(place->section, place->key) : NULL;
	uint64_t least = number != NULL ? number->least : 0;
	uint64_t most = number != NULL ? number->most : UINT64_MAX >> (64 - 8 * value->data_size);
	char words[SHOWN_MAX + 16];
	uint64_t given = 0;
	int is_number = node->type == YAML_SCALAR_NODE && is_digits(text_of(node));

	if (is_number) {
		errno = 0;
		given = strtoull(text_of(node), NULL, 10);
		is_number = errno == 0;
	}
	if (!is_number || given < least || given > most) {
		config_complain_at(report, place->line,
			"%s is %s, expected a number, %" PRIu64 " to %" PRIu64, place->name,
			show(node, words), least, most);
	}
}

static void check_text(struct config_report *report, const struct place *place,
	const cyaml_schema_value_t *value, const yaml_node_t *node)
{
	char words[SHOWN_MAX + 16];
	int is_text = node->type == YAML_SCALAR_NODE &&
		      node->data.scalar.length >= value->string.min &&
		      node->data.scalar.length <= value->string.max;

	for (size_t i = 0; is_text && i < node->data.scalar.length; i++) {
		is_text = node->data.scalar.value[i] >= 0x20 && node->data.scalar.value[i] != 0x7f;
	}
	if (!is_text) {
		config_complain_at(report, place->line,
			"%s is %s, expected %u to %u bytes of text without controls", place->name,
			show(node, words), value->string.min, value->string.max);
	}
}

static void check_choice(struct config_report *report, const struct place *place,
	const cyaml_schema_value_t *value, const yaml_node_t *node)
{
	char words[SHOWN_MAX + 16];
	char choices[128] = "";
	size_t used = 0;

	for (uint32_t i = 0; i < value->enumeration.count; i++) {
		const char *choice = value->enumeration.strings[i].str;

		if (node->type == YAML_SCALAR_NODE && strcmp(text_of(node), choice) == 0) {
			return;
		}
		used += (size_t)snprintf(choices + used, sizeof(choices) - used, "%s%s",
			i == 0                              ? ""
			: i + 1 == value->enumeration.count ? " or "
							    : ", ",
			choice);
	}
	config_complain_at(report, place->line, "%s is %s, expected %s", place->name,
		show(node, words), choices);
}

static void check_value(struct config_report *report, const struct place *place,
	const cyaml_schema_value_t *value, yaml_node_t *node);

static void check_list(struct config_report *report, const struct place *place,
	const cyaml_schema_value_t *value, yaml_node_t *node)
{
	char words[SHOWN_MAX + 16];
	size_t count;

	if (node->type != YAML_SEQUENCE_NODE) {
		config_complain_at(report, place->line, "%s is %s, expected a list: [A, B]",
			place->name, show(node, words));
		return;
	}
	count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
	if (count < value->sequence.min || count > value->sequence.max) {
		config_complain_at(report, place->line,
			"%s has %zu entries, expected %" PRIu32 " to %" PRIu32, place->name, count,
			value->sequence.min, value->sequence.max);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		yaml_node_t *entry = yaml_document_get_node(
			&report->document, node->data.sequence.items.start[i]);
		struct place inner = *place;

		inner.line = (unsigned)entry->start_mark.line + 1;
		check_value(report, &inner, value->sequence.entry, entry);
	}
}

/* "a, b or c" of a mapping's keys. */
static void list_keys(const cyaml_schema_field_t *fields, char *words, size_t size)
{
	size_t used = 0;

	words[0] = '\0';
	for (size_t i = 0; fields[i].key != NULL && used < size; i++) {
		used += (size_t)snprintf(words + used, size - used, "%s%s",
			i == 0                      ? ""
			: fields[i + 1].key == NULL ? " or "
						    : ", ",
			fields[i].key);
	}
}

static struct place inside(const struct place *outer, const char *key, unsigned line)
{
	struct place inner = *outer;

	if (outer->section == NULL) {
		inner.section = key;
		snprintf(inner.name, sizeof(inner.name), "%.60s", key);
	} else {
		inner.key = outer->key == NULL ? key : outer->key;
		snprintf(inner.name, sizeof(inner.name), "%.60s.%.32s", outer->name, key);
	}
	inner.line = line;
	return inner;
}

static void complain_unknown(struct config_report *report, const struct place *outer,
	const cyaml_schema_field_t *fields, const yaml_node_t *key)
{
	char words[SHOWN_MAX + 16];
	char known[512];

	list_keys(fields, known, sizeof(known));
	config_complain_at(report, (unsigned)key->start_mark.line + 1,
		"%s is not a %s, expected %s", show(key, words),
		outer->section == NULL ? "section" : "key here", known);
}

/* One "key: value" of a mapping. */
static void check_pair(struct config_report *report, const struct place *outer,
	const cyaml_schema_field_t *fields, yaml_node_t *mapping, const yaml_node_pair_t *pair)
{
	yaml_node_t *key = yaml_document_get_node(&report->document, pair->key);
	yaml_node_t *first = NULL;
	const cyaml_schema_field_t *field = fields;
	struct place place;

	while (key->type == YAML_SCALAR_NODE && field->key != NULL &&
		strcmp(field->key, text_of(key)) != 0) {
		field++;
	}
	if (key->type != YAML_SCALAR_NODE || field->key == NULL) {
		complain_unknown(report, outer, fields, key);
		return;
	}
	place = inside(outer, field->key, (unsigned)key->start_mark.line + 1);
	(void)config_child(&report->document, mapping, field->key, &first);
	if (first != key) {
		config_complain_at(report, place.line,
			"%s stands here again, expected once: line %zu has it", place.name,
			first->start_mark.line + 1);
		return;
	}
	check_value(report, &place, &field->value,
		yaml_document_get_node(&report->document, pair->value));
}

static void check_mapping(struct config_report *report, const struct place *place,
	const cyaml_schema_value_t *value, yaml_node_t *node)
{
	const cyaml_schema_field_t *fields = value->mapping.fields;
	char words[SHOWN_MAX + 16];
	char known[512];

	if (node->type != YAML_MAPPING_NODE) {
		list_keys(fields, known, sizeof(known));
		config_complain_at(report, place->line, "%s is %s, expected \"key: value\" with %s",
			place->name, show(node, words), known);
		return;
	}
	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
		pair < node->data.mapping.pairs.top; pair++) {
		check_pair(report, place, fields, node, pair);
	}
	for (const cyaml_schema_field_t *field = fields; field->key != NULL; field++) {
		if ((field->value.flags & CYAML_FLAG_OPTIONAL) == 0 &&
			config_child(&report->document, node, field->key, NULL) == NULL) {
			struct place missing = inside(place, field->key, place->line);

			config_complain_at(report, place->line, "%s is missing, expected %s",
				missing.name,
				place->section == NULL ? "this section" : "this key here");
		}
	}
}

static void check_value(struct config_report *report, const struct place *place,
	const cyaml_schema_value_t *value, yaml_node_t *node)
{
	if (value->type == CYAML_UINT) {
		check_number(report, place, value, node);
	} else if (value->type == CYAML_STRING) {
		check_text(report, place, value, node);
	} else if (value->type == CYAML_ENUM) {
		check_choice(report, place, value, node);
	} else if (value->type == CYAML_SEQUENCE) {
		check_list(report, place, value, node);
	} else if (value->type == CYAML_MAPPING) {
		check_mapping(report, place, value, node);
	}
}

static unsigned line_of_offset(const char *text, size_t size, size_t offset)
{
	unsigned line = 1;

	for (size_t i = 0; i < size && i < offset; i++) {
		line += text[i] == '\n';
	}
	return line;
}

/* libyaml's own words, at the line that a person would look at. */
static void complain_yaml(
	struct config_report *report, const yaml_parser_t *parser, const char *text, size_t size)
{
	const char *problem = parser->problem != NULL ? parser->problem : "memory is short";
	size_t line = parser->problem_mark.line + 1;

	if (parser->error == YAML_READER_ERROR) {
		line = line_of_offset(text, size, parser->problem_offset);
	} else if (parser->context != NULL && strstr(problem, "end of stream") != NULL) {
		line = parser->context_mark.line + 1;
	}
	if (parser->error == YAML_SCANNER_ERROR && parser->problem_mark.index < size &&
		text[parser->problem_mark.index] == '\t') {
		config_complain_at(
			report, (unsigned)line, "a tab stands here, expected spaces to indent");
		return;
	}
	config_complain_at(
		report, (unsigned)line, "%s, expected YAML as in garasu.conf(5)", problem);
}

/* Whatever follows the document. */
static void check_end(
	struct config_report *report, yaml_parser_t *parser, const char *text, size_t size)
{
	yaml_document_t second;
	const yaml_node_t *root;

	if (yaml_parser_load(parser, &second) == 0) {
		complain_yaml(report, parser, text, size);
		return;
	}
	root = yaml_document_get_root_node(&second);
	if (root != NULL) {
		config_complain_at(report, (unsigned)root->start_mark.line + 1,
			"a second document begins, expected one");
	}
	yaml_document_delete(&second);
}

int config_shape_check(struct config_report *report, const char *text, size_t size)
{
	struct place top = {.name = "the file", .line = 1};
	yaml_parser_t parser;
	yaml_node_t *root;

	if (yaml_parser_initialize(&parser) == 0) {
		config_complain_at(report, 1, "memory is short, expected more");
		return -EINVAL;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
	report->has_document = yaml_parser_load(&parser, &report->document) != 0;
	root = report->has_document ? yaml_document_get_root_node(&report->document) : NULL;
	if (!report->has_document) {
		complain_yaml(report, &parser, text, size);
	} else if (root == NULL) {
		config_complain_at(report, 1,
			"the file is empty, expected the sections listen, tls and paths");
	} else {
		check_mapping(report, &top, &config_schema, root);
		check_end(report, &parser, text, size);
	}
	yaml_parser_delete(&parser);
	return report->mistakes == 0 ? 0 : -EINVAL;
}

void config_shape_finish(struct config_report *report)
{
	if (report->has_document) {
		yaml_document_delete(&report->document);
		report->has_document = 0;
	}
}
