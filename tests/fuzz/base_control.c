/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Law: a control record that is taken was well-formed and is the same when it is sent on; of one
 * that is not, no descriptor stays. The first byte says how many descriptors come beside it (low
 * half) and are welcome (high half); the rest is the packet.
 * Covers: broker/base/control.c */

#include "base/control.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void demand(int holds)
{
	if (!holds) {
		abort();
	}
}

static void send_packet(int socket, const uint8_t *data, size_t size, unsigned fd_count)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int) * 15)];
	} ancillary = {0};
	struct iovec part = {.iov_len = size};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	int fds[15];

	memcpy(&part.iov_base, &data, sizeof(data));
	if (fd_count > 0) {
		for (unsigned i = 0; i < fd_count; i++) {
			fds[i] = socket;
		}
		message.msg_control = &ancillary;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
		ancillary.align.cmsg_level = SOL_SOCKET;
		ancillary.align.cmsg_type = SCM_RIGHTS;
		ancillary.align.cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
		memcpy(CMSG_DATA(&ancillary.align), fds, sizeof(int) * fd_count);
	}
	demand(sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)size);
}

/* The strings of each record, written down here once more. */
static const struct {
	uint16_t type;
	size_t offset, size;
} texts[] = {
	{GARASU_GATEWAY_LOGIN, offsetof(struct garasu_gateway_login, user), GARASU_USER_SIZE},
	{GARASU_GATEWAY_LOGIN, offsetof(struct garasu_gateway_login, password),
		GARASU_PASSWORD_SIZE},
	{GARASU_GATEWAY_LOGIN, offsetof(struct garasu_gateway_login, certificate_name),
		GARASU_USER_SIZE},
	{GARASU_GATEWAY_MESSAGE, 0, 801},
	{GARASU_AUTH_CHECK, offsetof(struct garasu_auth_check, password), GARASU_PASSWORD_SIZE},
	{GARASU_AUTH_CHECK, offsetof(struct garasu_auth_check, phc), GARASU_PHC_SIZE},
	{GARASU_AUTH_HASH, 0, GARASU_PASSWORD_SIZE},
	{GARASU_AUTH_HASHED, 0, GARASU_PHC_SIZE},
	{GARASU_EGRESS_ADD, offsetof(struct garasu_egress_add, user), GARASU_USER_SIZE},
	{GARASU_EGRESS_CONNECTION, offsetof(struct garasu_egress_connection, host),
		GARASU_HOST_SIZE},
	{GARASU_RECORD_EVENT, offsetof(struct garasu_record_event, user), GARASU_USER_SIZE},
	{GARASU_RECORD_EVENT, offsetof(struct garasu_record_event, text), GARASU_EVENT_TEXT_SIZE},
};

static void check_taken(
	struct garasu_control *record, const uint8_t *packet, size_t size, const int ends[2])
{
	uint8_t again[sizeof(struct garasu_control_header) + GARASU_CONTROL_BYTES_MAX];

	demand(size == sizeof(record->header) + record->header.size);
	demand(garasu_control_size(record->header.type) == record->header.size);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		demand(texts[i].type != record->header.type ||
			memchr(record->payload + texts[i].offset, 0, texts[i].size) != NULL);
	}
	demand(garasu_control_send(ends[1], record->header.type, record->payload, NULL, 0) == 0);
	demand(recv(ends[0], again, sizeof(again), 0) == (ssize_t)size);
	demand(memcmp(again, packet, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct garasu_control record;
	int ends[2];
	int welcome;
	int lowest;
	int result;

	if (size < 2 || size > 8192) {
		return 0;
	}
	demand(garasu_control_pair(ends) == 0);
	lowest = fcntl(ends[0], F_DUPFD_CLOEXEC, 0);
	close(lowest);
	welcome = data[0] >> 4 & 0x7;
	send_packet(ends[0], data + 1, size - 1, data[0] & 0xf);
	result = garasu_control_receive(ends[1], &record, welcome);
	if (result == 1) {
		demand(record.fd_count == (data[0] & 0xf) && record.fd_count <= welcome);
		check_taken(&record, data + 1, size - 1, ends);
		garasu_control_close_fds(&record);
	} else {
		demand(result < 0 && record.fd_count == 0);
	}
	demand(fcntl(ends[0], F_DUPFD_CLOEXEC, 0) == lowest); /* nothing was left open */
	close(lowest);
	close(ends[0]);
	close(ends[1]);
	return 0;
}
