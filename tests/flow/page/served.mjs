// SPDX-License-Identifier: GPL-3.0-or-later
// The web viewer's page without a broker: its files, as the gateway serves them, and a line of the
// test's own in the place of its WebSocket.

import fs from 'node:fs';
import path from 'node:path';

export const ORIGIN = 'https://garasu.test';

// client: the page's npm packages; pages: its own files. Returns what answers a route.
export function makeServer(client, pages) {
  const files = new Map();
  for (const line of fs.readFileSync(path.join(pages, 'files.txt'), 'utf8').split('\n')) {
    const [name, source, type] = line.split(' ');
    if (type !== undefined && !line.startsWith('#')) {
      files.set(name.replace('~', '/a/test'), {
        path: source.startsWith('@') ? path.join(client, source.slice(1)) : path.join(pages, source),
        contentType: type,
      });
    }
  }
  return async (route) => {
    const file = files.get(new URL(route.request().url()).pathname);
    if (file === undefined) {
      await route.fulfill({ status: 404 });
    } else {
      const body = fs.readFileSync(file.path, 'utf8').replaceAll('@VERSION@', 'test');
      await route.fulfill({ contentType: `${file.contentType};charset=utf-8`, body });
    }
  };
}

// ---- bytes that a server sends ----

export const u16 = (value) => [value >> 8 & 255, value & 255];
export const u32 = (value) => [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];

export const init = (width = 64, height = 48, name = 'Garasu') => [...u16(width), ...u16(height),
  32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, ...u32(name.length), ...Buffer.from(name)];

export const rect = (x, y, width, height, encoding, body = []) => [
  ...u16(x), ...u16(y), ...u16(width), ...u16(height), ...u32(encoding), ...body];

export const update = (...rects) => [0, 0, ...u16(rects.length), ...rects.flat()];
