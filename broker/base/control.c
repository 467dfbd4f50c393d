/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Control records over SOCK_SEQPACKET: sizes, strings and descriptors checked in one place.
 * Reads untrusted bytes from: the role at the other end. */

#include "base/control.h"

#include "base/descriptor.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

struct text_field {
	size_t offset, size;
};

struct record_type {
	uint16_t type;
	uint16_t size;
	struct text_field texts[3];
};

#define FIELD(record, member)                                                                      \
	{                                                                                          \
		offsetof(struct record, member), sizeof(((struct record *)0)->member)              \
	}

static const struct record_type types[] = {
	{GARASU_LAUNCH_START, sizeof(struct garasu_launch_start), {{0}}},
	{GARASU_LAUNCH_KILL, sizeof(struct garasu_launch_kill), {{0}}},
	{GARASU_LAUNCH_FREEZE, sizeof(struct garasu_launch_freeze), {{0}}},
	{GARASU_LAUNCH_USAGE, sizeof(struct garasu_launch_session), {{0}}},
	{GARASU_LAUNCH_REMOVE, sizeof(struct garasu_launch_session), {{0}}},
	{GARASU_LAUNCH_READY, 0, {{0}}},
	{GARASU_LAUNCH_FAVOUR, sizeof(struct garasu_launch_favour), {{0}}},
	{GARASU_LAUNCH_STARTED, sizeof(struct garasu_launch_started), {{0}}},
	{GARASU_LAUNCH_FAILED, sizeof(struct garasu_launch_failed), {{0}}},
	{GARASU_LAUNCH_EXITED, sizeof(struct garasu_launch_exited), {{0}}},
	{GARASU_LAUNCH_USED, sizeof(struct garasu_launch_used), {{0}}},
	{GARASU_LAUNCH_REMOVED, sizeof(struct garasu_launch_used), {{0}}},
	{GARASU_GATEWAY_LOGIN, sizeof(struct garasu_gateway_login),
		{FIELD(garasu_gateway_login, user), FIELD(garasu_gateway_login, password),
			FIELD(garasu_gateway_login, certificate_name)}},
	{GARASU_GATEWAY_ACTIVITY, sizeof(struct garasu_gateway_activity), {{0}}},
	{GARASU_GATEWAY_COUNTERS, sizeof(struct garasu_gateway_counters), {{0}}},
	{GARASU_GATEWAY_REFUSED, sizeof(struct garasu_gateway_refused), {{0}}},
	{GARASU_WEB_LOGIN, sizeof(struct garasu_web_login),
		{FIELD(garasu_web_login, login.user), FIELD(garasu_web_login, login.password),
			FIELD(garasu_web_login, login.certificate_name)}},
	{GARASU_WEB_ENTER, sizeof(struct garasu_web_enter),
		{FIELD(garasu_web_enter, certificate_name)}},
	{GARASU_WEB_LOGOUT, sizeof(struct garasu_web_logout), {{0}}},
	{GARASU_GATEWAY_ADDRESS, sizeof(struct garasu_gateway_address),
		{FIELD(garasu_gateway_address, site)}},
	{GARASU_GATEWAY_VERDICT, sizeof(struct garasu_gateway_verdict), {{0}}},
	{GARASU_GATEWAY_STATE, sizeof(struct garasu_gateway_verdict), {{0}}},
	{GARASU_GATEWAY_ADDRESS_VERDICT, sizeof(struct garasu_gateway_address_verdict), {{0}}},
	{GARASU_GATEWAY_LAST, sizeof(struct garasu_gateway_last), {{0}}},
	{GARASU_GATEWAY_MESSAGE, sizeof(struct garasu_gateway_message),
		{FIELD(garasu_gateway_message, text)}},
	{GARASU_ENCODER_STATISTICS, sizeof(struct garasu_encoder_statistics), {{0}}},
	{GARASU_AUTH_CHECK, sizeof(struct garasu_auth_check),
		{FIELD(garasu_auth_check, password), FIELD(garasu_auth_check, phc)}},
	{GARASU_AUTH_HASH, sizeof(struct garasu_auth_hash), {FIELD(garasu_auth_hash, password)}},
	{GARASU_AUTH_CHECKED, sizeof(struct garasu_auth_checked), {{0}}},
	{GARASU_AUTH_HASHED, sizeof(struct garasu_auth_hashed), {FIELD(garasu_auth_hashed, phc)}},
	{GARASU_EGRESS_ADD, sizeof(struct garasu_egress_add), {FIELD(garasu_egress_add, user)}},
	{GARASU_EGRESS_REMOVE, sizeof(struct garasu_egress_remove), {{0}}},
	{GARASU_EGRESS_CONNECTION, sizeof(struct garasu_egress_connection),
		{FIELD(garasu_egress_connection, host)}},
	{GARASU_RECORD_PIPE, sizeof(struct garasu_record_pipe), {{0}}},
	{GARASU_RECORD_EVENT, sizeof(struct garasu_record_event),
		{FIELD(garasu_record_event, user), FIELD(garasu_record_event, text)}},
	{GARASU_RECORD_READY, sizeof(struct garasu_record_ready), {{0}}},
	{GARASU_RECORD_WRITTEN, sizeof(struct garasu_record_written), {{0}}},
};

