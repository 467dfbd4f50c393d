/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words for everything that can go wrong, in English and Japanese. */

#include "problem.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

struct words {
	const char *what, *why, *remedy; /* "what" is followed by the subject */
};

/* Indexed by enum problem_kind, then enum language. */
static const struct words words[PROBLEM_COUNT][2] = {
	[PROBLEM_NONE] = {{"nothing is wrong", "", ""}, {"問題はありません", "", ""}},
	[PROBLEM_USAGE] = {{"the command line is not understood",
				   "an option or word is unknown, "
				   "missing or out of its range",
				   "see garasu-certs --help"},
		{"コマンドラインを解釈できません", "オプションや語が不明、不足、または範囲外です",
			"garasu-certs --help を見てください"}},
	[PROBLEM_EXISTS] =
		{{"will not overwrite",
			 "the file is there already, and a key that is lost cannot be brought back",
			 "use renew, another --dir, or move the file away first"},
			{"上書きしません", "ファイルがすでにあり、失った鍵は元に戻せません",
				"renew を使うか、別の --dir "
				"を指定するか、先にファイルを移してください"}},
	[PROBLEM_NO_FOLDER] = {{"cannot use the directory", "it cannot be opened, made or locked",
				       "check --dir, its owner and its mode"},
		{"ディレクトリを使えません", "開く、作る、またはロックすることができません",
			"--dir と、その所有者および権限を確かめてください"}},
	[PROBLEM_NO_FILE] = {{"the file is missing", "it is not in the directory",
				     "check --dir; a new CA is made with: garasu-certs ca"},
		{"ファイルがありません", "指定のディレクトリにありません",
			"--dir を確かめてください。認証局は garasu-certs ca で作ります"}},
	[PROBLEM_UNREADABLE] = {{"cannot read", "the system refused, or the file is too large",
					"check its owner and its mode, or run as its owner"},
		{"読めません", "システムが拒んだか、ファイルが大きすぎます",
			"所有者と権限を確かめるか、所有者として実行してください"}},
	[PROBLEM_UNWRITABLE] =
		{{"cannot write",
			 "the system refused, or the disk is full; nothing was left half "
			 "written",
			 "check the directory's owner, its mode and the free space"},
			{"書けません",
				"システムが拒んだか、空き容量がありません。書きかけのファイルは残っ"
				"ていません",
				"ディレクトリの所有者、権限、空き容量を確かめてください"}},
	[PROBLEM_NOT_PEM] = {{"is not what its name says", "no PEM of the expected kind is in it",
				     "restore the file from its copy, or make it anew"},
		{"名前どおりの内容ではありません", "期待する種類の PEM が入っていません",
			"控えから戻すか、作り直してください"}},
	[PROBLEM_NOT_OURS] = {{"was not issued by this CA",
				      "its signature does not belong to ca.crt of the directory",
				      "use the --dir of the CA that issued it"},
		{"この認証局が発行したものではありません",
			"署名がディレクトリの ca.crt のものではありません",
			"発行した認証局の --dir を指定してください"}},
	[PROBLEM_NOT_RENEWABLE] =
		{{"cannot be renewed", "only server.crt and client-USER.crt of the directory can",
			 "give one of these names; a CA is not renewed but replaced"},
			{"更新できません",
				"更新できるのはディレクトリの server.crt と client-USER.crt "
				"だけです",
				"これらの名前を指定してください。認証局は更新せず、作り直します"}},
	[PROBLEM_KEY_MISMATCH] = {{"does not belong to its certificate",
					  "the key and the certificate are not a pair",
					  "restore both files from the same copy"},
		{"証明書と対になっていません", "鍵と証明書が組になっていません",
			"両方のファイルを同じ控えから戻してください"}},
	[PROBLEM_BAD_NAME] = {{"is not a name that can be used",
				      "a user is a-z first, then a-z 0-9 . _ -, at most 63; a CA's "
				      "name is 1 "
				      "to 64 characters of UTF-8 without controls",
				      "give another --name"},
		{"使える名前ではありません",
			"利用者名は a-z で始まり a-z 0-9 . _ - を 63 字まで、認証局の名前は制御"
			"文字を含まない UTF-8 を 1 から 64 字までです",
			"別の --name を指定してください"}},
	[PROBLEM_BAD_HOST] = {{"is not a host",
				      "expected a DNS name (letters, digits, hyphens, dots; no "
				      "wildcard) or a numeric address",
				      "give another --host"},
		{"ホスト名ではありません",
			"DNS 名（英数字、ハイフン、ドット。ワイルドカード不可）か数字のアドレスが"
			"必要です",
			"別の --host を指定してください"}},
	[PROBLEM_AUTHORITY_EXPIRED] = {{"has ended", "a CA that has ended cannot issue",
					       "make a new CA in another --dir and give its ca.crt "
					       "to the viewers"},
		{"有効期限が切れています", "期限の切れた認証局は発行できません",
			"別の --dir に新しい認証局を作り、その ca.crt をビューアに配ってください"}},
	[PROBLEM_LIBRARY] = {{"could not be made", "OpenSSL refused",
				     "report the words in brackets; memory may be short"},
		{"作れません", "OpenSSL が拒みました",
			"括弧内の語を添えて報告してください。メモリ不足かもしれません"}},
};

int problem_set(
	struct problem *problem, enum problem_kind kind, const char *subject, const char *detail)
{
	problem->kind = kind;
	snprintf(problem->subject, sizeof(problem->subject), "%s", subject);
	snprintf(problem->detail, sizeof(problem->detail), "%s", detail);
	return -EIO;
}

int problem_set_library(struct problem *problem, const char *subject)
{
	char detail[PROBLEM_TEXT_SIZE] = "";

	if (ERR_peek_last_error() != 0) {
		ERR_error_string_n(ERR_peek_last_error(), detail, sizeof(detail));
	}
	return problem_set(problem, PROBLEM_LIBRARY, subject, detail);
}

void problem_print(const struct problem *problem, enum language language, FILE *out)
{
	const struct words *said = &words[problem->kind][language];
	int is_japanese = language == LANGUAGE_JA;
	char subject[PROBLEM_TEXT_SIZE];

	memcpy(subject, problem->subject, sizeof(subject));
	for (char *at = subject; *at != '\0'; at++) {
		if ((unsigned char)*at < 0x20 || *at == 0x7f) {
			*at = '?';
		}
	}
	fprintf(out, "garasu-certs: %s: %s\n", subject, said->what);
	fprintf(out, "  %s: %s", is_japanese ? "理由" : "why", said->why);
	if (problem->detail[0] != '\0') {
		fprintf(out, " (%s)", problem->detail);
	}
	fprintf(out, "\n  %s: %s\n", is_japanese ? "対処" : "do", said->remedy);
}

enum language problem_language_of_locale(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0') {
			return strncmp(value, "ja", 2) == 0 ? LANGUAGE_JA : LANGUAGE_EN;
		}
	}
	return LANGUAGE_EN;
}
