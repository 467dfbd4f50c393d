// SPDX-License-Identifier: GPL-3.0-or-later
// The session's picture in memory of ours, in the place of noVNC's hidden canvas: a canvas that is
// drawn onto itself is first copied whole, for each rectangle that moves. The visible canvas gets
// what an update changed, once.

import Display from './novnc/core/display.js';

const OVERRIDDEN = ['blitImage', 'copyImage', 'drawImage', 'fillRect', 'flip', 'getImageData', 'resize'];
const USED = ['_damage', '_scanRenderQ', 'viewportChangePos', 'viewportChangeSize'];

for (const name of [...OVERRIDDEN, ...USED]) {
  if (typeof Display.prototype[name] !== 'function') {
    throw new Error(`noVNC's display has no ${name}`);
  }
}

export default class Picture extends Display {
  constructor(canvas) {
    super(canvas);
    this._frame = new ImageData(1, 1);
    this._words = new Uint32Array(this._frame.data.buffer); // a pixel each
    this._backbuffer = null;
    this._drawCtx = null;
    this._imageCanvas = document.createElement('canvas');
    this._image = this._imageCanvas.getContext('2d', { willReadFrequently: true });
  }

  // What was there stays.
  resize(width, height) {
    const old = this._frame;
    if (old.width !== width || old.height !== height) {
      this._frame = new ImageData(width, height);
      this._words = new Uint32Array(this._frame.data.buffer);
      this._putRows(0, 0, Math.min(old.width, width), Math.min(old.height, height),
        new Uint32Array(old.data.buffer), old.width);
    }
    this._fbWidth = width;
    this._fbHeight = height;
    this.viewportChangeSize(this._viewportLoc.w, this._viewportLoc.h);
    this.viewportChangePos(0, 0);
  }

  getImageData() {
    return new ImageData(this._frame.data.slice(), this._frame.width);
  }

  // Drawing waits, in noVNC's queue, behind an image that the browser still decodes.
  _mustWait(fromQueue) {
    return this._renderQ.length !== 0 && !fromQueue;
  }

  flip(fromQueue) {
    if (this._mustWait(fromQueue)) {
      super.flip(fromQueue);
      return;
    }
    const bounds = this._damageBounds;
    const { x, y } = this._viewportLoc;
    if (bounds.right > bounds.left && bounds.bottom > bounds.top) {
      this._targetCtx.putImageData(this._frame, -x, -y, bounds.left, bounds.top,
        bounds.right - bounds.left, bounds.bottom - bounds.top);
    }
    this._damageBounds = { left: 65535, top: 65535, right: 0, bottom: 0 };
  }

  fillRect(x, y, width, height, color, fromQueue) {
    if (this._mustWait(fromQueue)) {
      super.fillRect(x, y, width, height, color, fromQueue);
      return;
    }
    const [word] = new Uint32Array(new Uint8Array([...color.slice(0, 3), 255]).buffer);
    for (let row = y; row < y + height; row++) {
      const at = row * this._frame.width + x;
      this._words.fill(word, at, at + width);
    }
    this._damage(x, y, width, height);
  }

  copyImage(oldX, oldY, newX, newY, width, height, fromQueue) {
    if (this._mustWait(fromQueue)) {
      super.copyImage(oldX, oldY, newX, newY, width, height, fromQueue);
      return;
    }
    const stride = this._frame.width;
    const isDown = newY > oldY; // then the lowest row goes first
    for (let i = 0; i < height; i++) {
      const row = isDown ? height - 1 - i : i;
      const from = (oldY + row) * stride + oldX;
      this._words.copyWithin((newY + row) * stride + newX, from, from + width);
    }
    this._damage(newX, newY, width, height);
  }

  blitImage(x, y, width, height, bytes, offset, fromQueue) {
    if (this._mustWait(fromQueue)) {
      super.blitImage(x, y, width, height, bytes, offset, fromQueue);
      return;
    }
    const at = bytes.byteOffset + offset;
    const size = 4 * width * height;
    const source = at % 4 === 0 ? bytes.buffer : bytes.buffer.slice(at, at + size);
    this._putRows(x, y, width, height,
      new Uint32Array(source, at % 4 === 0 ? at : 0, width * height), width);
    this._damage(x, y, width, height);
  }

  // An image that the browser has decoded.
  drawImage(image, x, y) {
    const { width, height } = image;
    if (this._imageCanvas.width < width || this._imageCanvas.height < height) {
      this._imageCanvas.width = Math.max(this._imageCanvas.width, width);
      this._imageCanvas.height = Math.max(this._imageCanvas.height, height);
    }
    this._image.drawImage(image, 0, 0);
    const { data } = this._image.getImageData(0, 0, width, height);
    this._putRows(x, y, width, height, new Uint32Array(data.buffer), width);
    this._damage(x, y, width, height);
  }

  _putRows(x, y, width, height, words, stride) {
    for (let row = 0; row < height; row++) {
      this._words.set(words.subarray(row * stride, row * stride + width),
        (y + row) * this._frame.width + x);
    }
  }
}

for (const name of Object.getOwnPropertyNames(Picture.prototype)) {
  if (name !== 'constructor' && name in Display.prototype && !OVERRIDDEN.includes(name)) {
    throw new Error(`noVNC's display has a ${name} of its own`);
  }
}
