/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One password, one answer. The one place where libsodium is met: argon2id in its PHC string form.
 * Reads untrusted bytes from: the supervisor, who has them from the gateway. */

#include "authenticator.h"

#include "base/control.h"
#include "base/secret.h"
#include "lock/lock.h"

#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>

#define PASSES 3               /* argon2id's opslimit */
#define MEMORY_BYTES 67108864u /* argon2id's memlimit, 64 MiB */
#define MEMORY_BESIDE 1048576u /* that libsodium takes around it */

_Static_assert(crypto_pwhash_STRBYTES <= GARASU_PHC_SIZE, "a PHC string fits its record");

int authenticator_lock(void)
{
	static const struct garasu_lock_row rows[] = {
		{.call = "poll", .why = "waits for the record"},
		{.call = "ppoll", .why = "waits for the record"},
		{.call = "recvmsg", .why = "the record"},
		{.call = "sendmsg", .why = "the answer"},
		{.call = "write", .why = "log"},
		{.call = "close", .why = "end"},
		{.call = "mlock", .why = "secrets"},
		{.call = "munlock", .why = "secrets"},
		GARASU_LOCK_WITHOUT("mprotect", 2, PROT_EXEC, "argon2id's memory"),
		{.call = "getrandom", .why = "salt"},
	};

	if (sodium_init() < 0) {
		return -EIO;
	}
	(void)randombytes_random(); /* opens what it needs before the lock */
	return garasu_lock_calls(rows, sizeof(rows) / sizeof(rows[0]), GARASU_LOCK_REFUSE);
}

/* libsodium tells lack of memory and a wrong password by the same -1 and EINVAL. */
static int has_memory(void)
{
	size_t size = MEMORY_BYTES + MEMORY_BESIDE;
	void *room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return room != MAP_FAILED && munmap(room, size) == 0;
}

static int check(int control, struct garasu_auth_check *order)
{
	struct garasu_auth_checked checked = {0};

	if (!has_memory()) {
		garasu_secret_wipe(order, sizeof(*order));
		return -ENOMEM; /* no answer: it is not the user's mistake */
	}
	checked.is_right =
		crypto_pwhash_str_verify(order->phc, order->password, strlen(order->password)) == 0;
	garasu_secret_wipe(order, sizeof(*order));
	return garasu_control_send(control, GARASU_AUTH_CHECKED, &checked, NULL, 0);
}

static int hash(int control, struct garasu_auth_hash *order)
{
	struct garasu_auth_hashed hashed = {0};
	int result = crypto_pwhash_str_alg(hashed.phc, order->password, strlen(order->password),
		PASSES, MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13);

	garasu_secret_wipe(order, sizeof(*order));
	if (result != 0) {
		return -ENOMEM;
	}
	return garasu_control_send(control, GARASU_AUTH_HASHED, &hashed, NULL, 0);
}

int authenticator_answer(int control)
{
	static struct garasu_control record;
	struct pollfd ready = {.fd = control, .events = POLLIN};
	int result;

	(void)sodium_mlock(&record, sizeof(record)); /* best effort: the limit may be small */
	if (poll(&ready, 1, -1) != 1) {
		return -errno;
	}
	result = garasu_control_receive(control, &record, 0);
	if (result != 1) {
		return result == 0 ? -EPIPE : result;
	}
	if (record.header.type == GARASU_AUTH_CHECK) {
		result = check(control, (struct garasu_auth_check *)record.payload);
	} else if (record.header.type == GARASU_AUTH_HASH) {
		result = hash(control, (struct garasu_auth_hash *)record.payload);
	} else {
		result = -EPROTO;
	}
	garasu_secret_wipe(&record, sizeof(record));
	return result;
}
