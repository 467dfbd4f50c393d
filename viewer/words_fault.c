/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words for faults between viewer and server, and the user interface's phrases. */

#include "words_table.h"

static const struct words faults[LANGUAGE_COUNT][FAULT_COUNT] =
	{
		[LANGUAGE_JAPANESE] =
			{
				[FAULT_NONE] = {"正常です。", 0, "問題はありません。",
					"操作は不要です。"},
				[FAULT_STATE] = {"サーバーから通知がありました。", 0,
					"詳細はありません。", "管理者に連絡してください。"},
				[FAULT_REASON] = {"サーバーが接続を拒否しました。", 0,
					"このサーバーは Garasu ではない可能性があります。",
					"接続先を確かめ、サーバーからのメッセージを管理者に伝えてく"
					"ださい。"},
				[FAULT_USAGE] = {"コマンドの使い方が正しくありません。", 0,
					"オプションまたは引数に誤りがあります。",
					"garasu-viewer --help で使い方を確かめてください。"},
				[FAULT_LOCAL] = {"ビューアーを起動できませんでした。", 0,
					"この端末でメモリー、ファイル、または復号の子プロセスが使え"
					"ません。",
					"端末を再起動し、直らなければ管理者に連絡してください。"},
				[FAULT_RESOLVE] = {"接続先の名前が見つかりません。", 0,
					"ホスト名の誤りか、名前解決の障害です。",
					"接続先の名前を確かめ、直らなければ管理者に連絡してください"
					"。"},
				[FAULT_CONNECT] = {"サーバーに接続できません。", 0,
					"サーバーが止まっているか、ネットワークが届きません。",
					"しばらく待ってやり直し、直らなければ管理者に連絡してくださ"
					"い。"},
				[FAULT_LOST] = {"サーバーとの接続が切れました。", 0,
					"ネットワークかサーバーで接続が閉じられました。",
					"再接続してください。セッションは続きから使えることが"
					"あります。"},
				[FAULT_TIMEOUT] = {"時間内に終わりませんでした。", 0,
					"サーバーの返事か画面の更新が、決められた時間内にありません"
					"でした。",
					"しばらく待ってやり直し、直らなければ管理者に連絡してくださ"
					"い。"},
				[FAULT_NOT_RFB] = {"接続先は Garasu のサーバーではありません。", 0,
					"RFB 3.8 以外の返事が返りました。",
					"接続先とポート番号を確かめてください。"},
				[FAULT_NO_TLS] = {"サーバーが暗号化を提供していないため、接続を中止"
						  "しました。",
					0,
					"VeNCrypt "
					"を提供していません。別のサーバーか、なりすましの可能性があ"
					"ります。",
					"パスワードは送っていません。接続先を確かめ、管理者に連絡し"
					"てください。"},
				[FAULT_NO_X509] = {"サーバーが証明書による暗号化を提供していないた"
						   "め、"
						   "接続を中止しました。",
					0,
					"X509Plain "
					"を提供していません。なりすましの可能性があります。",
					"パスワードは送っていません。接続先を確かめ、管理者に連絡し"
					"てください。"},
				[FAULT_TLS] = {"暗号化された接続を開始できませんでした。", 0,
					"TLS のやり取りが失敗しました。",
					"パスワードは送っていません。やり直し、直らなければ管理者に"
					"連絡してください。"},
				[FAULT_TLS_OLD] =
					{"サーバーの暗号化方式が古いため、接続を中止しました。", 0,
						"TLS 1.3 を使えないサーバーです。",
						"パスワードは送っていません。管理者に連絡してくださ"
						"い。"},
				[FAULT_CA] =
					{"サーバーの証明書を信頼できないため、接続を中止しました。",
						0,
						"発行者が分からない証明書です。なりすましの可能性が"
						"あります。",
						"パスワードは送っていません。--ca "
						"の指定を確かめ、管理者に連絡してください。"},
				[FAULT_EXPIRED] =
					{"サーバーの証明書の有効期限が切れています。", 0,
						"証明書が更新されていないか、この端末の時計が違って"
						"います。",
						"端末の日時を確かめ、正しければ管理者に証明書の更新"
						"を頼んでください。"},
				[FAULT_NOT_YET] =
					{"サーバーの証明書はまだ有効ではありません。", 0,
						"この端末の時計が遅れているか、証明書の開始日が先で"
						"す。",
						"端末の日時を確かめ、正しければ管理者に連絡してくだ"
						"さい。"},
				[FAULT_NAME] =
					{"サーバーの証明書が接続先の名前と一致しません。", 0,
						"別のサーバーの証明書です。接続先の誤りか、なりすま"
						"しの可能性があります。",
						"パスワードは送っていません。接続先の名前を確かめ、"
						"管理者に連絡してください。"},
				[FAULT_CERTIFICATE] =
					{"サーバーの証明書が正しくないため、接続を中止しました。",
						0,
						"失効しているか、サーバー用の証明書ではありません"
						"。",
						"パスワードは送っていません。管理者に連絡してくださ"
						"い。"},
				[FAULT_CLIENT_CERTIFICATE] =
					{"サーバーがこの端末の証明書を受け付けませんでした。",
						0, "クライアント証明書がないか、期限切れか、認められていません。", "--cert と --key の指定を確かめ、管理者に連絡してください。"},
				[FAULT_PASSWORD] =
					{"パスワードがありません。", 0,
						"入力がキャンセルされたか、尋ねる画面も端末もありま"
						"せん"
						"。",
						"--password-stdin "
						"を使うか、端末から起動してください。"},
				[FAULT_STREAM] =
					{"サーバーから正しくない画面データが届いたため、切断しまし"
					 "た。",
						0, "規定外のデータは描画せずに拒否します。",
						"管理者に連絡してください。"},
				[FAULT_DECODER] =
					{"画面の復号が異常終了したため、切断しました。", 0,
						"隔離された復号の子プロセスが停止しました。",
						"再接続し、繰り返すときは管理者に連絡してくだ"
						"さい。"},
			},
		[LANGUAGE_ENGLISH] =
			{
				[FAULT_NONE] = {"All is well.", 0, "Nothing went wrong.",
					"There is nothing to do."},
				[FAULT_STATE] = {"The server sent a notice.", 0,
					"There are no details.", "Tell your administrator."},
				[FAULT_REASON] = {"The server refused the connection.", 0,
					"It may not be a Garasu server.",
					"Check the host, and tell your administrator the server's "
					"message."},
				[FAULT_USAGE] = {"The command line is wrong.", 0,
					"An option or an argument is not understood.",
					"See garasu-viewer --help."},
				[FAULT_LOCAL] = {"The viewer could not start.", 0,
					"Memory, a file or the decoder child is not available on "
					"this machine.",
					"Restart this machine; if that does not help, tell your "
					"administrator."},
				[FAULT_RESOLVE] = {"The host name was not found.", 0,
					"The name is wrong, or name resolution is out of "
					"order.",
					"Check the host name; if it is right, tell your "
					"administrator."},
				[FAULT_CONNECT] = {"The server cannot be reached.", 0,
					"It is not running, or the network does not lead "
					"there.",
					"Wait and try again; if that does not help, tell "
					"your administrator."},
				[FAULT_LOST] = {"The connection to the server was lost.", 0,
					"The network or the server closed it.",
					"Connect again; your session may still be there."},
				[FAULT_TIMEOUT] = {"It was not done in time.", 0,
					"The server's answer or its picture did not come "
					"within the limit.",
					"Wait and try again; if that does not help, tell "
					"your administrator."},
				[FAULT_NOT_RFB] = {"What answers there is not a Garasu server.", 0,
					"It does not speak RFB 3.8.",
					"Check the host and the port."},
				[FAULT_NO_TLS] =
					{"The server offers no encryption: connection refused.", 0,
						"It does not offer VeNCrypt. It may be another "
						"server, or an impostor.",
						"Your password was not sent. Check the host and "
						"tell your administrator."},
				[FAULT_NO_X509] =
					{"The server offers no encryption with certificates: "
					 "connection refused.",
						0,
						"It does not offer X509Plain. It may be an "
						"impostor.",
						"Your password was not sent. Check the host and "
						"tell your administrator."},
				[FAULT_TLS] =
					{"The encrypted connection could not be made.", 0,
						"The TLS handshake failed.",
						"Your password was not sent. Try again, then tell "
						"your administrator."},
				[FAULT_TLS_OLD] =
					{"The server's encryption is too old: connection refused.",
						0, "It does not speak TLS 1.3.",
						"Your password was not sent. Tell your "
						"administrator."},
				[FAULT_CA] =
					{"The server's certificate is not trusted: connection "
					 "refused.",
						0,
						"Its issuer is unknown. The server may be an "
						"impostor.",
						"Your password was not sent. Check --ca and tell "
						"your administrator."},
				[FAULT_EXPIRED] =
					{"The server's certificate has expired.", 0,
						"It was not renewed, or this machine's clock is "
						"wrong.",
						"Check the date; if it is right, ask your "
						"administrator to renew it."},
				[FAULT_NOT_YET] =
					{"The server's certificate is not valid yet.", 0,
						"This machine's clock is slow, or the certificate "
						"starts later.",
						"Check the date; if it is right, tell your "
						"administrator."},
				[FAULT_NAME] =
					{"The server's certificate is for another host.", 0,
						"The host name is wrong, or the server is an "
						"impostor.",
						"Your password was not sent. Check the host name "
						"and tell your "
						"administrator."},
				[FAULT_CERTIFICATE] =
					{"The server's certificate is not acceptable.", 0,
						"It was revoked, or it is not meant for a server.",
						"Your password was not sent. Tell your "
						"administrator."},
				[FAULT_CLIENT_CERTIFICATE] =
					{"The server did not accept this desk's certificate.", 0,
						"There is none, it has expired, or it is not "
						"allowed.",
						"Check --cert and --key, and tell your "
						"administrator."},
				[FAULT_PASSWORD] =
					{"There is no password.", 0,
						"Entry was cancelled, or there is neither a window "
						"nor a terminal to ask.",
						"Use --password-stdin, or start from a terminal."},
				[FAULT_STREAM] =
					{"The server sent wrong picture data: disconnected.", 0,
						"Data that is not in the protocol is refused and "
						"never "
						"drawn.",
						"Tell your administrator."},
				[FAULT_DECODER] =
					{"Decoding ended unexpectedly: disconnected.", 0,
						"The jailed decoder child has died.",
						"Connect again; if it happens again, tell your "
						"administrator."},
			},
};

