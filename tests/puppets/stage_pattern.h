/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_PUPPETS_STAGE_PATTERN_H
#define GARASU_PUPPETS_STAGE_PATTERN_H

#include "pattern.h"
#include "stage.h"

/* What the painter shows, read from the frame memory. */

/* True if the frame memory's picture is the pattern's at every pixel. */
int stage_shows(const struct stage *stage, const struct pattern *pattern);

/* Takes frames until a word's bits under the mask are these. */
void stage_wait_word(struct stage *stage, enum pattern_word number, uint32_t mask, uint32_t bits);

/* Asserts what the numberth arrival was. */
void stage_expect_cell(struct stage *stage, uint32_t number, uint32_t what);

#endif
