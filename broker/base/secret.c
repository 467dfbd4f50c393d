/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets: wiped, and compared in constant time. */

#include "base/secret.h"

#include <stdint.h>
#include <string.h>

void garasu_secret_wipe(void *data, size_t size)
{
	explicit_bzero(data, size);
}

int garasu_secret_equal(const void *left, const void *right, size_t size)
{
	const volatile uint8_t *a = left;
	const volatile uint8_t *b = right;
	uint8_t different = 0;

	for (size_t i = 0; i < size; i++) {
		different |= (uint8_t)(a[i] ^ b[i]);
	}
	return different == 0;
}
