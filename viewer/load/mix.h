/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_MIX_H
#define LOAD_MIX_H

#include "work.h"

/* Which share of the users has which profile, as whole weights. */
struct mix {
	uint32_t weights[WORK_PROFILES];
};

/* Reads "read=40,type=30,...". Returns 0 or -EINVAL. */
int mix_read(struct mix *mix, const char *text) __attribute__((warn_unused_result));

/* The profile of the user with this number, from 1: the first n users are always divided as near to
 * the weights as n allows, so that each step of a ramp has the same mixture. */
enum work_profile mix_profile(const struct mix *mix, uint32_t number);

#endif
