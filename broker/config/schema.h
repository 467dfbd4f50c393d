/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CONFIG_SCHEMA_H
#define GARASU_CONFIG_SCHEMA_H

#include "config.h"

#include <cyaml/cyaml.h>

/* One number: its bounds and default, in the unit of its key. */
struct config_number {
	const char *section, *key;
	size_t offset; /* in struct garasu_config */
	size_t bytes;  /* of the field: 4 or 8 */
	uint64_t least, most, usual;
	uint64_t unit; /* what one of the key is in the field */
};

/* A mapping of sections, each a mapping of keys. */
extern const cyaml_schema_value_t config_schema;

extern const struct config_number config_numbers[];
extern const size_t config_number_count;

/* Returns the bounds of a key, or NULL. */
const struct config_number *config_number_find(const char *section, const char *key);

#endif
