// SPDX-License-Identifier: GPL-3.0-or-later
// noVNC's Tight rectangles, within bounds: what a JPEG claims is judged before the browser decodes
// it, and one that cannot be decoded is told of.

import TightDecoder from './novnc/core/decoders/tight.js';

const WIDTH_MAX = 2048;
const SOI = 0xd8;
const SOF_FIRST = 0xc0; // baseline, and
const SOF_LAST = 0xc1; // extended sequential: no others are decoded in one pass
const SOS = 0xda;

for (const name of ['decodeRect', '_jpegRect', '_paletteFilter', '_readData']) {
  if (typeof TightDecoder.prototype[name] !== 'function') {
    throw new Error(`noVNC's Tight has no ${name}`);
  }
}

// The size of a JPEG of the plain kinds, or null.
export function jpegSize(bytes) {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) {
    return null;
  }
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1];
    if (marker >= SOF_FIRST && marker <= SOF_LAST) {
      return { height: bytes[at + 5] << 8 | bytes[at + 6], width: bytes[at + 7] << 8 | bytes[at + 8] };
    }
    const isTable = marker === 0xc4 || (marker >= 0xdb && marker <= 0xfe);
    if (marker === SOS || !isTable) {
      return null;
    }
    at += 2 + (bytes[at + 2] << 8 | bytes[at + 3]);
  }
  return null;
}

export default class BoundTightDecoder extends TightDecoder {
  // onBroken is called, later, when the browser cannot decode a JPEG.
  constructor(onBroken) {
    super();
    this._onBroken = onBroken;
  }

  decodeRect(x, y, width, height, sock, display, depth) {
    if (width > WIDTH_MAX) {
      throw new Error('a Tight rectangle is too wide');
    }
    if (this._ctl === null && !sock.rQwait('Tight', 1)
      && (sock.rQpeek8() >> 4) !== 9 && (sock.rQpeek8() >> 4) > 8) {
      throw new Error('a Tight rectangle is of an illegal kind');
    }
    return super.decodeRect(x, y, width, height, sock, display, depth);
  }

  _jpegRect(x, y, width, height, sock, display) {
    const data = this._readData(sock);
    if (data === null) {
      return false;
    }
    const size = jpegSize(data);
    if (size === null || size.width !== width || size.height !== height) {
      throw new Error('a JPEG does not fit its rectangle');
    }
    display.imageRect(x, y, width, height, 'image/jpeg', data);
    const image = display._renderQ.at(-1)?.img;
    image?.addEventListener('error', () => {
      if (image.getAttribute('src') !== '') { // noVNC empties one that it has drawn
        this._onBroken();
      }
    });
    return true;
  }
}
