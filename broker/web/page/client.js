// SPDX-License-Identifier: GPL-3.0-or-later
// noVNC's client, with Garasu's log-in, messages, size and scale in the place of its own. What is
// overridden by name is listed: a noVNC without such a name is refused at once, and by a test.

import RFB from './novnc/core/rfb.js';
import { encodings } from './novnc/core/encodings.js';
import { clientToElement } from './novnc/core/util/element.js';
import { releaseCapture } from './novnc/core/util/events.js';
import * as bounds from './bounds.js';
import Keyboard from './keyboard.js';
import * as messages from './messages.js';
import Picture from './picture.js';
import Pointer from './pointer.js';
import BoundTightDecoder from './tight.js';
import Typing from './typing.js';
import { words } from './words.js';
import ZstdDecoder from './zstd.js';

const OVERRIDDEN = ['_disconnect', '_fail', '_framebufferUpdate', '_handleMessage', '_handleMouse',
  '_handleRect', '_handleServerFenceMsg', '_handleWheel', '_negotiateServerInit', '_normalMsg',
  '_requestRemoteResize', '_screenSize', '_sendEncodings', '_socketOpen',
  '_updateContinuousUpdates', '_updateScale', 'focus'];
const USED = ['_handleKeyEvent', '_handleMouseButton', '_refreshCursor', '_sendMouse', 'disconnect',
  'sendKey'];
const WHEEL_NOTCH_PX = 100; // what browsers scroll for one notch
const LINE_PX = 40;
const SCALE_ONE = 120;
const SCALE_MAX = 300;
// What is asked for when the server takes no size as large as the window's.
const LESS = [[2560, 1600], [1920, 1200], [1600, 1000], [1280, 800], [1024, 768], [800, 600]];
const SILENT_MS = 8000; // without a byte, behind a question
const SILENT_AWAKE_MS = 2000; // behind a sleep
const REACH_MS = 10000; // until the server is there
const END_OF_CONTINUOUS = 150;
const SIDE_KEYS = { 3: [0x1008ff26, 'BrowserBack'], 4: [0x1008ff27, 'BrowserForward'] };

for (const name of [...OVERRIDDEN, ...USED]) {
  if (typeof RFB.prototype[name] !== 'function') {
    throw new Error(`noVNC has no ${name}`);
  }
}

// Pixels stay as ServerInit says: Garasu zstd is for these alone, and Tight does not mind.
RFB.messages.pixelFormat = () => {};

// Pixels of the screen for one of the page's.
const ratio = () => window.devicePixelRatio;

// Events beside noVNC's: "state" {code, value}, "words" {text}, "picture", "paste" {text},
// and "fault" {text} before "disconnect" where the server sent what was not agreed on.
export default class Client extends RFB {
  constructor(stage, urlOrChannel) {
    super(stage, urlOrChannel, {});
    this._display = new Picture(this._canvas);
    this.figures = { pictures: 0, bytes: 0, delay: null };
    this._decoders[encodings.encodingTight] = new BoundTightDecoder(
      () => this._fail('a JPEG cannot be decoded'));
    this._decoders[messages.ENCODING_ZSTD] = new ZstdDecoder();
    this._area = 0; // pixels that this update has painted
    this._isJudged = false; // the rectangle that comes
    this._speaksGarasu = false;
    this._rests = document.visibilityState === 'hidden';
    this.pasteMost = 0; // characters; 0: policy forbids it
    this._fenceAt = 0;
    this._fenceMark = 0;
    this._silentMs = SILENT_MS;
    this._heardAt = performance.now();
    this._most = [Infinity, Infinity]; // that the server takes
    this._asked = [0, 0];
    this._wheelX = 0;
    this._wheelY = 0;
    this._resizeSession = true;
    this._screen.style.overflow = 'hidden';
    this._screen.style.background = 'transparent';
    this._canvas.style.margin = '0';
    this._canvas.setAttribute('role', 'application');
    this._canvas.setAttribute('aria-label', words.picture);
    this._cursor.detach();
    this._cursor = new Pointer();
    this._cursor.attach(this._canvas);
    this._keyboard = new Keyboard(this._screen);
    this._keyboard.onkeyevent = this._handleKeyEvent.bind(this);
    this._screen.style.position = 'relative';
    this._typing = new Typing(this._screen, this._canvas, {
      text: (text) => this.isOn && messages.sendText(this._sock, text),
      preedit: (text) => this.isOn && messages.sendPreedit(this._sock, text),
      character: (code) => this.sendKey(code, null),
      focus: (hasFocus) => this._tellFocus(hasFocus),
      paste: (text) => this._say('paste', { text }),
      modifiers: (event) => this._keyboard.agree(event),
      dropAltGr: () => this._keyboard.dropAltGr(),
      taps: (taps) => { this._keyboard.taps = taps; },
    });
    this._screen.addEventListener('mousedown', (event) => { // beside the picture
      event.preventDefault();
      this.focus();
    });
    this._sharpness = null;
    this._watchRatio();
  }

