/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sealed memory that roles are started with. */

#include "supervisor.h"

#include "base/descriptor.h"
#include "base/log.h"
#include "base/secret.h"
#include "garasu/frame.h"
#include "garasu/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PEM_MAX (1u << 20)
#define PARTS 9

struct part {
	char *bytes;
	size_t size;
};

/* One sealed memfd of a fixed head and its parts. Wipes and frees the parts. */
static int seal(const char *name, const void *head, size_t head_size, struct part parts[PARTS])
{
	size_t size = head_size;
	char *all;
	int fd = -ENOMEM;

	for (int i = 0; i < PARTS; i++) {
		size += parts[i].size;
	}
	all = malloc(size);
	if (all != NULL) {
		size_t at = head_size;

		memcpy(all, head, head_size);
		for (int i = 0; i < PARTS; i++) {
			if (parts[i].size > 0) {
				memcpy(all + at, parts[i].bytes, parts[i].size);
			}
			at += parts[i].size;
		}
		fd = garasu_fd_sealed(name, all, size);
		garasu_secret_wipe(all, size);
		free(all);
	}
	for (int i = 0; i < PARTS; i++) {
		if (parts[i].bytes != NULL) {
			garasu_secret_wipe(parts[i].bytes, parts[i].size);
			free(parts[i].bytes);
		}
	}
	return fd;
}

/* Reads path; where we may not, the copy under its own name in the state directory. */
static int read_pem(const char *path, int state_fd, struct part *part)
{
	int fd;
	ssize_t size;

	if (path == NULL) {
		return 0;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && state_fd >= 0) {
		const char *slash = strrchr(path, '/');

		fd = openat(state_fd, slash != NULL ? slash + 1 : path, O_RDONLY | O_CLOEXEC);
	}
	size = fd >= 0 ? garasu_fd_read_all(fd, &part->bytes, PEM_MAX) : -errno;
	garasu_fd_close(&fd);
	if (size < 0) {
		garasu_log(GARASU_LOG_ERROR, "unreadable", "path=\"%s\" error=%d", path, (int)size);
		return (int)size;
	}
	part->size = (size_t)size;
	return 0;
}

int settings_gateway(const struct garasu_config *config, int state_fd)
{
	struct garasu_gateway_settings head = {.handshake_ms = config->handshake_ms,
		.login_ms = config->login_ms,
		.client_certificates = config->client_certificates,
		.tls_minimum = config->tls_minimum,
		.max_width = config->max_width,
		.max_height = config->max_height,
		.paste_max = config->paste_max,
		.has_preedit = config->has_preedit,
		.paste_returns = config->paste_returns};
	const char *const paths[4] = {config->certificate_path, config->key_path,
		config->client_ca_path, config->revocation_path};
	struct part parts[PARTS] = {{0}};

	for (int i = 0; i < 4; i++) {
		int result = read_pem(paths[i], state_fd, &parts[i]);

		if (result != 0) {
			for (int j = 0; j < i; j++) {
				garasu_secret_wipe(parts[j].bytes, parts[j].size);
				free(parts[j].bytes);
			}
			return result;
		}
	}
	head.certificate_bytes = (uint32_t)parts[0].size;
	head.key_bytes = (uint32_t)parts[1].size;
	head.client_ca_bytes = (uint32_t)parts[2].size;
	head.revocation_bytes = (uint32_t)parts[3].size;
	return seal("gateway-settings", &head, sizeof(head), parts);
}

int settings_encoder(const struct garasu_config *config)
{
	const struct garasu_encoder_settings head = {.max_width = config->max_width,
		.max_height = config->max_height,
		.rate_input = config->rate_input,
		.jpeg_quality = config->jpeg_quality,
		.refine_ms = config->refine_ms,
		.refine = config->refine};

	return garasu_fd_sealed("encoder-settings", &head, sizeof(head));
}

int settings_session(const struct supervisor *supervisor, uint32_t slot, int is_pooled)
{
	const struct garasu_config *config = supervisor->config;
	struct garasu_session_settings head;
	struct part parts[PARTS] = {{0}};

	memset(&head, 0, sizeof(head));
	head.max_width = config->max_width;
	head.max_height = config->max_height;
	head.width = config->width;
	head.height = config->height;
	head.scale = GARASU_SCALE_ONE;
	head.profile_bytes =
		config->profile_bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)config->profile_bytes;
	head.shm_bytes = config->shm_bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)config->shm_bytes;
	head.rate_input = config->rate_input;
	head.rate_change = config->rate_change;
	head.rate_animation = config->rate_animation;
	head.rate_video = config->rate_video;
	head.is_pooled = is_pooled && strcmp(config->start_page, "about:blank") != 0;
	head.uid = config->uid_base + 16 + slot;
	snprintf(head.keyboard, sizeof(head.keyboard), "%s", config->keyboard);
	snprintf(head.start_page, sizeof(head.start_page), "%s", config->start_page);
	snprintf(head.language, sizeof(head.language), "%s", config->language);
	if (supervisor->upstream_ca != NULL) {
		parts[0].bytes = malloc(supervisor->upstream_ca_size);
		if (parts[0].bytes == NULL) {
			return -ENOMEM;
		}
		memcpy(parts[0].bytes, supervisor->upstream_ca, supervisor->upstream_ca_size);
		parts[0].size = supervisor->upstream_ca_size;
	}
	head.upstream_ca_bytes = (uint32_t)parts[0].size;
	return seal("session-settings", &head, sizeof(head), parts);
}

