/* SPDX-License-Identifier: GPL-3.0-or-later */
/* garasuctl selftest: runs the checks, writes the report, has its digest put into the audit trail.
 */

#include "selftest.h"

#include "command.h"
#include "trail/key.h"

#include "base/descriptor.h"
#include "base/hex.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum exit_code { EXIT_PASSED = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

static const struct selftest_check checks[] = {
	{"1.6(6)", "each role runs under a uid of its own", "役割ごとに専用の uid で動作",
		selftest_uids},
	{"1.6(6)", "no process has a capability or can gain one",
		"全プロセスに特権がなく、取得もできない", selftest_privileges},
	{"1.6(6)", "system-call filters hold what reads untrusted bytes",
		"外部データを読むプロセスにシステムコール制限", selftest_filters},
	{"1.6(6)", "no role's memory can be read by its neighbours",
		"役割のメモリーを他プロセスから読めない", selftest_secrecy},
	{"1.2(11), 1.6(3)②", "no role but egress has a network", "egress 以外にネットワークがない",
		selftest_networks},
	{"1.2(11), 1.6(3)②", "no session holds a socket of the host's network",
		"セッションがホストの通信路を保持していない", selftest_sockets},
	{"1.2(12), 1.6(3)②", "frame memory is sealed against every change of size",
		"画面メモリーの大きさを変更できない", selftest_frames},
	{"1.2(12), 1.6(3)②", "the browser's policy stands in each session",
		"各セッションにブラウザーのポリシーを適用", selftest_policy},
	{"1.6(6)", "keys, users and trail are their owners' alone",
		"鍵・利用者情報・証跡は所有者だけが読める", selftest_files},
	{"1.2(11), 1.6(3)②", "viewers are awaited on the configured address alone",
		"設定したアドレスだけで待ち受け", selftest_listen},
	{"1.6(6)", "no log-in without TLS and certificate", "TLS と証明書のないログインを拒否",
		selftest_anonymous},
	{"1.6(6)", "TLS below tls.minimum is refused", "tls.minimum 未満の TLS を拒否",
		selftest_old_tls},
	{"1.6(6)", "no page without TLS, no session of a browser without log-in",
		"TLS のないページ表示と、ログインのないブラウザーのセッションを拒否", selftest_web},
	{"1.6(6)", "TLS below tls.minimum is refused to browsers too",
		"ブラウザーにも tls.minimum 未満の TLS を拒否", selftest_web_tls},
	{"1.6(6), 1.6(7)", "the admin socket refuses the uid of a role",
		"管理ソケットが役割の uid を拒否", selftest_admin},
	{"1.6(9), 1.7", "the audit trail is whole, in order and signed",
		"監査証跡に変更・欠落がなく、署名されている", selftest_trail},
};

#define CHECKS (sizeof(checks) / sizeof(checks[0]))

enum selftest_verdict selftest_say(
	struct selftest *test, enum selftest_verdict verdict, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(test->reason, sizeof(test->reason), format, arguments);
	va_end(arguments);
	return verdict;
}

enum selftest_verdict selftest_judge(struct selftest *test, unsigned seen, const char *of_what)
{
	return seen > 0 ? selftest_say(test, SELFTEST_PASS, "%u %s", seen, of_what)
			: selftest_say(test, SELFTEST_NOT_CHECKED, "there are no %s", of_what);
}

enum selftest_verdict selftest_blame(
	struct selftest *test, const struct selftest_process *process, const char *what)
{
	return selftest_say(
		test, SELFTEST_FAIL, "process %d (%s) %s", (int)process->pid, process->name, what);
}

static const char *verdict_word(enum selftest_verdict verdict, int is_japanese)
{
	switch (verdict) {
	case SELFTEST_PASS:
		return is_japanese ? "合格" : "pass";
	case SELFTEST_FAIL:
		return is_japanese ? "不合格" : "FAIL";
	case SELFTEST_NOT_CHECKED:
		return is_japanese ? "未確認" : "not checked";
	}
	return "?";
}

/* One line on the terminal in its language, and one in each language in the report. */
static void write_line(FILE *report, const struct selftest_check *check,
	enum selftest_verdict verdict, const char *reason, int is_japanese)
{
	const char *gap = reason[0] != '\0' ? ": " : "";

	printf("%-11s %s  %s%s%s\n", verdict_word(verdict, is_japanese), check->clause,
		is_japanese ? check->japanese : check->english, gap, reason);
	fprintf(report, "%s / %s\t%s\t%s / %s\t%s\n", verdict_word(verdict, 0),
		verdict_word(verdict, 1), check->clause, check->english, check->japanese, reason);
}

