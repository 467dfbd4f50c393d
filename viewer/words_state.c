/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words for the broker's state codes. A switch, so that a new code does not compile wordless.
 */

#include "words_table.h"

#define ENTRY(...)                                                                                 \
	{                                                                                          \
		static const struct words entry = {__VA_ARGS__};                                   \
		return &entry;                                                                     \
	}

const struct words *words_unknown_state(enum language language)
{
	static const struct words entries[LANGUAGE_COUNT] = {
		[LANGUAGE_JAPANESE] = {"サーバーから不明な通知がありました。",
			"サーバーから不明な通知（番号 %）がありました。",
			"このビューアーより新しいサーバーの可能性があります。",
			"管理者に番号を伝えてください。"},
		[LANGUAGE_ENGLISH] = {"The server sent an unknown notice.",
			"The server sent an unknown notice (number %).",
			"The server may be newer than this viewer.",
			"Tell your administrator the number."},
	};

	return &entries[language];
}

static const struct words *japanese(enum garasu_state state)
{
	switch (state) {
	case GARASU_STATE_ACCEPTED:
		ENTRY("ログインしました。", 0, "サーバーが受け付けました。",
			"そのままお使いください。")
	case GARASU_STATE_REFUSED:
		ENTRY("ログインできませんでした。", 0, "利用者名またはパスワードが違います。",
			"入力を確かめて、もう一度ログインしてください。")
	case GARASU_STATE_HOST_FULL:
		ENTRY("利用者数が上限に達しているため、現在は使えません。",
			"利用者数が上限（% 人）に達しているため、現在は使えません。",
			"同時に使える人数が決められています。",
			"しばらく待って、再接続してください。")
	case GARASU_STATE_CUT_OFF:
		ENTRY("インターネットの利用が止められています。", 0,
			"管理者がこの利用者またはサーバーを遮断しています。",
			"管理者に連絡してください。")
	case GARASU_STATE_LOCKED:
		ENTRY("ログインの失敗が続いたため、現在ログインを受け付けていません。",
			"ログインの失敗が続いたため、あと % 秒間はログインを受け付けません。",
			"パスワードを試されることを防ぐためです。",
			"待ってからもう一度ログインし、忘れたときは管理者に連絡してください。")
	case GARASU_STATE_START_FAILED:
		ENTRY("ブラウザーを起動できませんでした。", 0, "サーバーで起動に失敗しました。",
			"再接続し、直らなければ管理者に連絡してください。")
	case GARASU_STATE_TAKEN_OVER:
		ENTRY("別の端末に切り替わりました。", 0,
			"同じ利用者が別の端末からログインしました。",
			"心当たりがなければ、すぐに管理者に連絡してください。")
	case GARASU_STATE_ENDED_BY_ADMIN:
		ENTRY("管理者がセッションを終了しました。", 0, "管理者の操作です。",
			"理由は管理者に確かめてください。")
	case GARASU_STATE_IDLE_WARNING:
		ENTRY("まもなくセッションが終わります。", "あと % 秒でセッションが終わります。",
			"しばらく操作がありません。",
			"続けるには、キーを押すかマウスを動かしてください。")
	case GARASU_STATE_IDLE_ENDED:
		ENTRY("操作がなかったため、セッションが終わりました。", 0,
			"決められた時間、操作がありませんでした。", "再接続してください。")
	case GARASU_STATE_TIME_LIMIT:
		ENTRY("利用時間の上限に達したため、セッションが終わりました。", 0,
			"一回のセッションには時間の上限があります。", "再接続してください。")
	case GARASU_STATE_BROWSER_ENDED:
		ENTRY("ブラウザーが終了しました。", 0,
			"ブラウザーが閉じられたか、異常終了しました。",
			"再接続すると、新しいブラウザーが起動します。")
	case GARASU_STATE_UPGRADE_WARNING:
		ENTRY("まもなくブラウザーを更新します。", "あと % 秒でブラウザーを更新します。",
			"安全な新しい版に入れ替えるためです。",
			"入力中の内容を送信または保存してください。その後に再接続すると、新しいブラ"
			"ウザーが起動します。")
	case GARASU_STATE_UPGRADE_ENDED:
		ENTRY("ブラウザーの更新のため、セッションが終わりました。", 0,
			"安全な新しい版に入れ替わりました。", "再接続してください。")
	case GARASU_STATE_PROTOCOL:
		ENTRY("サーバーがこのビューアーとの接続を打ち切りました。", 0,
			"規定外のデータがビューアーから届いたためです。",
			"ビューアーの版を確かめ、管理者に連絡してください。")
	case GARASU_STATE_CERTIFICATE:
		ENTRY("この端末の証明書ではログインできません。", 0,
			"クライアント証明書がないか、利用者と一致しません。",
			"--cert の指定と利用者名を確かめ、管理者に連絡してください。")
	case GARASU_STATE_SHUTDOWN:
		ENTRY("サーバーが停止します。", 0, "管理者がサーバーを止めています。",
			"しばらく待って、再接続してください。")
	case GARASU_STATE_BUSY:
		ENTRY("サーバーが混み合っています。",
			"サーバーが混み合っています。% 秒ほどお待ちください。",
			"同時に接続する人が多すぎます。", "少し待って、再接続してください。")
	case GARASU_STATE_CONNECTION_LOST:
		ENTRY("画面の転送が途切れました。", 0,
			"画面転送の処理が停止しました。セッションは続いています。",
			"再接続すると、続きから使えます。")
	case GARASU_STATE_ADDRESS_LIMIT:
		ENTRY("アドレスを開きませんでした。",
			"アドレスを開きませんでした。次に開けるのは % 秒後です。",
			"短時間に多数のアドレスが渡されました。",
			"心当たりがなければ、管理者に連絡してください。")
	case GARASU_STATE_LAST_LOGIN:
		ENTRY("初めてのログインです。", "前回のログインから続きます。",
			"サーバーに前回の記録があります。", "そのままお使いください。")
	case GARASU_STATE_FAILED_LOGINS:
		ENTRY("ログインの失敗がありました。", "前回から % 回、ログインに失敗しています。",
			"この利用者名でログインが試されました。",
			"自分の操作でなければ、管理者に連絡してください。")
	case GARASU_STATE_COUNT:
		break;
	}
	return words_unknown_state(LANGUAGE_JAPANESE);
}

