/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * line rate_kbit=N delay_ms=N queue_bytes=N [congestion=NAME]
 * line enter NAMESPACE PROGRAM [WORD...]
 *
 * A line of our own between two network namespaces, the desk's and the host's: a TUN device in
 * each, and between them, each way, a rate, a delay (one way) and a bounded queue. TCP runs end to
 * end over it, unlike over a relay, which would acknowledge what it has not delivered. The
 * namespaces are made here and go with the last process in them. Needs root and /dev/net/tun.
 *
 * It says "READY desk=NAMESPACE host=NAMESPACE" and then answers commands, a line each:
 *   stats        "ok down packets N bytes N dropped N peak N queued N up packets N ...": down is
 *                from the host to the desk; peak is the most bytes that waited since the last stats
 *   set NAME=N   changes rate_kbit, delay_ms or queue_bytes, both ways, for what comes next
 * It ends with its standard input. Where this user or kernel has no such thing it says "NONE
 * REASON" instead, and exits with 77.
 *
 * Reads untrusted bytes from: nobody; its packets are a test's own, and it does not look at them.
 */

#include "line_way.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NOT_HERE 77
#define DEVICE "line0"
#define DESK_ADDRESS "10.77.0.1"
#define HOST_ADDRESS "10.77.0.2"
#define NETMASK "255.255.255.252"

enum end { DESK, HOST, ENDS };

static const char *const addresses[ENDS] = {DESK_ADDRESS, HOST_ADDRESS};

struct options {
	uint32_t rate_kbit, delay_ms, queue_bytes;
	const char *congestion; /* or NULL: the kernel's default */
};

struct line {
	int tuns[ENDS], namespaces[ENDS];
	struct line_way ways[ENDS]; /* by where they lead */
	char command[256];
	size_t used;
};

static void give_up(const char *what)
{
	int error = errno;
	int is_not_here = error == EPERM || error == EACCES || error == ENOENT || error == ENODEV;

	fprintf(is_not_here ? stdout : stderr, "%s%s: %s\n", is_not_here ? "NONE " : "line: ", what,
		strerror(error));
	exit(is_not_here ? NOT_HERE : 1);
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

/* ---- namespaces and devices ---- */

static void write_setting(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) != (ssize_t)strlen(value)) {
		give_up(path);
	}
	close(fd);
}

static void set_address(int control, unsigned long request, const char *address)
{
	struct ifreq interface = {.ifr_name = DEVICE};
	struct sockaddr_in *place = (struct sockaddr_in *)(void *)&interface.ifr_addr;

	place->sin_family = AF_INET;
	if (inet_pton(AF_INET, address, &place->sin_addr) != 1 ||
		ioctl(control, request, &interface) != 0) {
		give_up(address);
	}
}

static void bring_up(int control, const char *device)
{
	struct ifreq interface = {0};

	snprintf(interface.ifr_name, sizeof(interface.ifr_name), "%s", device);
	if (ioctl(control, SIOCGIFFLAGS, &interface) != 0) {
		give_up(device);
	}
	interface.ifr_flags |= IFF_UP;
	if (ioctl(control, SIOCSIFFLAGS, &interface) != 0) {
		give_up(device);
	}
}

/* A new namespace with one end of the line. This process is in it then. */
static void make_end(struct line *line, enum end end, const char *congestion)
{
	struct ifreq interface = {.ifr_name = DEVICE, .ifr_flags = IFF_TUN | IFF_NO_PI};
	int control;

	if (unshare(CLONE_NEWNET) != 0) {
		give_up("a network namespace");
	}
	line->namespaces[end] = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	line->tuns[end] = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (line->namespaces[end] < 0 || control < 0 || line->tuns[end] < 0 ||
		ioctl(line->tuns[end], TUNSETIFF, &interface) != 0) {
		give_up("/dev/net/tun");
	}
	if (access("/proc/sys/net/ipv6/conf/" DEVICE "/disable_ipv6", F_OK) == 0) {
		write_setting("/proc/sys/net/ipv6/conf/" DEVICE "/disable_ipv6", "1");
	}
	if (congestion != NULL) {
		write_setting("/proc/sys/net/ipv4/tcp_congestion_control", congestion);
	}
	set_address(control, SIOCSIFADDR, addresses[end]);
	set_address(control, SIOCSIFNETMASK, NETMASK);
	bring_up(control, DEVICE);
	bring_up(control, "lo");
	close(control);
}

/* ---- packets ---- */

static void take_packets(struct line *line, enum end from, enum end to)
{
	uint8_t bytes[LINE_PACKET_BYTES];
	ssize_t size;

	while ((size = read(line->tuns[from], bytes, sizeof(bytes))) > 0) {
		(void)line_way_offer(&line->ways[to], bytes, (size_t)size, now_us());
	}
}

static void deliver(struct line *line, enum end to)
{
	const struct line_packet *packet;

	while ((packet = line_way_arrival(&line->ways[to], now_us())) != NULL) {
		(void)!write(line->tuns[to], packet->bytes, packet->size);
	}
}

/* ---- commands ---- */

