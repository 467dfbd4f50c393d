/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ADMIN_COMMAND_H
#define ADMIN_COMMAND_H

#include "garasu/admin.h"

/* Fills request from words (ended by NULL). Returns 0, or -EINVAL for words that are no command. */
int command_parse(char *const *words, struct garasu_admin_request *request)
	__attribute__((warn_unused_result));

/* main.c: sends a request to the broker, which wipes it, and prints the answers. Returns the exit
 * code. */
int command_send(
	const char *path, struct garasu_admin_request *request, int is_json, int is_japanese);

/* print.c: one answer as a table row or a JSON object. */
void print_row(const struct garasu_admin_answer *row, int is_json, int is_first);
const char *print_result(uint32_t result, int is_japanese);

#endif
