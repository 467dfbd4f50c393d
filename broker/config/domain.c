/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names as people write them, made what the wire has: lower case, A-labels (IDNA 2008 with the
 * mapping of UTS 46, as browsers have it), no final dot. The one place where libidn2 is met. */

#include "domain.h"

#include "network.h"

#include <errno.h>
#include <idn2.h>
#include <stdlib.h>
#include <string.h>

static int is_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text > 0x7f) {
			return 0;
		}
	}
	return 1;
}

int domain_make_canonical(char **name)
{
	char *made = NULL;
	size_t size;

	if (is_ascii(*name)) {
		made = strdup(*name);
	} else {
		char *converted = NULL;

		if (idn2_lookup_u8((const uint8_t *)*name, (uint8_t **)&converted,
			    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) {
			return -EINVAL;
		}
		made = strdup(converted); /* the configuration frees its texts by itself */
		idn2_free(converted);
	}
	if (made == NULL) {
		return -ENOMEM;
	}
	for (char *at = made; *at != '\0'; at++) {
		*at = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
	}
	size = strlen(made);
	if (size > 1 && made[size - 1] == '.') {
		made[size - 1] = '\0';
	}
	if (!network_name_is_sound(made)) {
		free(made);
		return -EINVAL;
	}
	free(*name);
	*name = made;
	return 0;
}
