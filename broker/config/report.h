/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CONFIG_REPORT_H
#define GARASU_CONFIG_REPORT_H

#include <stddef.h>
#include <yaml.h>

/* Where mistakes are written: lines "FILE:LINE: what is wrong, what was expected". */
struct config_report {
	const char *name;         /* of the file */
	yaml_document_t document; /* the file as a tree, for its lines */
	int has_document;
	char *message;
	size_t message_size;
	size_t used;
	int mistakes;
};

/* Adds one mistake at a line. Controls become '?'. */
void config_complain_at(struct config_report *report, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds one mistake about a key of a section, at the key's line; at the section's line where the key
 * is missing, at line 1 where the section is. */
void config_complain(struct config_report *report, const char *section, const char *key,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Adds one mistake about an entry of a list. */
void config_complain_entry(struct config_report *report, const char *section, const char *key,
	size_t entry, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The value of a key in a mapping node, or NULL. Fills *key_node, if not NULL. */
yaml_node_t *config_child(
	yaml_document_t *document, yaml_node_t *mapping, const char *key, yaml_node_t **key_node);

#endif
