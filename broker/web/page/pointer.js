// SPDX-License-Identifier: GPL-3.0-or-later
// The session's pointer picture as the desk's own pointer, in the place of noVNC's: one pixel of it
// is one of the screen's. Where it would reach above the session's picture, over the strip, the
// desk's arrow stands in its place, also while a button is held.

const ARROW = 'default';
const NONE = 'none';
const MOVES = ['mouseover', 'mousemove', 'mousedown', 'mouseup'];

export default class Pointer {
  constructor() {
    this._canvas = document.createElement('canvas');
    this._target = null;
    this._picture = NONE; // as CSS has it
    this._shown = null;
    this._hotY = 0; // how far it reaches above where it points, in the page's pixels
    this._onMove = (event) => this._show(event.clientY);
  }

  attach(target) {
    this._target = target;
    for (const name of MOVES) {
      target.addEventListener(name, this._onMove, { capture: true, passive: true });
    }
    this.clear();
  }

  detach() {
    for (const name of MOVES) {
      this._target.removeEventListener(name, this._onMove, { capture: true });
    }
  }

  clear() {
    this._picture = NONE;
    this._hotY = 0;
    this._show();
  }

  change(rgba, hotX, hotY, width, height) {
    if (width === 0 || height === 0) {
      this.clear();
      return;
    }
    const ratio = window.devicePixelRatio;
    const [x, y] = [hotX, hotY].map((hot) => Math.round(hot / ratio));
    this._draw(rgba, width, height);
    this._picture = `${this._image(ratio)} ${x} ${y}, ${ARROW}`;
    this._hotY = y;
    this._show();
  }

  // A finger needs no picture of where it points.
  move() {}

  _draw(rgba, width, height) {
    this._canvas.width = width;
    this._canvas.height = height;
    this._canvas.getContext('2d')
      .putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
  }

  _image(ratio) {
    const sharp = `image-set(url("${this._canvas.toDataURL()}") ${ratio}x)`;
    return CSS.supports('cursor', `${sharp}, ${ARROW}`) ? sharp : this._shrunk(ratio);
  }

  // For browsers that know of no picture but one pixel for one of the page's.
  _shrunk(ratio) {
    const small = document.createElement('canvas');
    small.width = Math.max(1, Math.round(this._canvas.width / ratio));
    small.height = Math.max(1, Math.round(this._canvas.height / ratio));
    small.getContext('2d').drawImage(this._canvas, 0, 0, small.width, small.height);
    return `url("${small.toDataURL()}")`;
  }

  // y: where it points in the window; where that is not said, it is where it was.
  _show(y = this._y) {
    const top = this._target.getBoundingClientRect().top;
    const wanted = y !== undefined && y - top < this._hotY ? ARROW : this._picture;
    this._y = y;
    if (wanted !== this._shown) {
      this._shown = wanted;
      this._target.style.cursor = wanted;
    }
  }
}
