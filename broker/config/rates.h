/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CONFIG_RATES_H
#define GARASU_CONFIG_RATES_H

#include "config.h"
#include "report.h"

/* Makes usual values of rates agree with those that were given. given is *config as it was parsed,
 * before its defaults: 0 where a key is missing. */
void config_settle_rates(struct garasu_config *config, const struct garasu_config *given);

/* Complains of rates that contradict each other. */
void config_check_rates(struct config_report *report, const struct garasu_config *config);

#endif