  // The stream begins where log-in has succeeded: with SecurityResult.
  _socketOpen() {
    super._socketOpen();
    this._rfbVersion = 3.8;
    this._rfbInitState = 'SecurityResult';
    const channel = this._sock._websocket;
    const take = channel.onmessage;
    channel.onmessage = (event) => {
      this.figures.bytes += event.data.byteLength;
      this._heardAt = performance.now();
      this._guard(() => take(event));
    };
  }

  // Whatever is thrown at bytes of the server's ends the connection.
  _guard(work) {
    try {
      return work();
    } catch (error) {
      return this._fail(error.message);
    }
  }

  // What came together with ServerInit is not left lying.
  _handleMessage() {
    this._guard(() => {
      const wasConnected = this._rfbConnectionState === 'connected';
      super._handleMessage();
      if (!wasConnected && this._rfbConnectionState === 'connected' && this._sock.rQlen() > 0) {
        super._handleMessage();
      }
    });
  }

  // From ServerInit on, all that fails while the line stands is the server's fault.
  _fail(details) {
    if (this._sock.readyState === 'open' && this._rfbInitState === 'ServerInitialisation') {
      this._say('fault', { text: String(details) });
    }
    return super._fail(details);
  }

  _negotiateServerInit() {
    if (!this._sock.rQwait('ServerInit', 24)) {
      bounds.judgeServerInit(this._sock.rQpeekBytes(Math.min(30, this._sock.rQlen()), false));
    }
    return super._negotiateServerInit();
  }

  _sendEncodings() {
    RFB.messages.clientEncodings(this._sock, [
      encodings.encodingCopyRect,
      messages.ENCODING_ZSTD,
      encodings.encodingTight,
      encodings.pseudoEncodingQualityLevel0 + 8,
      encodings.pseudoEncodingDesktopSize,
      encodings.pseudoEncodingExtendedDesktopSize,
      encodings.pseudoEncodingLastRect,
      encodings.pseudoEncodingQEMUExtendedKeyEvent,
      encodings.pseudoEncodingQEMULedEvent,
      encodings.pseudoEncodingFence,
      encodings.pseudoEncodingContinuousUpdates,
      encodings.pseudoEncodingVMwareCursor,
      messages.ENCODING_GARASU,
      messages.ENCODING_CARET,
    ]);
  }

  // No decoder sees a rectangle that was not judged.
  _handleRect() {
    const picture = { width: this._fbWidth, height: this._fbHeight };
    if (!this._isJudged) {
      this._area += bounds.judgeRectangle(this._FBU, picture);
      bounds.judgeArea(this._area, picture);
      this._isJudged = true;
    }
    if (this._sock.rQwait('rectangle', bounds.bodyBytes(this._FBU.encoding))) {
      return false;
    }
    const there = Math.min(this._sock.rQlen(), bounds.BODY_BYTES);
    bounds.judgeBody(this._FBU, this._sock.rQpeekBytes(there, false), picture);
    const isDone = this._takeRect();
    this._isJudged = !isDone;
    return isDone;
  }

  _takeRect() {
    if (this._FBU.encoding === messages.ENCODING_GARASU) {
      this._speaksGarasu = true;
      this._requestRemoteResize();
      this._tellFocus(this._typing.hasFocus);
      return true;
    }
    if (this._FBU.encoding === messages.ENCODING_CARET) {
      const bits = this._sock.rQshift8();
      const { x, y, width, height } = this._FBU;
      this._typing.setCaret({ x, y, width, height }, ratio(), (bits & 1) !== 0, (bits & 2) !== 0);
      return true;
    }
    const { encoding, x, y } = this._FBU;
    const isDone = super._handleRect();
    if (isDone && encoding === encodings.pseudoEncodingExtendedDesktopSize && x === 1 && y !== 0) {
      this._askForLess();
    }
    return isDone;
  }

  _normalMsg() {
    if (this._FBU.rects === 0) {
      bounds.judgeMessage(this._sock.rQpeek8());
      this._area = 0;
      if (this._sock.rQpeek8() === messages.MESSAGE) {
        return this._handleGarasu();
      }
      if (this._sock.rQpeek8() === END_OF_CONTINUOUS && this._supportsContinuousUpdates) {
        this._sock.rQskipBytes(1); // the answer to what rest() asked for
        return true;
      }
    }
    return super._normalMsg();
  }

