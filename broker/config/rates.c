/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rates of frames: none above the one for more haste. */

#include "rates.h"

static void settle(uint32_t *rate, uint32_t given, uint32_t above)
{
	if (given == 0 && *rate > above) {
		*rate = above;
	}
}

void config_settle_rates(struct garasu_config *config, const struct garasu_config *given)
{
	if (given->rate_input == 0 && given->rate_change > config->rate_input) {
		config->rate_input = given->rate_change;
	}
	settle(&config->rate_change, given->rate_change, config->rate_input);
	settle(&config->rate_animation, given->rate_animation, config->rate_change);
	settle(&config->rate_video, given->rate_video, config->rate_change);
}

static void check(struct config_report *report, const char *key, uint32_t rate,
	const char *above_key, uint32_t above)
{
	if (rate > above) {
		config_complain(report, "screen", key,
			"screen.%s is %u, expected at most screen.%s (%u)", key, rate, above_key,
			above);
	}
}

void config_check_rates(struct config_report *report, const struct garasu_config *config)
{
	check(report, "rate_change", config->rate_change, "rate_input", config->rate_input);
	check(report, "rate_animation", config->rate_animation, "rate_change", config->rate_change);
	check(report, "rate_video", config->rate_video, "rate_change", config->rate_change);
}
