// SPDX-License-Identifier: GPL-3.0-or-later
// Garasu's own RFB messages, as docs/wire.md lists them.

export const ENCODING_GARASU = 0x47415200;
export const ENCODING_CARET = 0x47415201;
export const ENCODING_ZSTD = 0x47415202;
export const MESSAGE = 252;

const TEXT = 1;
const WHEEL = 2;
const GEOMETRY = 3;
const FOCUS = 4;
const ADDRESS = 5;
const PASTE = 6;
const PREEDIT = 7;
const TEXT_MAX = 1024;
export const PASTE_MAX = 500; // characters
const PREEDIT_MAX = 512;

function begin(sock, sub, size) {
  sock.sQpush8(MESSAGE);
  sock.sQpush8(sub);
  sock.sQpush16(size);
}

// No controls but tab and newline, and half a character is none.
function printable(text) {
  return text.replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '');
}

export function sendText(sock, text) {
  const encoder = new TextEncoder();
  let piece = [];
  const flush = () => {
    if (piece.length > 0) {
      begin(sock, TEXT, piece.length);
      sock.sQpushBytes(new Uint8Array(piece));
      sock.flush();
      piece = [];
    }
  };

  for (const character of printable(text)) {
    const bytes = encoder.encode(character);
    if (piece.length + bytes.length > TEXT_MAX) {
      flush();
    }
    piece.push(...bytes);
  }
  flush();
}

// Sends the text's start, at most so many characters. Returns how many it has in all.
export function sendPaste(sock, text, most) {
  const characters = [...printable(text)];
  const bytes = new TextEncoder().encode(characters.slice(0, most).join(''));

  if (bytes.length > 0) {
    begin(sock, PASTE, bytes.length);
    sock.sQpushBytes(bytes);
    sock.flush();
  }
  return characters.length;
}

// What an input method composes, as much of it as one message takes; '' ends it.
export function sendPreedit(sock, text) {
  const bytes = new Uint8Array(PREEDIT_MAX);
  const { written } = new TextEncoder().encodeInto(printable(text).replace(/[\t\n]/g, ''), bytes);

  begin(sock, PREEDIT, written);
  sock.sQpushBytes(bytes.subarray(0, written));
  sock.flush();
}

const signed16 = (number) => Math.max(-32768, Math.min(32767, Math.trunc(number))) & 0xffff;

// dx and dy in 1/120 notch.
export function sendWheel(sock, x, y, dx, dy) {
  begin(sock, WHEEL, 8);
  sock.sQpush16(x);
  sock.sQpush16(y);
  sock.sQpush16(signed16(dx));
  sock.sQpush16(signed16(dy));
  sock.flush();
}

// scale in 1/120.
export function sendGeometry(sock, width, height, scale) {
  begin(sock, GEOMETRY, 6);
  sock.sQpush16(width);
  sock.sQpush16(height);
  sock.sQpush16(scale);
  sock.flush();
}

export function sendFocus(sock, hasFocus) {
  begin(sock, FOCUS, 1);
  sock.sQpush8(hasFocus ? 1 : 0);
  sock.flush();
}

// Returns the address as it would be sent, or null for what is no http or https address.
export function addressOf(text) {
  let address;
  try {
    address = new URL(text);
  } catch {
    return null;
  }
  const isWeb = address.protocol === 'http:' || address.protocol === 'https:';
  const isSound = /^[\x21-\x7e]{8,2048}$/.test(address.href);
  return isWeb && isSound && address.username === '' && address.password === ''
    ? address.href : null;
}

export function sendAddress(sock, address) {
  begin(sock, ADDRESS, address.length);
  sock.sQpushString(address);
  sock.flush();
}