static void print_way(struct line_way *way, const char *name)
{
	size_t queued = line_way_queued(way, now_us());

	printf(" %s packets %" PRIu64 " bytes %" PRIu64 " dropped %" PRIu64 " peak %zu queued %zu",
		name, way->counts.packets, way->counts.bytes, way->counts.dropped, way->counts.peak,
		queued);
	way->counts.peak = queued;
}

static void set_option(struct line *line, const char *words)
{
	uint32_t value;
	char name[16];

	if (sscanf(words, "%15[a-z_]=%" SCNu32, name, &value) != 2 || value == 0) {
		puts("error");
		return;
	}
	for (int end = 0; end < ENDS; end++) {
		struct line_way *way = &line->ways[end];

		way->rate_kbit = strcmp(name, "rate_kbit") == 0 ? value : way->rate_kbit;
		way->delay_ms = strcmp(name, "delay_ms") == 0 ? value : way->delay_ms;
		way->queue_bytes = strcmp(name, "queue_bytes") == 0 ? value : way->queue_bytes;
	}
	puts("ok");
}

static void obey(struct line *line, const char *command)
{
	if (strcmp(command, "stats") == 0) {
		printf("ok");
		print_way(&line->ways[DESK], "down");
		print_way(&line->ways[HOST], "up");
		putchar('\n');
	} else if (strncmp(command, "set ", 4) == 0) {
		set_option(line, command + 4);
	} else {
		puts("error");
	}
}

/* Returns 0 at the end of standard input. */
static int read_commands(struct line *line)
{
	ssize_t got = read(
		STDIN_FILENO, line->command + line->used, sizeof(line->command) - 1 - line->used);
	char *end;

	if (got <= 0) {
		return 0;
	}
	line->used += (size_t)got;
	line->command[line->used] = '\0';
	while ((end = strchr(line->command, '\n')) != NULL) {
		*end = '\0';
		obey(line, line->command);
		line->used -= (size_t)(end + 1 - line->command);
		memmove(line->command, end + 1, line->used + 1);
	}
	return 1;
}

/* ---- the whole ---- */

static void run(struct line *line)
{
	struct pollfd waits[] = {{.fd = line->tuns[DESK], .events = POLLIN},
		{.fd = line->tuns[HOST], .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};

	for (;;) {
		uint64_t due_us = line_way_due_us(&line->ways[DESK]), now = now_us();
		uint64_t other_us = line_way_due_us(&line->ways[HOST]);
		uint64_t wait_us;
		struct timespec timeout;

		due_us = other_us < due_us ? other_us : due_us;
		wait_us = due_us > now ? due_us - now : 0;
		timeout.tv_sec = (time_t)(wait_us / 1000000u);
		timeout.tv_nsec = (long)(wait_us % 1000000u) * 1000;
		if (ppoll(waits, 3, due_us == UINT64_MAX ? NULL : &timeout, NULL) < 0) {
			give_up("poll");
		}
		take_packets(line, DESK, HOST);
		take_packets(line, HOST, DESK);
		deliver(line, DESK);
		deliver(line, HOST);
		if (waits[2].revents != 0 && !read_commands(line)) {
			return;
		}
	}
}

static int read_options(struct options *options, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *value = strchr(argv[i], '=');
		uint32_t number = value != NULL ? (uint32_t)strtoul(value + 1, NULL, 10) : 0;

		if (value != NULL && strncmp(argv[i], "congestion=", 11) == 0) {
			options->congestion = value + 1;
		} else if (number == 0) {
			return -1;
		} else if (strncmp(argv[i], "rate_kbit=", 10) == 0) {
			options->rate_kbit = number;
		} else if (strncmp(argv[i], "delay_ms=", 9) == 0) {
			options->delay_ms = number;
		} else if (strncmp(argv[i], "queue_bytes=", 12) == 0) {
			options->queue_bytes = number;
		} else {
			return -1;
		}
	}
	return options->rate_kbit > 0 && options->queue_bytes > 0 ? 0 : -1;
}

static int enter(char **words)
{
	int place = open(words[0], O_RDONLY | O_CLOEXEC);

	if (place < 0 || setns(place, CLONE_NEWNET) != 0) {
		give_up(words[0]);
	}
	execvp(words[1], words + 1);
	give_up(words[1]);
	return 1;
}

int main(int argc, char **argv)
{
	static struct line line;
	struct options options = {0};

	if (argc > 3 && strcmp(argv[1], "enter") == 0) {
		return enter(argv + 2);
	}
	if (read_options(&options, argc, argv) != 0) {
		fputs("line rate_kbit=N delay_ms=N queue_bytes=N [congestion=NAME]\n", stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int end = 0; end < ENDS; end++) {
		make_end(&line, (enum end)end, options.congestion);
		if (line_way_init(&line.ways[end], options.rate_kbit, options.delay_ms,
			    options.queue_bytes) != 0) {
			give_up("memory");
		}
	}
	printf("READY desk=/proc/%d/fd/%d host=/proc/%d/fd/%d\n", (int)getpid(),
		line.namespaces[DESK], (int)getpid(), line.namespaces[HOST]);
	run(&line);
	return 0;
}
