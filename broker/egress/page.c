/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a browser is told when it does not get what it asked for: what happened, why, what to do. */

#include "egress.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PAGE_BYTES 4096

struct words {
	unsigned status;
	const char *reason;
	enum garasu_egress_verdict verdict;
	const char *what_ja, *why_ja, *do_ja;
	const char *what_en, *why_en, *do_en;
};

static const struct words pages[] = {
	[PAGE_BAD_REQUEST] = {400, "Bad Request", GARASU_EGRESS_BAD_REQUEST,
		"このアドレスは開けません", "アドレスまたは要求の書き方が正しくありません。",
		"アドレスを確かめて、もう一度入力してください。", "This address cannot be opened",
		"The address or the request is not well formed.",
		"Check the address and enter it again."},
	[PAGE_SLOW_REQUEST] = {408, "Request Timeout", GARASU_EGRESS_BAD_REQUEST,
		"要求が最後まで届きませんでした", "時間内に要求を受け取れませんでした。",
		"ページを再読み込みしてください。", "The request did not arrive whole",
		"It was not received in time.", "Reload the page."},
	[PAGE_TOO_LARGE] = {431, "Request Header Fields Too Large", GARASU_EGRESS_BAD_REQUEST,
		"要求が大きすぎます", "アドレスまたは Cookie が、通せる大きさを超えています。",
		"サイトの Cookie を消してから、もう一度試してください。",
		"The request is too large",
		"The address or the cookies are larger than what is let through.",
		"Delete the site's cookies and try again."},
	[PAGE_DENIED_ADDRESS] = {403, "Forbidden", GARASU_EGRESS_DENIED_ADDRESS,
		"この接続先は許可されていません",
		"庁内や予約済みのアドレスを指しており、インターネットではありません。",
		"業務で必要なときは、情報システム担当に接続先を伝えてください。",
		"This destination is not allowed",
		"It points to an internal or reserved address, which is not the internet.",
		"If your work needs it, tell the administrators the destination."},
	[PAGE_DENIED_NAME] = {403, "Forbidden", GARASU_EGRESS_DENIED_NAME,
		"この名前は許可されていません", "インターネットのサイトの名前ではありません。",
		"業務で必要なときは、情報システム担当に接続先を伝えてください。",
		"This name is not allowed", "It is not the name of a site on the internet.",
		"If your work needs it, tell the administrators the destination."},
	[PAGE_DENIED_LIST] = {403, "Forbidden", GARASU_EGRESS_DENIED_NAME,
		"このサイトは許可されていません",
		"管理者の設定により、このサイトは開けないことになっています。",
		"業務で必要なときは、情報システム担当に接続先を伝えてください。",
		"This site is not allowed", "The administrators have not opened this site.",
		"If your work needs it, tell the administrators the destination."},
	[PAGE_DENIED_PORT] = {403, "Forbidden", GARASU_EGRESS_DENIED_PORT,
		"このポート番号は許可されていません",
		"ウェブ以外の用途のポートへは接続できません。",
		"業務で必要なときは、情報システム担当に接続先を伝えてください。",
		"This port is not allowed", "Only ports of the web may be connected to.",
		"If your work needs it, tell the administrators the destination."},
	[PAGE_UNRESOLVED] = {502, "Bad Gateway", GARASU_EGRESS_UNRESOLVED, "サイトが見つかりません",
		"この名前のアドレスが見つかりませんでした。",
		"つづりを確かめて、もう一度入力してください。", "The site was not found",
		"There is no address for this name.", "Check the spelling and enter it again."},
	[PAGE_NAME_TIMEOUT] = {504, "Gateway Timeout", GARASU_EGRESS_UNRESOLVED,
		"サイトの名前を調べられませんでした", "ネームサーバーが時間内に答えませんでした。",
		"しばらく待ってから再読み込みしてください。続くときは情報システム担当へ。",
		"The site's name could not be looked up", "The name server did not answer in time.",
		"Wait and reload. If it goes on, tell the administrators."},
	[PAGE_UNREACHABLE] = {502, "Bad Gateway", GARASU_EGRESS_UNREACHABLE,
		"サイトに接続できません", "サイトが接続を受け付けませんでした。",
		"しばらく待ってから再読み込みしてください。", "The site cannot be reached",
		"It did not accept the connection.", "Wait and reload the page."},
	[PAGE_TIMEOUT] = {504, "Gateway Timeout", GARASU_EGRESS_UNREACHABLE, "サイトが応答しません",
		"サイトが時間内に接続を受け付けませんでした。",
		"しばらく待ってから再読み込みしてください。", "The site does not respond",
		"It did not accept the connection in time.", "Wait and reload the page."},
	[PAGE_BAD_RESPONSE] = {502, "Bad Gateway", GARASU_EGRESS_ALLOWED,
		"サイトの応答が正しくありません", "サイトの答えを読み取れませんでした。",
		"しばらく待ってから再読み込みしてください。",
		"The site's answer is not well formed", "It could not be read.",
		"Wait and reload the page."},
	[PAGE_LIMIT] = {503, "Service Unavailable", GARASU_EGRESS_LIMIT,
		"同時接続数の上限に達しました", "この利用者が一度に開ける接続の数を超えています。",
		"使っていないタブを閉じて、再読み込みしてください。",
		"Too many connections at once",
		"This session has as many connections open as it may.",
		"Close tabs that you do not need and reload."},
	[PAGE_VOLUME] = {503, "Service Unavailable", GARASU_EGRESS_LIMIT,
		"通信量の上限に達しました", "このセッションで送受信できる量を使い切りました。",
		"ログアウトしてから、もう一度ログインしてください。",
		"The session's data volume is used up",
		"This session has sent or received as much as it may.",
		"Log out and log in again."},
	[PAGE_UPSTREAM_UNREACHABLE] = {504, "Gateway Timeout", GARASU_EGRESS_UPSTREAM_FAILED,
		"上位プロキシが応答しません",
		"インターネットへの中継サーバー（上位プロキシ）に接続できませんでした。",
		"しばらく待ってから再読み込みしてください。続くときは情報システム担当へ。",
		"The upstream proxy does not respond",
		"The proxy that leads to the internet could not be reached in time.",
		"Wait and reload. If it goes on, tell the administrators."},
	[PAGE_UPSTREAM_BROKEN] = {502, "Bad Gateway", GARASU_EGRESS_UPSTREAM_FAILED,
		"上位プロキシの応答が正しくありません",
		"インターネットへの中継サーバー（上位プロキシ）の答えを読み取れませんでした。",
		"しばらく待ってから再読み込みしてください。続くときは情報システム担当へ。",
		"The upstream proxy's answer is not well formed",
		"The proxy that leads to the internet gave no answer that could be read.",
		"Wait and reload. If it goes on, tell the administrators."},
	[PAGE_UPSTREAM_CREDENTIALS] = {502, "Bad Gateway", GARASU_EGRESS_UPSTREAM_FAILED,
		"上位プロキシの認証に失敗しました",
		"中継サーバー（上位プロキシ）が、Garasu "
		"の利用者名またはパスワードを受け付けません。",
		"情報システム担当に伝えてください。",
		"The upstream proxy did not accept Garasu's credentials",
		"The proxy that leads to the internet wants another user or password.",
		"Tell the administrators."},
	[PAGE_UPSTREAM_REFUSED] = {502, "Bad Gateway", GARASU_EGRESS_UPSTREAM_REFUSED,
		"上位プロキシが接続を断りました",
		"インターネットへの中継サーバー（上位プロキシ）が、このサイトを開きませんでした。",
		"業務で必要なときは、情報システム担当に接続先を伝えてください。",
		"The upstream proxy refused the connection",
		"The proxy that leads to the internet did not open this site.",
		"If your work needs it, tell the administrators the destination."},
};