  _handleGarasu() {
    if (this._sock.rQwait('Garasu head', 4)) {
      return false;
    }
    this._sock.rQskipBytes(1);
    const sub = this._sock.rQshift8();
    const size = this._sock.rQshift16();
    bounds.judgeGarasu(sub, size);
    if (this._sock.rQwait('Garasu payload', size, 4)) {
      return false;
    }
    const payload = this._sock.rQshiftBytes(size);
    if (sub === 1) {
      const view = new DataView(payload.buffer, payload.byteOffset, size);
      this._say('state', { code: view.getUint16(0), value: view.getUint32(2) });
    } else if (sub === 4) {
      this.pasteMost = Math.min(payload[0] << 8 | payload[1], messages.PASTE_MAX);
      this._typing.takesPaste = this.pasteMost > 0;
      this._typing.forwards = (payload[2] & 1) !== 0;
    } else {
      this._say('words', { text: new TextDecoder().decode(payload) });
    }
    return true;
  }

  _framebufferUpdate() {
    const isDone = super._framebufferUpdate();
    if (isDone) {
      this.figures.pictures++;
      this._say('picture', {});
    }
    return isDone;
  }

  // Our own question about the delay comes back as a fence without the request bit.
  _handleServerFenceMsg() {
    if (this._sock.rQwait('fence head', 8, 1)) {
      return false;
    }
    const head = this._sock.rQpeekBytes(8, false);
    const length = head[7];
    bounds.judgeFence(length);
    if ((head[3] & 0x80) !== 0 || this._fenceAt === 0) {
      return super._handleServerFenceMsg();
    }
    if (this._sock.rQwait('fence payload', 8 + length, 1)) {
      return false;
    }
    const mark = this._sock.rQshiftBytes(8 + length)[8];
    if (length === 1 && mark === this._fenceMark) {
      this.figures.delay = performance.now() - this._fenceAt;
      this._fenceAt = 0;
      this._silentMs = SILENT_MS;
    }
    return true;
  }

  // Asks for the delay to the encoder and back; the answer is in figures.
  measure() {
    if (this._fenceAt !== 0 || !this._supportsFence) {
      return;
    }
    this._fenceAt = performance.now();
    this._fenceMark = (this._fenceMark + 1) & 0xff;
    for (const byte of [248, 0, 0, 0, 0x80, 0, 0, 0, 1, this._fenceMark]) {
      this._sock.sQpush8(byte);
    }
    this._sock.flush();
  }

  // A line that was cut says nothing: what was asked is not answered, nor does anything else come.
  get isSilent() {
    const now = performance.now();
    if (this._sock.readyState === 'connecting') {
      return now - this._heardAt > REACH_MS;
    }
    return this._fenceAt !== 0 && now - Math.max(this._fenceAt, this._heardAt) > this._silentMs;
  }

  // The desk was asleep: an answer from before does not count, and the next is due soon.
  doubt() {
    this._fenceAt = 0;
    this._heardAt = performance.now();
    this._silentMs = SILENT_AWAKE_MS;
    this.measure();
  }

  // One pixel of the session is one of the screen.
  _screenSize() {
    const place = this._screen.getBoundingClientRect();
    return { w: Math.floor(place.width * ratio() + 0.01), h: Math.floor(place.height * ratio() + 0.01) };
  }

  _updateScale() {
    this._display.scale = 1 / ratio();
  }

  _requestRemoteResize() {
    if (!this._speaksGarasu || this._rfbConnectionState !== 'connected') {
      return;
    }
    if (this._resizeTimeout === null) {
      this._resizeTimeout = setTimeout(() => {
        this._resizeTimeout = null;
        this._tellGeometry();
      }, 60);
    }
  }

  // The server refused what was asked for.
  _askForLess() {
    const [width, height] = this._asked;
    const less = LESS.find(([w, h]) => (w < width || h < height) && w < this._most[0]);
    if (less !== undefined) {
      this._most = less;
      this._requestRemoteResize();
    }
  }

  _tellGeometry() {
    if (this._rfbConnectionState !== 'connected') {
      return;
    }
    const { w, h } = this._screenSize();
    const size = [Math.min(w, this._most[0]), Math.min(h, this._most[1])];
    const scale = Math.round(SCALE_ONE * ratio());
    const wish = [...size, Math.max(SCALE_ONE, Math.min(SCALE_MAX, scale))];
    if (w > 0 && h > 0 && String(wish) !== this._wish) {
      this._wish = String(wish);
      this._asked = size;
      messages.sendGeometry(this._sock, ...wish);
    }
  }

