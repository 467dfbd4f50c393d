// SPDX-License-Identifier: GPL-3.0-or-later
// The steps of page.mjs that are about the keyboard, the mouse and what one sees of them.

import readPointer from './pointer.mjs';

const DEADLINE = 20000;
const CARET_SLACK = 4; // pixels of the session
const POINTER = { side: 48, x: 10, y: 47 }; // as the session's page has it
const ARROW = { side: 24, x: 4, y: 4 }; // of the session's browser, above its page
const STRIP = 36;

// Where the session's caret stands in its picture: the box of what is #00ff00, or null.
function findCaret() {
  const canvas = document.querySelector('#stage canvas');
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  const box = { left: width, top: height, right: 0, bottom: 0 };
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] < 64 && data[at + 1] > 192 && data[at + 2] < 64) {
      const [x, y] = [at / 4 % width, Math.floor(at / 4 / width)];
      Object.assign(box, { left: Math.min(box.left, x), top: Math.min(box.top, y),
        right: Math.max(box.right, x + 1), bottom: Math.max(box.bottom, y + 1) });
    }
  }
  return box.right > box.left ? box : null;
}

// Our field in pixels of the session's picture.
function findField() {
  const field = document.querySelector('#typing').getBoundingClientRect();
  const picture = document.querySelector('#stage canvas').getBoundingClientRect();
  const scaled = (length) => length * devicePixelRatio;
  return { left: scaled(field.left - picture.left), top: scaled(field.top - picture.top),
    bottom: scaled(field.bottom - picture.top) };
}

// session: page() and devtools() of now, and openWindow, typingField and expect of page.mjs.
export default function makeKeySteps({ page, devtools, openWindow, typingField, expect }) {
  let field = null; // where it was seen last

  // A hand does not hold still: what the session shows may depend on a second motion.
  const waitPointer = async (y, wanted) => {
    const deadline = Date.now() + DEADLINE;
    let got = null;
    for (let x = 500; JSON.stringify(got) !== JSON.stringify(wanted) && Date.now() < deadline; x ^= 1) {
      await page().mouse.move(x, y);
      got = await page().evaluate(readPointer, '#stage canvas');
    }
    expect('pointer', got, wanted);
  };

  const placeEvent = async (type, code, key) => {
    const session = await devtools();
    await session.send('Input.dispatchKeyEvent',
      { type, code, key, ...(key.length === 1 && type === 'keyDown' ? { text: key } : {}) });
  };

  return {
    // noVNC goes by this, and not by what the browser does.
    async windows() {
      await openWindow(1, 'ja-JP', 'Win32');
    },

    async scaled(scale) {
      await openWindow(Number(scale), 'ja-JP');
    },

    async holds(name) {
      await page().keyboard.down(name);
    },

    async lets(name) {
      await page().keyboard.up(name);
    },

    async types(text) {
      await typingField();
      await page().keyboard.type(text);
    },

    // 20 keys a second, and what an input method commits among them.
    async typesFast() {
      const method = await devtools();
      await typingField();
      for (let round = 0; round < 10; round++) {
        await page().keyboard.type(`The quick fox_${round}|\\`, { delay: 50 });
        await method.send('Input.imeSetComposition',
          { text: 'かな', selectionStart: 2, selectionEnd: 2 });
        await method.send('Input.insertText', { text: 'かな' });
      }
      await page().keyboard.press('Enter');
    },

    async stillComposes(text) {
      expect('composed', await page().evaluate(
        () => [document.activeElement.id, document.activeElement.value]), ['typing', text]);
    },

    // The focus goes to the strip.
    async leaves() {
      await page().focus('#keys');
    },

    // Our field is where the session's caret is seen, or is so after it has moved to the right.
    async caret(hasMoved) {
      await typingField();
      const from = hasMoved === undefined ? -1 : field.left + 20;
      const isNear = (side) => Math.abs(caret[side] - field[side]) <= CARET_SLACK;
      const deadline = Date.now() + DEADLINE;
      let caret = null;
      do {
        caret = await page().evaluate(findCaret) ?? caret; // it blinks
        field = await page().evaluate(findField);
        if (Date.now() > deadline) {
          throw new Error(`the caret is at ${JSON.stringify(caret)}, our field ${JSON.stringify(field)}`);
        }
      } while (caret === null || field.left < from || !['left', 'top', 'bottom'].every(isNear));
    },

    // A key by its place, pressed and released, or with a release that is not told.
    async placeHeld(code, key) {
      await placeEvent('keyDown', code, key);
      await placeEvent('keyUp', code, key);
    },

    async place(code, key) {
      await placeEvent('rawKeyDown', code, key);
    },

    async button(button) {
      const session = await devtools();
      const event = { x: 500, y: 600, button, clickCount: 1 };
      await session.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: 500, y: 600 });
      await session.send('Input.dispatchMouseEvent', { type: 'mousePressed', ...event });
      await session.send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...event });
    },

    // The picture is as large here as there, and the desk's arrow where it would cover the strip.
    async points() {
      await waitPointer(400, POINTER);
      await waitPointer(STRIP + ARROW.y + 1, ARROW);
      await waitPointer(STRIP + ARROW.y - 1, 'default');
    },
  };
}
