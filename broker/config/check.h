/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CONFIG_CHECK_H
#define GARASU_CONFIG_CHECK_H

#include "config.h"
#include "report.h"

/* Puts defaults in the place of what was not given, and checks what the form does not say: what
 * must agree with what, and what an address is. */
void config_check(struct config_report *report, struct garasu_config *config);

/* Checks that each file the configuration names can be read. */
void config_check_files(struct config_report *report, const struct garasu_config *config);

#endif
