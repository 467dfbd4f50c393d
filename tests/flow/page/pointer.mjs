// SPDX-License-Identifier: GPL-3.0-or-later

// In the page: what the mouse shows over an element. The picture's side and where it points, in the
// page's pixels, or what else CSS has.
export default async function readPointer(selector) {
  const { cursor } = getComputedStyle(document.querySelector(selector));
  const parts = /url\("(data:[^"]+)"\)(?: ([\d.]+)(?:x|dppx))?(?: type\([^)]*\))?\)? (\d+) (\d+), default$/
    .exec(cursor);
  if (parts === null) {
    return cursor;
  }
  const image = new Image();
  image.src = parts[1];
  await image.decode();
  const side = Math.round(100 * image.width / Number(parts[2] ?? 1)) / 100;
  return { side, x: Number(parts[3]), y: Number(parts[4]) };
}
