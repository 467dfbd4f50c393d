/* SPDX-License-Identifier: GPL-3.0-or-later */
/* captive: stands in a jail in the compositor's or the browser's place and does what the test
 * outside tells it, over the only way out, a connection to the listener that was handed out; in a
 * real broker, whose egress listens there, through that to the start page's address. Reads
 * untrusted bytes from: nobody; it is a test's own.
 *
 * One command a line, one line of answer:
 *   call NUMBER A B C D E F   a system call; arguments are numbers or "@", a scratch buffer
 *                             -> RESULT ERRNO
 *   apart ...                 the same command in a child, whose death is an empty answer
 *   old NUMBER                a system call of 32-bit programs
 *   nested ...                the same command in a user, network, mount and PID namespace of its
 *                             own; "nested" alone only makes them
 *   text PATH                 -> 0 and the file, line breaks as "|", or the errno
 *   list PATH                 -> 0 and the sorted names, or the errno
 *   link PATH                 -> 0 and where it points, or the errno
 *   open PATH FLAGS           -> errno of opening it
 *   fill PATH                 -> bytes that fit into a file there, the errno that ended it
 *   connect ADDRESS PORT      -> errno of a TCP connection
 *   abstract NAME             -> errno of a connection to an abstract Unix socket
 *   environment               -> 0 and the sorted variables
 *   ask PORT TEXT             -> the first line of the answer to TEXT, in which | ends a line
 *   reopen FD                 -> errnos of shrinking, growing and sealing it by another opening
 *   hoard                     -> descriptors that could be opened, the errno that ended it; kept
 *   scatter COUNT             -> how many processes went off on their own, deaf to SIGTERM, each
 *                                with memory and a listening socket
 *   flood COUNT               -> how many news of as many frames, each all damage, with another
 *                                pointer and caret, went out (compositor only) */

#include "captive.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char scratch[65536];

static void run(char *command, char *answer);

long captive_number(const char *word)
{
	if (word == NULL) {
		return 0;
	}
	return word[0] == '@' ? (long)(intptr_t)scratch : strtol(word, NULL, 0);
}

static void make_call(char *rest, char *answer)
{
	long arguments[7];
	char *place = NULL;
	char *word = strtok_r(rest, " ", &place);
	long result;

	for (int i = 0; i < 7; i++) {
		arguments[i] = captive_number(word);
		word = word != NULL ? strtok_r(NULL, " ", &place) : NULL;
	}
	errno = 0;
	result = syscall(arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
		arguments[5], arguments[6]);
	snprintf(answer, ANSWER_SIZE, "%ld %d", result, errno);
}

static void make_old_call(const char *rest, char *answer)
{
#ifdef __x86_64__
	long result = captive_number(rest);

	__asm__ volatile("int $0x80" : "+a"(result) : : "r8", "r9", "r10", "r11", "memory");
	snprintf(answer, ANSWER_SIZE, "%ld", result);
#else
	(void)rest;
	answer[0] = '\0';
#endif
}

static void read_text(const char *path, char *answer)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 2;
	ssize_t got;

	memcpy(answer, "0 ", 2);
	while (file >= 0 && used < ANSWER_SIZE - 1 &&
		(got = read(file, answer + used, ANSWER_SIZE - 1 - used)) > 0) {
		used += (size_t)got;
	}
	if (file < 0) {
		snprintf(answer, ANSWER_SIZE, "%d", errno);
		return;
	}
	close(file);
	answer[used] = '\0';
	for (size_t i = 2; i < used; i++) {
		if (answer[i] == '\n' || answer[i] == '\0') {
			answer[i] = '|';
		}
	}
}

static int compare(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static void join(char *answer, char **words, size_t count)
{
	size_t used = 1;

	qsort(words, count, sizeof(*words), compare);
	memcpy(answer, "0", 2);
	for (size_t i = 0; i < count && used < ANSWER_SIZE - 1; i++) {
		used += (size_t)snprintf(answer + used, ANSWER_SIZE - used, " %s", words[i]);
	}
}

static void list(const char *path, char *answer)
{
	static char *names[4096];
	size_t count = 0;
	DIR *directory = opendir(path);

	if (directory == NULL) {
		snprintf(answer, ANSWER_SIZE, "%d", errno);
		return;
	}
	for (struct dirent *entry; count < 4096 && (entry = readdir(directory)) != NULL;) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			names[count++] = strdup(entry->d_name);
		}
	}
	closedir(directory);
	join(answer, names, count);
	while (count > 0) {
		free(names[--count]);
	}
}

static void read_link(const char *path, char *answer)
{
	char target[4096];
	ssize_t size = readlink(path, target, sizeof(target) - 1);

	if (size < 0) {
		snprintf(answer, ANSWER_SIZE, "%d", errno);
		return;
	}
	target[size] = '\0';
	snprintf(answer, ANSWER_SIZE, "0 %s", target);
}

static void open_file(char *rest, char *answer)
{
	char *place = NULL;
	const char *path = strtok_r(rest, " ", &place);
	int flags = (int)captive_number(strtok_r(NULL, " ", &place));
	int file = open(path, flags | O_CLOEXEC, 0600);

	snprintf(answer, ANSWER_SIZE, "%d", file < 0 ? errno : 0);
	if (file >= 0) {
		close(file);
	}
}

