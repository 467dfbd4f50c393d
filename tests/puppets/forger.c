/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A captured compositor that has only its log to lie with: lines of other parts, of the audit trail
 * and for terminals, and then far too many of them.
 * Reads untrusted bytes from: nobody; it is a test's own. */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static void say(const char *text)
{
	const char *at = text;
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t said = write(2, at, left);

		if (said < 0) { /* it never waits for its log, but we do */
			struct pollfd ready = {.fd = 2, .events = POLLOUT};

			if (errno != EAGAIN || poll(&ready, 1, -1) != 1) {
				return;
			}
			continue;
		}
		at += said;
		left -= (size_t)said;
	}
}

int main(void)
{
	say("forged-1\n2026-01-01T00:00:00.000Z role=supervisor instance=1 session=0 forged-2\n");
	say("{\"number\":1,\"event\":\"login\",\"user\":\"forged-3\",\"state\":0}\n");
	say("\x1b[2J\x1b[1;1Hforged-4\r\b\n");
	say("\xe2\x80\xae"
	    "forged-5\n");
	for (int i = 0; i < 20000; i++) {
		say("forged-flood role=recorder session=0\n");
	}
	say("forged-without-an-end");
	close(2);
	for (;;) {
		pause();
	}
}