static const char *const phrases[LANGUAGE_COUNT][PHRASE_COUNT] = {
	[LANGUAGE_JAPANESE] =
		{
			[PHRASE_CONNECTING] = "接続しています…",
			[PHRASE_RECONNECTING] = "自動で再接続します。そのままお待ちください。",
			[PHRASE_RETRY_OR_QUIT] = "Enter: 再接続   Esc: 終了",
			[PHRASE_PASSWORD] = "パスワード",
			[PHRASE_PASSWORD_KEYS] = "Enter: ログイン   Esc: キャンセル",
			[PHRASE_MESSAGE] = "管理者からのお知らせ",
			[PHRASE_RESTLESS] = "画面が動き続けているため、途中の画面を保存しました。",
			[PHRASE_ATTEMPT] = "再接続の回数",
			[PHRASE_SECONDS] = "次の接続まで（秒）",
			[PHRASE_DISMISS] = "ここを押すか Ctrl+Alt+M で閉じます",
			[PHRASE_LAST_LOGIN] = "前回のログイン",
			[PHRASE_NO_METHOD] = "日本語入力を切って（直接入力で）入力してください。",
			[PHRASE_PASTE] = "この端末から貼り付け",
			[PHRASE_PASTE_OFF] = "管理者が許可していません。",
			[PHRASE_PASTE_NOWHERE] =
				"貼り付ける先の入力欄を選んでから、もう一度貼り付けてください。",
			[PHRASE_PASTE_EMPTY] =
				"貼り付ける文字がありません。文字のほかは貼り付けられません。",
			[PHRASE_PASTE_CUT] = "残りは送っていません。一度に貼り付けられる文字数",
		},
	[LANGUAGE_ENGLISH] =
		{
			[PHRASE_CONNECTING] = "Connecting…",
			[PHRASE_RECONNECTING] = "Connecting again by itself. Please wait.",
			[PHRASE_RETRY_OR_QUIT] = "Enter: connect again   Esc: quit",
			[PHRASE_PASSWORD] = "Password",
			[PHRASE_PASSWORD_KEYS] = "Enter: log in   Esc: cancel",
			[PHRASE_MESSAGE] = "A message from your administrator",
			[PHRASE_RESTLESS] =
				"The picture never came to rest: it was taken in motion.",
			[PHRASE_ATTEMPT] = "Attempt",
			[PHRASE_SECONDS] = "Seconds until the next",
			[PHRASE_DISMISS] = "Click here or press Ctrl+Alt+M to close",
			[PHRASE_LAST_LOGIN] = "Last log-in",
			[PHRASE_NO_METHOD] = "Switch your input method off to enter it.",
			[PHRASE_PASTE] = "Paste from this desk",
			[PHRASE_PASTE_OFF] = "Your administrator does not allow it.",
			[PHRASE_PASTE_NOWHERE] =
				"Choose the field to paste into, then paste again.",
			[PHRASE_PASTE_EMPTY] =
				"There is no text to paste, and nothing but text can be.",
			[PHRASE_PASTE_CUT] =
				"The rest was not sent. Characters that may be pasted at a time",
		},
};

const struct words *words_fault_entry(enum language language, enum fault fault)
{
	return &faults[language][fault < FAULT_COUNT ? fault : FAULT_LOCAL];
}

const char *words_of_phrase(enum language language, enum phrase phrase)
{
	return phrases[language][phrase];
}