static void fill(const char *path, char *answer)
{
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int error = file < 0 ? errno : 0;
	long long total = 0;

	while (file >= 0 && error == 0 && total < 1ll << 31) {
		ssize_t put = write(file, scratch, sizeof(scratch));

		total += put > 0 ? put : 0;
		error = put < 0 ? errno : 0;
	}
	if (file >= 0) {
		close(file);
		unlink(path);
	}
	snprintf(answer, ANSWER_SIZE, "%lld %d", total, error);
}

int captive_connect(const char *address, const char *port)
{
	struct sockaddr_in four = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)captive_number(port))};
	struct sockaddr_in6 six = {
		.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)captive_number(port))};
	int is_four = inet_pton(AF_INET, address, &four.sin_addr) == 1;
	int way;
	int result;

	if (!is_four && inet_pton(AF_INET6, address, &six.sin6_addr) != 1) {
		return -EINVAL;
	}
	way = socket(is_four ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (way < 0) {
		return -errno;
	}
	result = is_four ? connect(way, (struct sockaddr *)&four, sizeof(four))
			 : connect(way, (struct sockaddr *)&six, sizeof(six));
	if (result != 0) {
		result = -errno;
		close(way);
		return result;
	}
	return way;
}

static int connect_abstract(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t size = strlen(name);
	int way = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error = 0;

	memcpy(address.sun_path + 1, name, size);
	size += offsetof(struct sockaddr_un, sun_path) + 1;
	if (connect(way, (struct sockaddr *)&address, (socklen_t)size) != 0) {
		error = errno;
	}
	close(way);
	return error;
}

static void connect_somewhere(char *rest, char *answer)
{
	char *place = NULL;
	const char *address = strtok_r(rest, " ", &place);
	int way = captive_connect(address, strtok_r(NULL, " ", &place));

	snprintf(answer, ANSWER_SIZE, "%d", way < 0 ? -way : 0);
	if (way >= 0) {
		close(way);
	}
}

/* Runs the command in a child, in namespaces of its own if asked, and passes its answer back. */
static void run_apart(char *rest, char *answer, int is_nested)
{
	int ends[2];
	size_t used = 0;
	ssize_t got;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0) {
		exit(1);
	}
	pid = fork();
	if (pid == 0) {
		if (is_nested &&
			unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID) != 0) {
			snprintf(answer, ANSWER_SIZE, "unshare %d", errno);
		} else if (rest[0] == '\0') {
			snprintf(answer, ANSWER_SIZE, "0");
		} else {
			run(rest, answer);
		}
		_exit(write(ends[1], answer, strlen(answer)) < 0);
	}
	close(ends[1]);
	while ((got = read(ends[0], answer + used, ANSWER_SIZE - 1 - used)) > 0) {
		used += (size_t)got;
	}
	answer[used] = '\0';
	close(ends[0]);
	waitpid(pid, NULL, 0);
}

static void list_environment(char *answer)
{
	char *variables[256];
	size_t count = 0;

	while (count < 256 && environ[count] != NULL) {
		variables[count] = environ[count];
		count++;
	}
	join(answer, variables, count);
}

static void run(char *command, char *answer)
{
	char *rest = command + strcspn(command, " ");

	if (*rest == ' ') {
		*rest++ = '\0';
	}
	if (strcmp(command, "call") == 0) {
		make_call(rest, answer);
	} else if (strcmp(command, "nested") == 0) {
		run_apart(rest, answer, 1);
	} else if (strcmp(command, "apart") == 0) {
		run_apart(rest, answer, 0);
	} else if (strcmp(command, "old") == 0) {
		make_old_call(rest, answer);
	} else if (strcmp(command, "text") == 0) {
		read_text(rest, answer);
	} else if (strcmp(command, "list") == 0) {
		list(rest, answer);
	} else if (strcmp(command, "link") == 0) {
		read_link(rest, answer);
	} else if (strcmp(command, "open") == 0) {
		open_file(rest, answer);
	} else if (strcmp(command, "fill") == 0) {
		fill(rest, answer);
	} else if (strcmp(command, "connect") == 0) {
		connect_somewhere(rest, answer);
	} else if (strcmp(command, "abstract") == 0) {
		snprintf(answer, ANSWER_SIZE, "%d", connect_abstract(rest));
	} else if (strcmp(command, "environment") == 0) {
		list_environment(answer);
	} else if (!captive_do(command, rest, answer)) {
		snprintf(answer, ANSWER_SIZE, "unknown command");
	}
}

int main(void)
{
	static char command[4096];
	static char answer[ANSWER_SIZE];
	const char *port = getenv("GARASU_PROXY_PORT");
	int way_out = port != NULL ? captive_way_out(port) : -1;
	FILE *commands = way_out >= 0 ? fdopen(way_out, "r") : NULL;

	if (commands == NULL) {
		return 9;
	}
	while (fgets(command, sizeof(command), commands) != NULL) {
		command[strcspn(command, "\n")] = '\0';
		run(command, answer);
		if (dprintf(way_out, "%s\n", answer) < 0) {
			return 9;
		}
	}
	return 0;
}
