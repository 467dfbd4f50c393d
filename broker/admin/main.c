/* SPDX-License-Identifier: GPL-3.0-or-later */
/* garasuctl: what an administrator asks of the broker. */

#include "audit.h"
#include "command.h"
#include "fonts.h"
#include "selftest.h"

#include "base/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

enum exit_code { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

static int read_password(char *password, size_t size, int from_stdin)
{
	struct termios before, silent;
	int is_terminal = !from_stdin && tcgetattr(STDIN_FILENO, &before) == 0;
	int result;

	if (is_terminal) {
		silent = before;
		silent.c_lflag &= ~(tcflag_t)ECHO;
		fputs("Password: ", stderr);
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	}
	result = (is_terminal || from_stdin) && fgets(password, (int)size, stdin) != NULL;
	if (is_terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	password[strcspn(password, "\n")] = '\0';
	return result;
}

static int reach(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int talk(int fd, struct garasu_admin_request *request, int is_json, int is_japanese)
{
	struct garasu_admin_answer row;
	int is_first = 1;
	int is_list = request->command == GARASU_ADMIN_USER_LIST ||
		      request->command == GARASU_ADMIN_SESSION_LIST ||
		      request->command == GARASU_ADMIN_CUT_OFF_LIST;
	ssize_t sent = send(fd, request, sizeof(*request), MSG_NOSIGNAL);

	garasu_secret_wipe(request, sizeof(*request));
	if (is_json && is_list) {
		printf("[");
	}
	while (sent > 0 && recv(fd, &row, sizeof(row), 0) == (ssize_t)sizeof(row)) {
		if (row.kind != GARASU_ADMIN_END) {
			print_row(&row, is_json, is_first);
			is_first = 0;
			continue;
		}
		if (is_json && (is_list || !is_first)) {
			printf(is_list ? "]\n" : "\n");
		}
		if (row.result != GARASU_ADMIN_DONE) {
			fprintf(stderr, "garasuctl: %s\n", print_result(row.result, is_japanese));
		}
		return row.result == GARASU_ADMIN_DONE ? EXIT_DONE : EXIT_REFUSED;
	}
	fprintf(stderr, "garasuctl: %s\n",
		is_japanese ? "ブローカーに切断されました（権限を確認してください）"
			    : "the broker closed the connection: are you an administrator?");
	return EXIT_UNREACHABLE;
}

int command_send(
	const char *path, struct garasu_admin_request *request, int is_json, int is_japanese)
{
	int fd = reach(path);

	if (fd < 0) {
		perror(path);
		return EXIT_UNREACHABLE;
	}
	return talk(fd, request, is_json, is_japanese);
}

int main(int argc, char **argv)
{
	const char *path = "/run/garasu/admin.sock";
	const char *language = getenv("LANG");
	int is_japanese = language != NULL && strncmp(language, "ja", 2) == 0;
	int is_json = 0, from_stdin = 0, count = 0;
	struct garasu_admin_request request;
	char *words[8] = {NULL};

	if (argc > 1 && strcmp(argv[1], "audit") == 0) {
		return audit_command(argv + 2, is_japanese);
	}
	if (argc == 2 && strcmp(argv[1], "fonts") == 0) {
		return fonts_command(is_japanese);
	}
	if (argc > 1 && strcmp(argv[1], "selftest") == 0) {
		return selftest_command(argv + 2, is_japanese);
	}
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			is_json = 1;
		} else if (strcmp(argv[i], "--password-stdin") == 0) {
			from_stdin = 1;
		} else if (strcmp(argv[i], "--socket") == 0 && i + 1 < argc) {
			path = argv[++i];
		} else if (count < 7) {
			words[count++] = argv[i];
		}
	}
	if (command_parse(words, &request) != 0) {
		fputs("usage: garasuctl [--socket PATH] [--json] user add|remove|passwd NAME | "
		      "user "
		      "list | session list | session end N | session message N TEXT | cutoff "
		      "[release] user NAME|host|all | cutoff list | status | audit ... | fonts | "
		      "selftest "
		      "...\n",
			stderr);
		return EXIT_USAGE;
	}
	if ((request.command == GARASU_ADMIN_USER_ADD ||
		    request.command == GARASU_ADMIN_USER_PASSWORD) &&
		!read_password(request.password, sizeof(request.password), from_stdin)) {
		return EXIT_USAGE;
	}
	return command_send(path, &request, is_json, is_japanese);
}
