/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOAD_REPORT_H
#define LOAD_REPORT_H

#include "run.h"
#include "words.h"

#include <stdio.h>

/* The parts of the report; each writes to a file that the caller checks in the end. */

void report_sheet(FILE *file, struct run *run, enum language language); /* report_sheet.c */
void report_plots(FILE *file, struct run *run);                         /* report_plots.c */

/* All users' times of one action in a step; the caller finishes it. */
struct samples report_action(const struct step *step, enum work_action action);

#endif