enum garasu_egress_verdict page_verdict(enum page page)
{
	return pages[page].verdict;
}

static int write_body(char *body, size_t size, const struct words *words, int is_connect,
	const char *host, uint16_t port)
{
	if (is_connect) { /* browsers show their own page for a tunnel that was refused */
		return snprintf(body, size, "%s %s\n", words->what_en, words->why_en);
	}
	return snprintf(body, size,
		"<!DOCTYPE html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\">"
		"<title>%s</title><style>body{font:16px/1.7 sans-serif;max-width:40em;"
		"margin:4em auto;padding:0 1em}hr{border:0;border-top:1px solid #999}"
		"</style></head><body>\n<h1>%s</h1><p>%s</p><p>%s</p>\n<hr>\n"
		"<div lang=\"en\"><h1>%s</h1><p>%s</p><p>%s</p></div>\n<hr>\n"
		"<p>Garasu %u%s%s%s%.0u</p>\n</body></html>\n",
		words->what_ja, words->what_ja, words->why_ja, words->do_ja, words->what_en,
		words->why_en, words->do_en, words->status, host[0] != '\0' ? " &middot; " : "",
		host, port != 0 ? ":" : "", port);
}

int page_write(
	enum page page, int is_connect, const char *host, uint16_t port, struct garasu_buffer *out)
{
	const struct words *words = &pages[page];
	char body[PAGE_BYTES];
	char head[512];
	int body_size = write_body(body, sizeof(body), words, is_connect, host, port);
	int head_size;

	if (body_size < 0 || body_size >= (int)sizeof(body)) {
		return -ENOBUFS;
	}
	head_size = snprintf(head, sizeof(head),
		"HTTP/1.1 %u %s\r\nContent-Type: text/%s; charset=utf-8\r\nContent-Length: %d\r\n"
		"Cache-Control: no-store\r\nContent-Security-Policy: default-src 'none'; "
		"style-src 'unsafe-inline'\r\nConnection: close\r\n\r\n",
		words->status, words->reason, is_connect ? "plain" : "html", body_size);
	if (garasu_buffer_append(out, head, (size_t)head_size) != 0) {
		return -ENOBUFS;
	}
	return garasu_buffer_append(out, body, (size_t)body_size);
}
