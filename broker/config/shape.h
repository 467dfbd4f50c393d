/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CONFIG_SHAPE_H
#define GARASU_CONFIG_SHAPE_H

#include "report.h"

#include <stdint.h>

/* Reads the text as one YAML document into the report, and walks it beside the schema: unknown,
 * missing and repeated keys, values of another kind, numbers out of their bounds. Adds every
 * mistake. Returns 0, or -EINVAL if there is one. Follow with config_shape_finish in any case. */
int config_shape_check(struct config_report *report, const char *text, size_t size)
	__attribute__((warn_unused_result));

/* Frees the document. */
void config_shape_finish(struct config_report *report);

#endif
