// SPDX-License-Identifier: GPL-3.0-or-later
// What measures a web viewer from within its page, the same for any: it runs before the viewer's own
// scripts. It reads the bar codes of garasu-load's page (viewer/load/code.h) from the viewer's canvas
// as soon as something was drawn there, and counts what its WebSockets receive.

(() => {
  const CELL = 8;
  const STRIP = 52 * CELL;
  const RULER = 72;
  const ROW = 16;
  const FINDER = [0xff00ff, 0x00ff00, 0xff00ff, 0x00ff00];

  let visible = null; // the context of the viewer's canvas
  let place = null; // of the strip, once it was found
  let last = null; // the strip's contents
  let key = null; // {at, done}: the key that is waited for
  let seen = null; // the promise of its milliseconds
  let roll = null; // what a page that moves showed
  let bytes = 0;
  let messages = 0;

  // Lossy coders move black and white by less than a quarter. -1: neither.
  const level = (value) => (value > 191 ? 1 : value < 64 ? 0 : -1);

  // Colour of a pixel as 0xrrggbb of its levels, or -1.
  function colour(data, at) {
    const [red, green, blue] = [level(data[at]), level(data[at + 1]), level(data[at + 2])];
    return Math.min(red, green, blue) < 0 ? -1 : red * 0xff0000 + green * 0xff00 + blue * 0xff;
  }

  function checkOf(values) {
    let check = 0xa5;
    for (const value of values) {
      check ^= value;
      for (let bit = 0; bit < 8; bit++) {
        check = check & 0x80 ? (check << 1 ^ 7) & 0xff : check << 1;
      }
    }
    return check;
  }

  // A strip that begins at the pixel offset of data; null: there is none, or a torn one.
  function decode(data, offset) {
    const values = [0, 0, 0, 0, 0, 0];
    for (let cell = 0; cell < STRIP / CELL; cell++) {
      const seen = colour(data, 4 * (offset + cell * CELL + CELL / 2));
      if (cell < FINDER.length) {
        if (seen !== FINDER[cell]) {
          return null;
        }
      } else if (seen === 0 || seen === 0xffffff) {
        values[(cell - FINDER.length) >> 3] |= (seen & 1) << (7 - (cell - FINDER.length) % 8);
      } else {
        return null;
      }
    }
    const check = values.pop();
    return checkOf(values) !== check ? null
      : { token: values[0], count: values[1] << 8 | values[2], frame: values[3] << 8 | values[4] };
  }

  function find() {
    const { width, height } = visible.canvas;
    const { data } = visible.getImageData(0, 0, width, height);
    for (let y = 0; y + CELL <= height; y++) {
      for (let x = 0; x + STRIP <= width; x++) {
        if (colour(data, 4 * (y * width + x)) === FINDER[0]) {
          const strip = decode(data, (y + CELL / 2) * width + x);
          if (strip !== null) {
            place = { x, y };
            return strip;
          }
        }
      }
    }
    return null;
  }

  function readStrip() {
    return decode(visible.getImageData(place.x, place.y + CELL / 2, STRIP, 1).data, 0);
  }

  // The index of the ruler's row of 72 pixels at a line of data, or -1.
  function rulerRow(data, line) {
    let bits = 0;
    for (let cell = 0; cell < 18; cell++) {
      const seen = colour(data, 4 * (line * RULER + cell * 4 + 2));
      if (seen !== 0 && seen !== 0xffffff) {
        return -1;
      }
      bits = bits << 1 | seen & 1;
    }
    const row = bits >> 4 & 0xfff;
    return bits >> 16 === 1 && (bits & 15) === ((row ^ row >> 4 ^ row >> 8 ^ 5) & 15) ? row : -1;
  }

  // How many pixels the page is scrolled; null: torn.
  function readRuler() {
    const top = visible.canvas.height >> 1;
    const { data } = visible.getImageData(place.x, top, RULER, 3 * ROW);
    let before = rulerRow(data, 0);
    for (let line = 1; line < 3 * ROW; line++) {
      const row = rulerRow(data, line);
      if (before >= 0 && row === before + 1) {
        return row * ROW - (top + line - place.y);
      }
      before = row;
    }
    return null;
  }

  function watchKey() {
    const strip = readStrip();
    if (strip !== null && strip.count !== last.count) {
      last = strip;
      if (key.at !== null) {
        key.done(performance.now() - key.at);
        key = null;
      }
    }
  }

  function watchRoll() {
    const position = readRuler();
    const now = performance.now();
    if (position === null) {
      roll.torn++;
    } else if (position !== roll.position) {
      roll.position = position;
      roll.drawn++;
      roll.first ??= now - roll.at;
      roll.moved = now;
    }
  }

  // All that clients put onto a visible canvas goes through one of these; a pointer is smaller.
  for (const name of ['drawImage', 'putImageData']) {
    const draw = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function drawAndLook(...words) {
      draw.apply(this, words);
      if (this.canvas.isConnected && this.canvas.width >= STRIP) {
        visible = this;
        if (key !== null) {
          watchKey();
        } else if (roll !== null) {
          watchRoll();
        }
      }
    };
  }

  window.WebSocket = new Proxy(WebSocket, {
    construct(Socket, words) {
      const socket = new Socket(...words);
      socket.addEventListener('message', (event) => {
        bytes += event.data.byteLength;
        messages++;
      });
      return socket;
    },
  });

  window.addEventListener('keydown', (event) => {
    if (key !== null && key.at === null) {
      key.at = event.timeStamp;
    }
  }, true);

  const showing = () => {
    if (roll !== null) {
      if (roll.position !== roll.shownPosition) {
        roll.shownPosition = roll.position;
        roll.shown++;
      }
      requestAnimationFrame(showing);
    }
  };

  window.garasuBench = {
    // Is the page there? Its strip's place in the canvas, and the canvas' in the window.
    find() {
      last = visible === null ? null : find();
      if (last === null) {
        return null;
      }
      const { left, top } = visible.canvas.getBoundingClientRect();
      return { ...place, left, top, width: visible.canvas.width, height: visible.canvas.height };
    },

    received: () => ({ bytes, messages }),

    // The next key is timed.
    awaitKey() {
      last = readStrip() ?? last;
      seen = new Promise((done) => {
        key = { at: null, done };
      });
    },

    // Milliseconds from that key to the pixel that it changed.
    keySeen: () => seen,

    // From here on the page moves.
    startRoll() {
      const position = readRuler();
      roll = {
        at: performance.now(), bytes, messages, from: position, position, shownPosition: position,
        torn: 0, drawn: 0, shown: 0, first: null, moved: null, frame: readStrip()?.frame ?? null,
      };
      requestAnimationFrame(showing);
    },

    // Did it move, and then nothing for so long?
    hasRested: (ms) => roll.moved !== null && performance.now() - roll.moved > ms,

    stopRoll() {
      const result = {
        ...roll, ms: performance.now() - roll.at, px: Math.abs((readRuler() ?? roll.position) - roll.from),
        bytes: bytes - roll.bytes, messages: messages - roll.messages,
      };
      roll = null;
      return result;
    },
  };
})();