static void run_checks(struct selftest *test, FILE *report, unsigned counts[3], int is_japanese)
{
	for (size_t i = 0; i < CHECKS; i++) {
		enum selftest_verdict verdict;

		test->reason[0] = '\0';
		verdict = checks[i].run(test);
		counts[verdict]++;
		write_line(report, &checks[i], verdict, test->reason, is_japanese);
	}
	printf(is_japanese ? "合格 %u、不合格 %u、未確認 %u\n"
			   : "%u passed, %u failed, %u not checked\n",
		counts[SELFTEST_PASS], counts[SELFTEST_FAIL], counts[SELFTEST_NOT_CHECKED]);
}

static void head_report(FILE *report, const char *path)
{
	char host[256] = "?";
	char when[32];
	time_t now = time(NULL);
	struct tm utc = {0};

	gethostname(host, sizeof(host) - 1);
	gmtime_r(&now, &utc);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &utc);
	fprintf(report, "Garasu " GARASU_VERSION " selftest\t%s\t%s\t%s\n", when, host, path);
}

/* Keeps the report: its file, and its digest in the audit trail. */
static int keep_report(const struct selftest *test, const char *path, const char *text, size_t size,
	const unsigned counts[3], int is_japanese)
{
	struct garasu_admin_request request = {
		.version = GARASU_ADMIN_VERSION, .command = GARASU_ADMIN_SELF_TEST};
	uint8_t hash[TRAIL_HASH_SIZE];
	char hex[TRAIL_HASH_TEXT];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	int result = fd < 0 ? -errno : garasu_fd_write_all(fd, text, size);

	garasu_fd_close(&fd);
	if (result != 0) {
		fprintf(stderr, "garasuctl: %s: %s\n", path, strerror(-result));
		return EXIT_UNREACHABLE;
	}
	trail_hash(text, size, hash);
	garasu_hex_write(hex, hash, sizeof(hash));
	snprintf(request.text, sizeof(request.text), "%u %u %u %s", counts[SELFTEST_PASS],
		counts[SELFTEST_FAIL], counts[SELFTEST_NOT_CHECKED], hex);
	printf(is_japanese ? "報告書 %s（SHA-256 %s）\n" : "report %s (SHA-256 %s)\n", path, hex);
	return command_send(test->config->admin_socket, &request, 0, is_japanese);
}

static struct garasu_config *read_configuration(const char *path)
{
	struct garasu_config *config = NULL;
	char message[4096] = "";
	char *text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -errno : garasu_fd_read_all(fd, &text, GARASU_CONFIG_BYTES_MAX);

	garasu_fd_close(&fd);
	if (size < 0) {
		fprintf(stderr, "garasuctl: %s: %s\n", path, strerror((int)-size));
	} else if (garasu_config_parse(
			   text, (size_t)size, path, &config, message, sizeof(message)) != 0) {
		fputs(message, stderr);
		config = NULL;
	}
	free(text);
	return config;
}

static int run(const char *path, const char *report_path, int is_japanese)
{
	struct selftest test = {.config = read_configuration(path)};
	struct garasu_config *config;
	unsigned counts[3] = {0};
	char *text = NULL;
	size_t size = 0;
	FILE *report = open_memstream(&text, &size);
	int result = EXIT_UNREACHABLE;

	memcpy(&config, &test.config, sizeof(config)); /* ours to destroy */
	if (config != NULL && report != NULL && selftest_find_processes(&test) == 0) {
		head_report(report, path);
		run_checks(&test, report, counts, is_japanese);
		if (fclose(report) == 0) {
			result = keep_report(&test, report_path, text, size, counts, is_japanese);
		}
		report = NULL;
		result = result == 0 && counts[SELFTEST_FAIL] > 0 ? EXIT_FAILED : result;
	}
	if (report != NULL) {
		fclose(report);
	}
	free(text);
	free(test.processes);
	garasu_config_destroy(&config);
	return result;
}

int selftest_command(char *const *words, int is_japanese)
{
	const char *config = "/etc/garasu/garasu.conf";
	const char *report = NULL;

	for (; *words != NULL; words++) {
		const char **value = strcmp(*words, "--config") == 0   ? &config
				     : strcmp(*words, "--report") == 0 ? &report
								       : NULL;

		if (value == NULL || words[1] == NULL) {
			report = NULL;
			break;
		}
		*value = *++words;
	}
	if (report == NULL) {
		fputs(is_japanese ? "使い方: garasuctl selftest [--config 設定ファイル] --report "
				    "報告書\n"
				  : "usage: garasuctl selftest [--config FILE] --report FILE\n",
			stderr);
		return EXIT_USAGE;
	}
	if (geteuid() != 0) {
		fputs(is_japanese ? "garasuctl: root で実行してください\n"
				  : "garasuctl: run it as root: other uids see too little\n",
			stderr);
		return EXIT_USAGE;
	}
	return run(config, report, is_japanese);
}
