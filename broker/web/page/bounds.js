// SPDX-License-Identifier: GPL-3.0-or-later
// What a server may say, as docs/wire.md lists it: whatever throws here ends the connection before
// noVNC makes anything of it.

import { encodings } from './novnc/core/encodings.js';
import { ENCODING_CARET, ENCODING_GARASU, ENCODING_ZSTD } from './messages.js';

const SIDE_MAX = 8192;
const CURSOR_MAX = 256;
const FENCE_MAX = 64;
const WORDS_MAX = 800; // bytes
const AREAS_MAX = 4; // pictures that one update may paint
const NAME = 'Garasu';
const UPDATE = 0;
const END_OF_CONTINUOUS = 150;
const FENCE = 248;
const GARASU = 252;

function demand(isTrue, what) {
  if (!isTrue) {
    throw new Error(`${what} is not as agreed`);
  }
}

export function judgeMessage(type) {
  demand([UPDATE, END_OF_CONTINUOUS, FENCE, GARASU].includes(type), `message ${type}`);
}

export function judgeGarasu(sub, size) {
  demand((sub === 1 && size === 6) || (sub === 2 && size >= 1 && size <= WORDS_MAX)
    || (sub === 4 && size === 3),
    `Garasu message ${sub} of ${size} bytes`);
}

export function judgeFence(length) {
  demand(length <= FENCE_MAX, `a fence of ${length} bytes`);
}

function judgeSize(width, height) {
  demand(width >= 1 && width <= SIDE_MAX && height >= 1 && height <= SIDE_MAX,
    `a picture of ${width} x ${height}`);
}

// head: the first 24 bytes of ServerInit and what is there of the name after them.
export function judgeServerInit(head) {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  judgeSize(view.getUint16(0), view.getUint16(2));
  demand(view.getUint32(20) === NAME.length, 'the name');
  demand(String.fromCharCode(...head.slice(24)) === NAME.slice(0, head.length - 24), 'the name');
}

// Pixels that a rectangle paints; 0 for one that says something else.
export function judgeRectangle({ encoding, x, y, width, height }, picture) {
  const what = `a rectangle of ${encoding} at ${x},${y} of ${width} x ${height}`;
  const isWithin = x + width <= picture.width && y + height <= picture.height;
  switch (encoding) {
    case encodings.encodingRaw:
    case encodings.encodingCopyRect:
    case encodings.encodingTight:
    case ENCODING_ZSTD:
      demand(isWithin && width > 0 && height > 0, what);
      return width * height;
    case encodings.pseudoEncodingVMwareCursor:
      demand(width <= CURSOR_MAX && height <= CURSOR_MAX, what);
      demand((x < width && y < height) || width === 0 || height === 0, what);
      return 0;
    case encodings.pseudoEncodingDesktopSize:
    case encodings.pseudoEncodingExtendedDesktopSize:
      judgeSize(width, height);
      return 0;
    case ENCODING_CARET:
      demand(isWithin, what);
      return 0;
    case ENCODING_GARASU:
    case encodings.pseudoEncodingLastRect:
    case encodings.pseudoEncodingQEMUExtendedKeyEvent:
    case encodings.pseudoEncodingQEMULedEvent:
      return 0;
    default:
      throw new Error(`encoding ${encoding} was not asked for`);
  }
}

export const BODY_BYTES = 4;

// How many bytes of a rectangle's body are judged; noVNC looks at none of them before all are there.
export function bodyBytes(encoding) {
  switch (encoding) {
    case encodings.encodingCopyRect:
    case encodings.pseudoEncodingExtendedDesktopSize:
      return BODY_BYTES;
    case encodings.pseudoEncodingVMwareCursor:
      return 2;
    case encodings.pseudoEncodingQEMULedEvent:
    case ENCODING_CARET:
      return 1;
    default:
      return 0;
  }
}

export function judgeBody({ encoding, x, y, width, height }, body, picture) {
  switch (encoding) {
    case encodings.encodingCopyRect: {
      const fromX = body[0] << 8 | body[1];
      const fromY = body[2] << 8 | body[3];
      demand(fromX + width <= picture.width && fromY + height <= picture.height,
        `a copy from ${fromX},${fromY} of ${width} x ${height}`);
      break;
    }
    case encodings.pseudoEncodingVMwareCursor:
      demand(body[0] === 1, 'a pointer picture');
      break;
    case encodings.pseudoEncodingQEMULedEvent:
      demand(body[0] <= 7, 'the locks');
      break;
    case encodings.pseudoEncodingExtendedDesktopSize:
      demand(body[0] === 1 && x <= 2 && y <= 255, 'a change of size');
      break;
    case ENCODING_CARET:
      demand(body[0] <= 3, 'the caret');
      break;
    default:
  }
}

export function judgeArea(area, picture) {
  demand(area <= AREAS_MAX * picture.width * picture.height, 'an update that paints so much');
}
