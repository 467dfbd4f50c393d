// SPDX-License-Identifier: GPL-3.0-or-later
// Rectangles of Garasu zstd: one stream for the connection, three planes for each rectangle. The
// library gets whole blocks alone, and never a frame's head but ours: a head may ask for gigabytes.

import { Decompress } from './fzstd.js';

const HEAD = [0x28, 0xb5, 0x2f, 0xfd, 0, (23 - 10) << 3]; // a window of 8 MiB, and nothing else
const BLOCK_MAX = 131072;
const BLOCK_MIN = 8192; // on average, but for the last: each costs a move of the window
const EMPTY = [0, 0, 0]; // a block of no bytes

// A smaller window than ours asks for less.
const isHead = (bytes) => HEAD.every((byte, at) => (
  at < HEAD.length - 1 ? bytes[at] === byte : bytes[at] <= byte));

export default class ZstdDecoder {
  constructor() {
    this._length = null;
    this._isBegun = false;
    this._pieces = [];
    this._room = 0; // bytes that the rectangle may still hold
    this._stream = new Decompress((piece) => this._keep(piece));
    this._push(new Uint8Array([...HEAD, ...EMPTY, ...EMPTY, ...EMPTY, ...EMPTY])); // it waits for 18
  }

  // As noVNC's decoders: true when the rectangle is done, false when more must come first.
  decodeRect(x, y, width, height, sock, display) {
    const area = width * height;
    if (this._length === null) {
      if (sock.rQwait('zstd length', 4)) {
        return false;
      }
      this._length = sock.rQshift32() >>> 0;
    }
    if (this._length < 1 || this._length > 3 * area + Math.floor(3 * area / 256) + 64) {
      throw new Error('a zstd rectangle has an illegal length');
    }
    if (sock.rQwait('zstd payload', this._length)) {
      return false;
    }
    this._decompress(sock.rQshiftBytes(this._length, false), 3 * area);
    this._length = null;
    display.blitImage(x, y, width, height, this._paint(area), 0);
    return true;
  }

  _decompress(payload, size) {
    const blocks = this._isBegun ? payload : payload.subarray(HEAD.length);
    if (!this._isBegun && !isHead(payload)) {
      throw new Error('a zstd stream begins as none of ours');
    }
    this._isBegun = true;
    this._judge(blocks, size);
    this._room = size;
    this._push(blocks);
  }

  // The library would keep a view, and so all bytes, of every chunk that it has used up.
  _push(chunk) {
    this._stream.push(chunk, false);
    if (this._stream.l !== 0 || !Array.isArray(this._stream.c)) {
      throw new Error('a zstd block was not used up');
    }
    this._stream.c = [];
  }

  // Blocks are whole, none is the last or of an unknown kind, and they are not too many.
  _judge(blocks, size) {
    let left = Math.ceil(size / BLOCK_MIN) + 8;
    let at = 0;
    while (at + 3 <= blocks.length && left-- > 0) {
      const head = blocks[at] | blocks[at + 1] << 8 | blocks[at + 2] << 16;
      const kind = head >> 1 & 3;
      if ((head & 1) !== 0 || kind === 3 || head >> 3 > BLOCK_MAX) {
        throw new Error('a zstd block is illegal');
      }
      at += 3 + (kind === 1 ? 1 : head >> 3);
    }
    if (at !== blocks.length) {
      throw new Error('a zstd rectangle does not end with a block');
    }
  }

  _paint(area) {
    const planes = this._take(3 * area);
    const pixels = new Uint8Array(4 * area);
    for (let i = 0; i < area; i++) {
      const green = planes[i];
      pixels[4 * i] = green + planes[2 * area + i];
      pixels[4 * i + 1] = green;
      pixels[4 * i + 2] = green + planes[area + i];
      pixels[4 * i + 3] = 255;
    }
    return pixels;
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
