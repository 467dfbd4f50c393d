/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings memory: policy, certificates and key. The writer is trusted; what does not add up
 * ends the role. */

#include "gateway.h"

#include "base/secret.h"
#include "base/settings.h"

#include <errno.h>
#include <stdlib.h>

int settings_load(int fd, struct garasu_gateway_settings *settings, struct tls **tls)
{
	char *memory = NULL;
	const char *rest = NULL;
	int64_t size = garasu_settings_read(fd, settings, sizeof(*settings), &memory, &rest);
	struct tls_material material;
	int result = -EPROTO;

	if (size < 0) {
		return (int)size;
	}
	if ((int64_t)settings->certificate_bytes + settings->key_bytes + settings->client_ca_bytes +
			settings->revocation_bytes ==
		size) {
		material.certificate = rest;
		material.certificate_size = settings->certificate_bytes;
		material.key = rest + settings->certificate_bytes;
		material.key_size = settings->key_bytes;
		material.client_ca = material.key + settings->key_bytes;
		material.client_ca_size = settings->client_ca_bytes;
		material.revocation = material.client_ca + settings->client_ca_bytes;
		material.revocation_size = settings->revocation_bytes;
		result = tls_create(tls, settings, &material);
	}
	garasu_secret_wipe(memory, sizeof(*settings) + (size_t)size);
	free(memory);
	return result;
}
