/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of profiles and actions, and what is counted of them. */

#include "work.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	bool has_frames, has_notches;
} profiles[WORK_PROFILES] = {
	[WORK_READ] = {"read", false, true},
	[WORK_TYPE] = {"type", false, false},
	[WORK_LOAD] = {"load", false, false},
	[WORK_ADVERT] = {"advert", true, false},
	[WORK_VIDEO] = {"video", true, false},
	[WORK_IDLE] = {"idle", false, false},
	[WORK_PARKED] = {"parked", false, false},
	[WORK_BENCH] = {"bench", false, true},
	[WORK_SCROLL] = {"scroll", true, false},
	[WORK_NOTCH] = {"notch", false, true},
	[WORK_SITE] = {"site", true, true},
	[WORK_PHOTO] = {"photo", false, true},
	[WORK_BESIDE] = {"beside", true, false},
	[WORK_LOOK] = {"look", false, false},
};
static const char *const action_names[WORK_ACTIONS] = {
	[WORK_KEY] = "key",
	[WORK_KEY_SCROLLING] = "key_scrolling",
	[WORK_TEXT] = "text",
	[WORK_WHEEL] = "wheel",
	[WORK_PAGE] = "page",
	[WORK_RESUME] = "resume",
};

const char *work_profile_name(enum work_profile profile)
{
	return profiles[profile].name;
}

const char *work_page_mode(enum work_profile profile)
{
	return profile == WORK_PARKED ? "idle" : profiles[profile].name;
}

bool work_profile_has_film(enum work_profile profile)
{
	return profile == WORK_VIDEO || profile == WORK_BESIDE;
}

bool work_profile_has_frames(enum work_profile profile)
{
	return profiles[profile].has_frames;
}

bool work_profile_has_notches(enum work_profile profile)
{
	return profiles[profile].has_notches;
}

const char *work_action_name(enum work_action action)
{
	return action_names[action];
}

bool work_action_is_typing(enum work_action action)
{
	return action == WORK_KEY || action == WORK_KEY_SCROLLING || action == WORK_TEXT;
}

int work_profile_read(const char *name, enum work_profile *profile)
{
	for (unsigned i = 0; i < WORK_PROFILES; i++) {
		if (strcmp(name, profiles[i].name) == 0) {
			*profile = (enum work_profile)i;
			return 0;
		}
	}
	return -1;
}

void work_failure(const struct work *work, char *out, size_t size)
{
	const struct outcome *outcome = &work->connection.outcome;
	char words[WORDS_BYTES_MAX];

	words_of_outcome(words, sizeof(words), LANGUAGE_ENGLISH, outcome);
	words[strcspn(words, "\n")] = '\0';
	if (outcome->fault == FAULT_STREAM) { /* which the viewer keeps for its log */
		snprintf(out, size, "%s (%s)", words, outcome->reason);
	} else {
		snprintf(out, size, "%s", words);
	}
}

void tally_finish(struct tally *tally)
{
	for (unsigned i = 0; i < WORK_ACTIONS; i++) {
		samples_finish(&tally->times[i]);
	}
	samples_finish(&tally->film);
	quality_finish(&tally->quality);
	*tally = (struct tally){0};
}

int tally_join(struct tally *tally, const struct tally *more)
{
	for (unsigned i = 0; i < WORK_ACTIONS; i++) {
		if (samples_join(&tally->times[i], &more->times[i]) != 0) {
			return -1;
		}
		tally->done[i] += more->done[i];
		tally->lost[i] += more->lost[i];
		tally->late[i] += more->late[i];
	}
	if (samples_join(&tally->film, &more->film) != 0) {
		return -1;
	}
	tally->bytes_in += more->bytes_in;
	tally->notches_rested += more->notches_rested;
	tally->notch_px += more->notch_px;
	tally->frames += more->frames;
	tally->repeated += more->repeated;
	tally->torn += more->torn;
	tally->skipped += more->skipped;
	return quality_join(&tally->quality, &more->quality) == 0 ? 0 : -1;
}
