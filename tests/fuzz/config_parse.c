/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the configuration's parser: a file is refused with whole lines that name it, or accepted
 * without a word and with every value within its bounds; and always in the same way.
 * Covers: broker/config/config.c broker/config/check.c broker/config/domain.c
 * broker/config/egress.c broker/config/network.c broker/config/rates.c broker/config/report.c
 * broker/config/schema.c broker/config/shape.c
 * Dictionary: configuration */

#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME "garasu.conf"
#define ROOM 2048u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int fact)
{
	if (!fact) {
		abort();
	}
}

static uint64_t value_of(const struct garasu_config *config, const struct config_number *number)
{
	uint32_t usual = 0;
	uint64_t large = 0;

	if (number->bytes == sizeof(usual)) {
		memcpy(&usual, (const char *)config + number->offset, sizeof(usual));
		return usual;
	}
	memcpy(&large, (const char *)config + number->offset, sizeof(large));
	return large;
}

static void check_good(const struct garasu_config *config)
{
	for (size_t i = 0; i < config_number_count; i++) {
		const struct config_number *number = &config_numbers[i];
		uint64_t value = value_of(config, number);

		expect(value >= number->least * number->unit &&
			value <= number->most * number->unit);
	}
	expect(config->listen_address != NULL && strcmp(config->listen_address, "0.0.0.0") != 0);
	expect(config->certificate_path != NULL && config->key_path != NULL);
	expect(config->state_directory != NULL && config->log_directory != NULL);
	expect(config->idle_warning_ms < config->idle_ms);
	expect(strchr(config->start_page, '\n') == NULL && strlen(config->start_page) < 2048);
	for (uint32_t i = 0; i < config->allow_count; i++) {
		expect(strpbrk(config->allow[i], "\n ") == NULL);
	}
	for (uint32_t i = 0; i < config->name_count; i++) {
		expect(strpbrk(config->names[i].name, "\n ") == NULL);
	}
	expect(config->port_count >= 1);
}

/* Every line that is not cut off by the room names the file and a line. */
static void check_message(const char *message)
{
	expect(message[0] != '\0' && strlen(message) < ROOM);
	while (message[0] != '\0') {
		const char *end = strchr(message, '\n');
		unsigned line = 0;

		if (end == NULL) {
			return;
		}
		expect(sscanf(message, NAME ":%u: ", &line) == 1 && line >= 1);
		message = end + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct garasu_config *config = NULL;
	struct garasu_config *again = NULL;
	char first[ROOM];
	char second[ROOM];
	int result =
		garasu_config_parse((const char *)data, size, NAME, &config, first, sizeof(first));

	expect(garasu_config_parse(
		       (const char *)data, size, NAME, &again, second, sizeof(second)) == result);
	expect(strcmp(first, second) == 0);
	expect((result == 0) == (config != NULL) && (result == 0) == (first[0] == '\0'));
	if (result == 0) {
		check_good(config);
	} else {
		check_message(first);
	}
	garasu_config_destroy(&config);
	garasu_config_destroy(&again);
	return 0;
}