static const struct record_type *find_type(uint16_t type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].type == type) {
			return &types[i];
		}
	}
	return NULL;
}

int garasu_control_size(uint16_t type)
{
	const struct record_type *known = find_type(type);

	return known != NULL ? known->size : -EPROTO;
}

int garasu_control_send(
	int socket, uint16_t type, const void *payload, const int *fds, int fd_count)
{
	int size = garasu_control_size(type);
	struct garasu_control_header header = {
		.type = type, .size = (uint16_t)(size < 0 ? 0 : size)};
	struct iovec parts[2] = {
		{.iov_base = &header, .iov_len = sizeof(header)},
		{.iov_len = header.size},
	};
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int) * GARASU_CONTROL_FDS_MAX)];
	} ancillary = {0};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = header.size > 0 ? 2 : 1};

	if (size < 0 || fd_count < 0 || fd_count > GARASU_CONTROL_FDS_MAX ||
		(size > 0 && payload == NULL)) {
		return -EINVAL;
	}
	memcpy(&parts[1].iov_base, &payload, sizeof(payload));
	if (fd_count > 0) {
		struct cmsghdr *head = &ancillary.align;

		message.msg_control = &ancillary;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)fd_count);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)fd_count);
		memcpy(CMSG_DATA(head), fds, sizeof(int) * (size_t)fd_count);
	}
	for (;;) {
		if (sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
			return 0;
		}
		if (errno != EINTR) {
			return -errno;
		}
	}
}

static void take_fds(struct garasu_control *record, struct msghdr *message)
{
	for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL;
		head = CMSG_NXTHDR(message, head)) {
		size_t count;

		if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) {
			continue;
		}
		count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(head) + i * sizeof(int), sizeof(fd));
			if (record->fd_count < GARASU_CONTROL_FDS_MAX) {
				record->fds[record->fd_count++] = fd;
			} else {
				garasu_fd_close(&fd);
			}
		}
	}
}

static int check_record(const struct garasu_control *record, size_t payload_size)
{
	const struct record_type *known = find_type(record->header.type);

	if (known == NULL || known->size != record->header.size || known->size != payload_size) {
		return -EPROTO;
	}
	for (size_t i = 0; i < sizeof(known->texts) / sizeof(known->texts[0]); i++) {
		const struct text_field *text = &known->texts[i];

		if (text->size > 0 &&
			memchr(record->payload + text->offset, '\0', text->size) == NULL) {
			return -EPROTO;
		}
	}
	return 0;
}

int garasu_control_receive(int socket, struct garasu_control *record, int fd_max)
{
	struct iovec parts[2] = {
		{.iov_base = &record->header, .iov_len = sizeof(record->header)},
		{.iov_base = record->payload, .iov_len = sizeof(record->payload)},
	};
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int) * GARASU_CONTROL_FDS_MAX)];
	} ancillary = {0};
	struct msghdr message = {.msg_iov = parts,
		.msg_iovlen = 2,
		.msg_control = &ancillary,
		.msg_controllen = sizeof(ancillary)};
	ssize_t got;
	int resets = 0;
	int result;

	record->fd_count = 0;
	/* A peer that closed with bytes of ours unread is told once, before its last records. */
	do {
		got = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (got < 0 && (errno == EINTR || (errno == ECONNRESET && resets++ == 0)));
	if (got < 0) {
		return errno == ECONNRESET ? 0 : -errno;
	}
	take_fds(record, &message);
	if (got == 0) { /* closed, or an empty packet, which may bring descriptors too */
		garasu_control_close_fds(record);
		return 0;
	}
	result = -EPROTO;
	if ((size_t)got >= sizeof(record->header) &&
		(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0 && record->fd_count <= fd_max) {
		result = check_record(record, (size_t)got - sizeof(record->header));
	}
	if (result != 0) {
		garasu_control_close_fds(record);
		return result;
	}
	return 1;
}

void garasu_control_close_fds(struct garasu_control *record)
{
	for (int i = 0; i < record->fd_count; i++) {
		garasu_fd_close(&record->fds[i]);
	}
	record->fd_count = 0;
}

int garasu_control_pair(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0 ? 0 : -errno;
}
