/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which characters that names and addresses are written in have no glyph on this host. The only
 * place where fontconfig and FreeType are met. Reads untrusted bytes from: nobody; the fonts are
 * the host's. */

#include "fonts.h"

#include <fontconfig/fontconfig.h>
#include <freetype/freetype.h>
#include <stdio.h>

#define EXTERNAL_FIRST 0xe000u /* the private use area: a town's own characters */

static const struct group {
	const char *japanese, *english;
	struct fonts_character characters[12]; /* ended by 0 */
} groups[] = {
	{"かな・漢字", "Kana and kanji",
		{{0x3042, 0}, {0x30a2, 0}, {0x4e9c, 0}, {0x7199, 0}, {0x3005, 0}}},
	{"半角カナ", "Half-width kana", {{0xff66, 0}, {0xff71, 0}, {0xff9d, 0}, {0xff9f, 0}}},
	{"丸数字・記号", "Circled digits and signs",
		{{0x2460, 0}, {0x2473, 0}, {0x3251, 0}, {0x32bf, 0}, {0x3231, 0}, {0x337b, 0},
			{0x32ff, 0}, {0x2116, 0}}},
	{"人名漢字", "Kanji of names",
		{{0x9ad9, 0}, {0xfa11, 0}, {0x5409, 0}, {0x20bb7, 0}, {0x6ff5, 0}, {0x908a, 0},
			{0x9089, 0}, {0x9f4b, 0}}},
	{"JIS X 0213", "JIS X 0213",
		{{0x2000b, 0}, {0x2123d, 0}, {0x2131b, 0}, {0x2146e, 0}, {0x29e3d, 0}, {0x31f0, 0},
			{0x4fff, 0}}},
	{"異体字（IVS）", "Variation sequences (IVS)",
		{{0x845b, 0xe0100}, {0x845b, 0xe0101}, {0x8fbb, 0xe0100}, {0x8fbb, 0xe0101},
			{0x9089, 0xe0100}, {0x9089, 0xe0101}}},
};

/* The selector is the font's own to know, beside its characters. */
static int face_has(const FcPattern *font, const struct fonts_character *character)
{
	FT_Library library;
	FT_Face face;
	FcChar8 *file;
	int index = 0;
	int has = 0;

	if (FcPatternGetString(font, FC_FILE, 0, &file) != FcResultMatch ||
		FT_Init_FreeType(&library) != 0) {
		return 0;
	}
	(void)FcPatternGetInteger(font, FC_INDEX, 0, &index);
	if (FT_New_Face(library, (const char *)file, index & 0xffff, &face) == 0) {
		has = FT_Face_GetCharVariantIndex(face, character->code, character->selector) != 0;
		FT_Done_Face(face);
	}
	FT_Done_FreeType(library);
	return has;
}

static int font_has(const FcPattern *font, const struct fonts_character *character)
{
	FcCharSet *set;

	return FcPatternGetCharSet(font, FC_CHARSET, 0, &set) == FcResultMatch &&
	       FcCharSetHasChar(set, character->code) &&
	       (character->selector == 0 || face_has(font, character));
}

int fonts_have(const struct fonts_character *character)
{
	FcPattern *wish = FcNameParse((const FcChar8 *)"sans-serif:lang=ja");
	FcResult result = FcResultNoMatch;
	FcFontSet *fonts = NULL;
	int has = 0;

	(void)FcConfigEnableHome(FcFalse); /* no session sees its administrator's own fonts */
	if (wish != NULL && FcConfigSubstitute(NULL, wish, FcMatchPattern)) {
		FcDefaultSubstitute(wish);
		fonts = FcFontSort(NULL, wish, FcTrue, NULL, &result);
	}
	if (wish != NULL) {
		FcPatternDestroy(wish);
	}
	if (fonts == NULL || fonts->nfont == 0) {
		return -1;
	}
	for (int i = 0; i < fonts->nfont && !has; i++) {
		has = font_has(fonts->fonts[i], character);
	}
	FcFontSetDestroy(fonts);
	return has;
}

void fonts_finish(void)
{
	FcFini();
}

static void print_missing(const struct fonts_character *character)
{
	printf(" U+%04X", character->code);
	if (character->selector != 0) {
		printf("+U+%04X", character->selector);
	}
}

static unsigned list_group(const struct group *group, int is_japanese)
{
	unsigned missing = 0;

	printf("%s:", is_japanese ? group->japanese : group->english);
	for (const struct fonts_character *at = group->characters; at->code != 0; at++) {
		if (fonts_have(at) != 1) {
			print_missing(at);
			missing++;
		}
	}
	printf("%s\n", missing > 0 ? "" : is_japanese ? " すべてあります" : " all there");
	return missing;
}

int fonts_command(int is_japanese)
{
	const struct fonts_character external = {EXTERNAL_FIRST, 0};
	unsigned missing = 0;

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		missing += list_group(&groups[i], is_japanese);
	}
	printf("%s: %s\n", is_japanese ? "外字（U+E000 から）" : "A town's own (from U+E000)",
		fonts_have(&external) == 1 ? is_japanese ? "あります" : "there"
		: is_japanese ? "ありません（フォントを入れると表示されます）"
			      : "none (install their font to show them)");
	fonts_finish();
	return missing > 0;
}