static int append(struct part *part, const char *bytes, size_t size)
{
	char *grown = realloc(part->bytes, part->size + size);

	if (grown == NULL) {
		return -ENOMEM;
	}
	memcpy(grown + part->size, bytes, size);
	part->bytes = grown;
	part->size += size;
	return 0;
}

static int add_line(struct part *part, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int add_line(struct part *part, const char *format, ...)
{
	char *line = NULL;
	va_list arguments;
	int length;
	int result;

	va_start(arguments, format);
	length = vasprintf(&line, format, arguments);
	va_end(arguments);
	if (length < 0) {
		return -ENOMEM;
	}
	result = append(part, line, (size_t)length);
	free(line);
	return result;
}

int settings_upstream_ca(const struct garasu_config *config, int state_fd, char **pem, size_t *size)
{
	struct part part = {0};
	int result = read_pem(config->upstream_ca_path, state_fd, &part);

	*pem = part.bytes;
	*size = part.size;
	return result;
}

/* One line, whether the file ends it or not: in one piece, and never printed, so that no buffer
 * that grew is left with it. */
static int add_credentials(const struct garasu_config *config, int state_fd, struct part *part)
{
	struct part file = {0};
	int result = read_pem(config->upstream_credentials_path, state_fd, &file);

	if (result == 0 && file.size > 0) {
		file.size += file.bytes[file.size - 1] != '\n';
		file.bytes[file.size - 1] = '\n'; /* where the text's terminator stood */
		result = append(part, file.bytes, file.size);
		garasu_secret_wipe(file.bytes, file.size);
	}
	free(file.bytes);
	return result;
}

static int add_lines(struct part *part, char *const *lines, uint32_t count)
{
	int result = 0;

	for (uint32_t i = 0; i < count; i++) {
		result |= add_line(part, "%s\n", lines[i]);
	}
	return result;
}

/* The lists, in the order of garasu/settings.h. */
static int add_lists(const struct garasu_config *config, int state_fd, struct part parts[PARTS])
{
	int result = 0;

	for (uint32_t i = 0; i < config->name_count; i++) {
		result |= add_line(
			&parts[0], "%s %s\n", config->names[i].name, config->names[i].address);
	}
	result |= add_lines(&parts[1], config->allow, config->allow_count);
	result |= add_lines(&parts[2], config->deny, config->deny_count);
	result |= add_lines(&parts[3], config->servers, config->server_count);
	for (uint32_t i = 0; i < config->port_count; i++) {
		result |= add_line(&parts[4], "%u\n", config->ports[i]);
	}
	result |= add_lines(&parts[5], config->allow_names, config->allow_name_count);
	result |= add_lines(&parts[6], config->deny_names, config->deny_name_count);
	result |= add_lines(&parts[7], &config->upstream, config->upstream != NULL);
	result |= add_credentials(config, state_fd, &parts[8]);
	return result != 0 ? -EINVAL : 0;
}

int settings_egress(const struct garasu_config *config, int state_fd)
{
	struct garasu_egress_settings head = {.connect_ms = config->egress_connect_ms,
		.idle_ms = config->egress_idle_ms,
		.connections_max = config->egress_connections_max,
		.starts_per_s = config->egress_starts_per_s,
		.starts_burst = config->egress_starts_burst,
		.up_mib = config->egress_up_mib,
		.down_mib = config->egress_down_mib};
	uint32_t *const sizes[PARTS] = {&head.names_bytes, &head.allow_bytes, &head.deny_bytes,
		&head.servers_bytes, &head.ports_bytes, &head.allow_names_bytes,
		&head.deny_names_bytes, &head.upstream_bytes, &head.credentials_bytes};
	struct part parts[PARTS] = {{0}};
	int result = add_lists(config, state_fd, parts);
	int fd;

	for (int i = 0; i < PARTS; i++) {
		*sizes[i] = (uint32_t)parts[i].size;
	}
	fd = seal("egress-settings", &head, sizeof(head), parts);
	if (result != 0) {
		garasu_fd_close(&fd);
		return result;
	}
	return fd;
}

int settings_recorder(const struct garasu_config *config)
{
	const struct garasu_recorder_settings head = {
		.segment_bytes = (uint64_t)config->audit_segment_kib << 10,
		.segment_ms = config->audit_segment_ms,
		.seal_ms = config->audit_seal_ms};

	return garasu_fd_sealed("recorder-settings", &head, sizeof(head));
}

int settings_frame(const struct garasu_config *config)
{
	struct garasu_frame_header header = {.magic = GARASU_FRAME_MAGIC,
		.version = GARASU_FRAME_VERSION,
		.max_width = config->max_width,
		.max_height = config->max_height};
	int fd = memfd_create("frame", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int result;

	if (fd < 0) {
		return -errno;
	}
	if (ftruncate(fd, (off_t)garasu_frame_bytes(config->max_width, config->max_height)) != 0 ||
		pwrite(fd, &header, sizeof(header), 0) != (ssize_t)sizeof(header) ||
		fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
		result = -errno;
		garasu_fd_close(&fd);
		return result;
	}
	return fd;
}
