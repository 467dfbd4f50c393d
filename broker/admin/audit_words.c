/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verifier of the audit trail has to say, in English and Japanese. */

#include "audit.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const faults[TRAIL_FAULT_COUNT][2] = {
	[TRAIL_FAULT_CHANGED] = {"changed after it was written", "書き込み後に変更されています"},
	[TRAIL_FAULT_MISSING] = {"missing", "ありません"},
	[TRAIL_FAULT_MOVED] = {"stands twice or in another's place",
		"重複しているか、順序が入れ替わっています"},
	[TRAIL_FAULT_UNREADABLE] = {"this line is no record", "この行は記録として読めません"},
	[TRAIL_FAULT_TORN] = {"tells of a line cut short that is not the one before it",
		"この記録が述べる途切れた行が、直前の行と一致しません"},
	[TRAIL_FAULT_SIGNATURE] = {"not what the seal at their end was made over",
		"末尾の封印の署名と一致しません"},
	[TRAIL_FAULT_OTHER_KEY] = {"sealed with a key that was not given",
		"指定された鍵とは別の鍵で封印されています"},
	[TRAIL_FAULT_UNSEALED] = {"ends a closed segment and is no seal",
		"閉じた区間の末尾に封印がありません"},
	[TRAIL_FAULT_NAME] = {"is not the first record that the file's name promises",
		"ファイル名が示す最初の記録ではありません"},
	[TRAIL_FAULT_CUT] = {"cut off: the anchor knows of them",
		"末尾が切り取られています（アンカーには記録があります）"},
	[TRAIL_FAULT_NOT_ANCHOR] = {"not the record that the anchor was made of",
		"アンカーの記録と一致しません"},
	[TRAIL_FAULT_ANCHOR] = {"the anchor's own signature is not good",
		"アンカー自体の署名が正しくありません"},
	[TRAIL_FAULT_NO_SEAL] = {"no good signature covers any of them",
		"正しい署名のある記録がありません"},
	[TRAIL_FAULT_TAIL] = {"not sealed, and more than the recorder leaves unsealed",
		"封印がなく、記録処理が封印せずに残す件数を超えています"},
	[TRAIL_FAULT_TAIL_TIME] = {"not sealed in time: added or changed, or the host stopped "
				   "before it sealed them (of a copy, give its time with --at)",
		"期限内に封印されていません: 追加・変更されたか、封印の前にホストが停止しました"
		"（写しの場合は取得時刻を --at で指定してください）"},
};

void audit_print_fault(
	const struct trail_folder *folder, const struct trail_fault *fault, int is_japanese)
{
	char name[TRAIL_NAME_SIZE];

	if (fault->line != 0) {
		trail_folder_name(folder, fault->segment, name);
		printf("%s:%" PRIu64 ": ", name, fault->line);
	}
	printf(is_japanese ? "記録 %" PRIu64 : "record %" PRIu64, fault->first);
	if (fault->last != fault->first) {
		printf(is_japanese ? "～%" PRIu64 : " to %" PRIu64, fault->last);
	}
	printf(": %s\n", faults[fault->kind][is_japanese != 0]);
}

static void print_signed(const struct trail_check *check, int is_japanese)
{
	if (check->sealed > 0) {
		printf(is_japanese ? "記録 %" PRIu64 " まで署名されています\n"
				   : "signed up to record %" PRIu64 "\n",
			check->sealed);
	}
	if (check->unsealed > 0) {
		printf(is_japanese ? "記録 %" PRIu64 "～%" PRIu64 " の %" PRIu64
				     " 件はまだ封印されていません\n"
				   : "records %" PRIu64 " to %" PRIu64 ": %" PRIu64
				     " record(s) not yet sealed\n",
			check->last - check->unsealed + 1, check->last, check->unsealed);
	}
}

static void print_unseen(const struct trail_check *check, int is_japanese)
{
	if (check->torn > 0) {
		printf(is_japanese ? "途切れた行 %" PRIu64
				     " 件: 記録処理の異常終了によるもので、証跡に明記されています\n"
				   : "%" PRIu64
				     " line(s) cut short by a crash, as the trail itself "
				     "says\n",
			check->torn);
	}
	if (check->is_cut_last) {
		puts(is_japanese ? "最後の行は途中です（書き込み中か、異常終了）"
				 : "the last line has no end: it is being written, or a crash cut "
				   "it short");
	}
	if (check->anchor == NULL) {
		puts(is_japanese ? "アンカーの指定がないため、末尾の切り取りは検出できません"
				 : "no anchor was given: an end that was cut off cannot be seen");
	}
}

void audit_print_summary(
	const struct trail_check *check, const struct trail_folder *folder, int is_japanese)
{
	printf(is_japanese ? "記録 %" PRIu64 "～%" PRIu64 "、ファイル %zu 個\n"
			   : "records %" PRIu64 " to %" PRIu64 " in %zu file(s)\n",
		check->first, check->last, trail_folder_count(folder));
	print_signed(check, is_japanese);
	print_unseen(check, is_japanese);
	if (check->fault_count == 0 && check->unsealed > 0) {
		printf(is_japanese ? "記録 %" PRIu64 " まで正常。後の %" PRIu64
				     " 件は封印前のため、変更されていないとは言えません\n"
				   : "SOUND up to record %" PRIu64 "; of the %" PRIu64
				     " not yet sealed nothing is proved\n",
			check->sealed, check->unsealed);
	} else if (check->fault_count == 0) {
		puts(is_japanese ? "正常: 変更・欠落・順序の入れ替わりはありません"
				 : "SOUND: nothing changed, missing or out of order");
	} else {
		printf(is_japanese ? "異常: %zu 件\n" : "BROKEN: %zu fault(s)\n",
			check->fault_count);
	}
}
