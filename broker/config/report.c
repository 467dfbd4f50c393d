/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistakes, each with its file and line. */

#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void add(struct config_report *report, unsigned line, const char *format, va_list arguments)
	__attribute__((format(printf, 3, 0)));

static void add(struct config_report *report, unsigned line, const char *format, va_list arguments)
{
	char words[1024];
	int written;

	report->mistakes++;
	if (report->used >= report->message_size) {
		return;
	}
	vsnprintf(words, sizeof(words), format, arguments);
	for (char *at = words; *at != '\0'; at++) {
		if ((unsigned char)*at < 0x20 || *at == 0x7f) {
			*at = '?';
		}
	}
	written = snprintf(report->message + report->used, report->message_size - report->used,
		"%s:%u: %s\n", report->name, line, words);
	if (written > 0) {
		report->used += (size_t)written;
	}
}

void config_complain_at(struct config_report *report, unsigned line, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(report, line, format, arguments);
	va_end(arguments);
}

yaml_node_t *config_child(
	yaml_document_t *document, yaml_node_t *mapping, const char *key, yaml_node_t **key_node)
{
	if (mapping == NULL || mapping->type != YAML_MAPPING_NODE) {
		return NULL;
	}
	for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
		pair < mapping->data.mapping.pairs.top; pair++) {
		yaml_node_t *node = yaml_document_get_node(document, pair->key);

		if (node != NULL && node->type == YAML_SCALAR_NODE &&
			strcmp((const char *)node->data.scalar.value, key) == 0) {
			if (key_node != NULL) {
				*key_node = node;
			}
			return yaml_document_get_node(document, pair->value);
		}
	}
	return NULL;
}

/* The line of the deepest of section, key and entry that is there. */
static unsigned find_line(
	struct config_report *report, const char *section, const char *key, const size_t *entry)
{
	yaml_document_t *document = &report->document;
	yaml_node_t *found = NULL;
	yaml_node_t *node = report->has_document ? yaml_document_get_root_node(document) : NULL;

	node = config_child(document, node, section, &found);
	if (node != NULL) {
		node = config_child(document, node, key, &found);
	}
	if (node != NULL && entry != NULL && node->type == YAML_SEQUENCE_NODE &&
		node->data.sequence.items.start + *entry < node->data.sequence.items.top) {
		found = yaml_document_get_node(document, node->data.sequence.items.start[*entry]);
	}
	return found != NULL ? (unsigned)found->start_mark.line + 1 : 1;
}

void config_complain(
	struct config_report *report, const char *section, const char *key, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(report, find_line(report, section, key, NULL), format, arguments);
	va_end(arguments);
}

void config_complain_entry(struct config_report *report, const char *section, const char *key,
	size_t entry, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(report, find_line(report, section, key, &entry), format, arguments);
	va_end(arguments);
}