static const struct words *english(enum garasu_state state)
{
	switch (state) {
	case GARASU_STATE_ACCEPTED:
		ENTRY("You are logged in.", 0, "The server accepted you.", "Go ahead.")
	case GARASU_STATE_REFUSED:
		ENTRY("Log-in failed.", 0, "The user name or the password is wrong.",
			"Check both and log in again.")
	case GARASU_STATE_HOST_FULL:
		ENTRY("The server is full.", "The server is full (% sessions).",
			"It carries as many sessions as it may.", "Wait, then connect again.")
	case GARASU_STATE_CUT_OFF:
		ENTRY("Access to the internet is cut off.", 0,
			"An administrator has cut off this user or this server.",
			"Ask your administrator.")
	case GARASU_STATE_LOCKED:
		ENTRY("Too many failed log-ins.", "Too many failed log-ins: wait % seconds.",
			"This keeps others from guessing your password.",
			"Wait and log in again; if you forgot it, ask your administrator.")
	case GARASU_STATE_START_FAILED:
		ENTRY("The browser could not be started.", 0, "Starting it failed on the server.",
			"Connect again; if that does not help, tell your administrator.")
	case GARASU_STATE_TAKEN_OVER:
		ENTRY("Your session moved to another desk.", 0,
			"The same user logged in elsewhere.",
			"If that was not you, tell your administrator at once.")
	case GARASU_STATE_ENDED_BY_ADMIN:
		ENTRY("An administrator ended your session.", 0, "It was done by hand.",
			"Ask your administrator for the reason.")
	case GARASU_STATE_IDLE_WARNING:
		ENTRY("Your session ends soon.", "Your session ends in % seconds.",
			"Nothing was typed or moved for a while.",
			"Press a key or move the mouse to go on.")
	case GARASU_STATE_IDLE_ENDED:
		ENTRY("Your session ended because it was idle.", 0,
			"Nothing was typed or moved for the time allowed.", "Connect again.")
	case GARASU_STATE_TIME_LIMIT:
		ENTRY("Your session reached its time limit.", 0,
			"One session may last only so long.", "Connect again.")
	case GARASU_STATE_BROWSER_ENDED:
		ENTRY("The browser ended.", 0, "It was closed, or it crashed.",
			"Connect again to start a new one.")
	case GARASU_STATE_UPGRADE_WARNING:
		ENTRY("The browser will be replaced soon.",
			"The browser will be replaced in % seconds.",
			"A newer, safer version is ready.",
			"Send or save what you are writing. The session ends then, and the new "
			"browser starts when you connect again.")
	case GARASU_STATE_UPGRADE_ENDED:
		ENTRY("Your session ended for a new browser.", 0,
			"A newer, safer version took its place.", "Connect again.")
	case GARASU_STATE_PROTOCOL:
		ENTRY("The server cut this viewer off.", 0,
			"The viewer sent data that is not in the protocol.",
			"Check the viewer's version and tell your administrator.")
	case GARASU_STATE_CERTIFICATE:
		ENTRY("This desk's certificate does not let you in.", 0,
			"There is no client certificate, or it does not fit the user.",
			"Check --cert and the user name, and tell your administrator.")
	case GARASU_STATE_SHUTDOWN:
		ENTRY("The server is stopping.", 0, "An administrator is stopping it.",
			"Wait, then connect again.")
	case GARASU_STATE_BUSY:
		ENTRY("The server is busy.", "The server is busy: wait about % seconds.",
			"Too many are starting at once.", "Wait a little, then connect again.")
	case GARASU_STATE_CONNECTION_LOST:
		ENTRY("The transfer of the picture was interrupted.", 0,
			"The part that sends pictures ended; your session goes on.",
			"Connect again to go on where you were.")
	case GARASU_STATE_ADDRESS_LIMIT:
		ENTRY("The address was not opened.",
			"The address was not opened: wait % seconds for the next.",
			"Many addresses were handed over within a short time.",
			"If that was not you, tell your administrator.")
	case GARASU_STATE_LAST_LOGIN:
		ENTRY("This is your first log-in.", "You logged in before.",
			"The server keeps when it was.", "Go ahead.")
	case GARASU_STATE_FAILED_LOGINS:
		ENTRY("Log-ins failed.", "Log-ins that failed since your last: %.",
			"Someone tried to log in with your name.",
			"If that was not you, tell your administrator.")
	case GARASU_STATE_COUNT:
		break;
	}
	return words_unknown_state(LANGUAGE_ENGLISH);
}

const struct words *words_state_entry(enum language language, enum garasu_state state)
{
	return language == LANGUAGE_JAPANESE ? japanese(state) : english(state);
}
