/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CONFIG_EGRESS_H
#define GARASU_CONFIG_EGRESS_H

#include "config.h"
#include "report.h"

/* Checks what the section holds, and makes its names canonical. */
void config_check_egress(struct config_report *report, struct garasu_config *config);

/* Checks what an opened file holds, when it is one of the section's. */
void config_check_egress_file(
	struct config_report *report, const struct garasu_config *config, const char *path, int fd);

#endif
