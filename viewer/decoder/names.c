/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short English names of the decoder's errors, for logs. */

#include "decoder/decoder.h"

const char *decoder_error_name(enum decoder_error error)
{
	switch (error) {
	case DECODER_OK:
		return "none";
	case DECODER_ERROR_MEMORY:
		return "out of memory";
	case DECODER_ERROR_SIZE:
		return "picture size out of bounds";
	case DECODER_ERROR_NAME:
		return "desktop name too long";
	case DECODER_ERROR_MESSAGE:
		return "message not negotiated";
	case DECODER_ERROR_COUNT:
		return "too many rectangles";
	case DECODER_ERROR_ENCODING:
		return "encoding not negotiated";
	case DECODER_ERROR_RECTANGLE:
		return "rectangle outside the picture";
	case DECODER_ERROR_COPY:
		return "copy from outside the picture";
	case DECODER_ERROR_CONTROL:
		return "tight control byte";
	case DECODER_ERROR_FILTER:
		return "tight filter";
	case DECODER_ERROR_PALETTE:
		return "tight palette";
	case DECODER_ERROR_LENGTH:
		return "length of pixel data";
	case DECODER_ERROR_ZLIB:
		return "zlib data";
	case DECODER_ERROR_ZLIB_SHORT:
		return "zlib data too short";
	case DECODER_ERROR_ZLIB_LONG:
		return "zlib data too long";
	case DECODER_ERROR_ZSTD:
		return "zstd data";
	case DECODER_ERROR_ZSTD_SHORT:
		return "zstd data too short";
	case DECODER_ERROR_ZSTD_LONG:
		return "zstd data too long";
	case DECODER_ERROR_JPEG:
		return "jpeg data";
	case DECODER_ERROR_JPEG_SIZE:
		return "jpeg of another size";
	case DECODER_ERROR_RESIZE:
		return "desktop size";
	case DECODER_ERROR_POINTER:
		return "pointer picture";
	case DECODER_ERROR_CARET:
		return "caret";
	case DECODER_ERROR_LED:
		return "led state";
	case DECODER_ERROR_FENCE:
		return "fence";
	case DECODER_ERROR_STATE:
		return "state";
	case DECODER_ERROR_TEXT:
		return "message text";
	case DECODER_ERROR_END:
		break;
	}
	return "unknown";
}