  // Zooming the page, or another screen, changes the ratio without changing the element.
  _watchRatio() {
    this._sharpness = window.matchMedia(`(resolution: ${ratio()}dppx)`);
    this._onRatio = () => {
      this._updateScale();
      this._refreshCursor();
      this._requestRemoteResize();
      this._watchRatio();
    };
    this._sharpness.addEventListener('change', this._onRatio, { once: true });
  }

  // The side buttons are keys, as in the native viewer: RFB's pointer message has no room for them.
  _handleMouse(event) {
    const side = SIDE_KEYS[event.button];
    if (event.type === 'mousedown') {
      this._keyboard.agree(event);
    } else if (event.type === 'mousemove') {
      this._letButtons(event);
    }
    if (side === undefined || (event.type !== 'mousedown' && event.type !== 'mouseup')) {
      super._handleMouse(event);
      return;
    }
    event.stopPropagation();
    event.preventDefault();
    if (event.type === 'mousedown') {
      this.pressKeys([side]);
    }
  }

  // A button that was let go where this page could not see it.
  _letButtons(event) {
    const held = RFB._convertButtonMask(event.buttons);
    if ((this._mouseButtonMask & ~held) !== 0) {
      const { x, y } = clientToElement(event.clientX, event.clientY, this._canvas);
      this._handleMouseButton(x, y, this._mouseButtonMask & held);
    }
  }

  _handleWheel(event) {
    event.stopPropagation();
    event.preventDefault();
    if (this._rfbConnectionState !== 'connected' || !this._speaksGarasu) {
      return;
    }
    this._keyboard.agree(event);
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1
      : event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : this._screen.clientHeight;
    const place = clientToElement(event.clientX, event.clientY, this._canvas);
    this._wheelX += event.deltaX * unit * SCALE_ONE / WHEEL_NOTCH_PX;
    this._wheelY += event.deltaY * unit * SCALE_ONE / WHEEL_NOTCH_PX;
    const dx = Math.trunc(this._wheelX);
    const dy = Math.trunc(this._wheelY);
    if (dx !== 0 || dy !== 0) {
      this._wheelX -= dx;
      this._wheelY -= dy;
      messages.sendWheel(this._sock, this._display.absX(place.x), this._display.absY(place.y), dx, dy);
    }
  }

  _tellFocus(hasFocus) {
    if (!hasFocus) { // the session lets go of all that is held
      this._keyboard.releaseAll();
      this._mouseButtonMask = 0;
      releaseCapture();
    }
    if (this._speaksGarasu && this._rfbConnectionState === 'connected') {
      messages.sendFocus(this._sock, hasFocus);
    }
  }

  focus() {
    this._typing.focus();
  }

  // keys: [keysym, place on the keyboard], pressed in this order and released in the other.
  pressKeys(keys) {
    for (const [keysym, place] of keys) {
      this.sendKey(keysym, place, true);
    }
    for (const [keysym, place] of [...keys].reverse()) {
      this.sendKey(keysym, place, false);
    }
  }

  get hasField() {
    return this._typing.hasField;
  }

  // Returns how many characters the text has; no more than pasteMost of them are sent.
  paste(text) {
    this._keyboard.releaseAll();
    return messages.sendPaste(this._sock, text, this.pasteMost);
  }

  openAddress(address) {
    messages.sendAddress(this._sock, address);
  }

  get isOn() {
    return this._rfbConnectionState === 'connected' && this._speaksGarasu;
  }

  // While nobody can see the picture, none is sent; noVNC asks for none while it takes them to come
  // by themselves.
  rest(rests) {
    if (rests === this._rests) {
      return;
    }
    this._rests = rests;
    if (this._rfbConnectionState === 'connected' && this._supportsContinuousUpdates) {
      if (rests) {
        RFB.messages.enableContinuousUpdates(this._sock, false, 0, 0, 0, 0);
      } else {
        this._updateContinuousUpdates();
      }
    }
  }

  _updateContinuousUpdates() {
    if (!this._rests) {
      super._updateContinuousUpdates();
    }
  }

  // Says that someone is there: the pointer stays where it is.
  stay() {
    const x = Math.min(this._mousePos.x ?? 0, this._fbWidth - 1);
    const y = Math.min(this._mousePos.y ?? 0, this._fbHeight - 1);
    this._sendMouse(x, y, 0);
  }

  _say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  _disconnect() {
    this._sharpness?.removeEventListener('change', this._onRatio);
    this._typing?.close();
    super._disconnect();
  }
}

for (const name of Object.getOwnPropertyNames(Client.prototype)) {
  if (name !== 'constructor' && name in RFB.prototype && !OVERRIDDEN.includes(name)) {
    throw new Error(`noVNC has a ${name} of its own`);
  }
}
