/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mixtures of profiles. */

#include "mix.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WEIGHT_MAX 10000u

static int read_part(struct mix *mix, const char *part, size_t size)
{
	char text[32], *equals, *end = NULL;
	enum work_profile profile;
	unsigned long weight;

	if (size >= sizeof(text)) {
		return -EINVAL;
	}
	memcpy(text, part, size);
	text[size] = '\0';
	equals = strchr(text, '=');
	if (equals == NULL || equals[1] < '0' || equals[1] > '9') {
		return -EINVAL;
	}
	*equals = '\0';
	weight = strtoul(equals + 1, &end, 10);
	if (*end != '\0' || weight > WEIGHT_MAX || work_profile_read(text, &profile) != 0) {
		return -EINVAL;
	}
	mix->weights[profile] = (uint32_t)weight;
	return 0;
}

int mix_read(struct mix *mix, const char *text)
{
	struct mix made = {0};
	uint32_t sum = 0;

	for (const char *at = text;;) {
		size_t size = strcspn(at, ",");

		if (read_part(&made, at, size) != 0) {
			return -EINVAL;
		}
		if (at[size] == '\0') {
			break;
		}
		at += size + 1;
	}
	for (unsigned i = 0; i < WORK_PROFILES; i++) {
		sum += made.weights[i];
	}
	if (sum == 0) {
		return -EINVAL;
	}
	*mix = made;
	return 0;
}

/* Each user goes to the profile that is furthest behind its share; the first of equals. */
enum work_profile mix_profile(const struct mix *mix, uint32_t number)
{
	uint64_t given[WORK_PROFILES] = {0}, sum = 0;
	unsigned best = 0;

	for (unsigned i = 0; i < WORK_PROFILES; i++) {
		sum += mix->weights[i];
	}
	for (uint32_t user = 1; user <= number; user++) {
		int64_t most = INT64_MIN;

		for (unsigned i = 0; i < WORK_PROFILES; i++) {
			int64_t behind = (int64_t)((uint64_t)mix->weights[i] * user) -
					 (int64_t)(given[i] * sum);

			if (mix->weights[i] > 0 && behind > most) {
				most = behind;
				best = i;
			}
		}
		given[best]++;
	}
	return (enum work_profile)best;
}
