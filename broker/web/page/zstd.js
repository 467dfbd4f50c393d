// SPDX-License-Identifier: GPL-3.0-or-later
// Rectangles of Garasu zstd: one stream for the connection, three planes for each rectangle.

import { Decompress } from './fzstd.js';

export default class ZstdDecoder {
  constructor() {
    this._length = null;
    this._pieces = [];
    this._room = 0; // bytes that the rectangle may still hold
    this._stream = new Decompress((piece) => this._keep(piece));
  }

  // As noVNC's decoders: true when the rectangle is done, false when more must come first.
  decodeRect(x, y, width, height, sock, display) {
    if (this._length === null) {
      if (sock.rQwait('zstd length', 4)) {
        return false;
      }
      this._length = sock.rQshift32() >>> 0;
    }
    const area = width * height;
    if (this._length < 1 || this._length > 3 * area + Math.floor(3 * area / 256) + 64) {
      throw new Error('a zstd rectangle has an illegal length');
    }
    if (sock.rQwait('zstd payload', this._length)) {
      return false;
    }
    this._room = 3 * area;
    this._stream.push(sock.rQshiftBytes(this._length), false);
    this._length = null;
    const planes = this._take(3 * area);
    const pixels = new Uint8Array(4 * area);
    for (let i = 0; i < area; i++) {
      const green = planes[i];
      pixels[4 * i] = green + planes[2 * area + i];
      pixels[4 * i + 1] = green;
      pixels[4 * i + 2] = green + planes[area + i];
      pixels[4 * i + 3] = 255;
    }
    display.blitImage(x, y, width, height, pixels, 0);
    return true;
  }

  // Ends within a block what would swell without an end: a few bytes make 128 KiB.
  _keep(piece) {
    this._room -= piece.length;
    if (this._room < 0) {
      throw new Error('a zstd rectangle holds too much');
    }
    this._pieces.push(piece);
  }

  _take(size) {
    const planes = new Uint8Array(size);
    let used = 0;
    for (const piece of this._pieces) {
      planes.set(piece, used);
      used += piece.length;
    }
    this._pieces = [];
    if (used !== size) {
      throw new Error('a zstd rectangle holds too little');
    }
    return planes;
  }
}
