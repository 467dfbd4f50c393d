// SPDX-License-Identifier: GPL-3.0-or-later
// node alone.mjs PACKAGES CLIENT PAGE: the web viewer's keyboard, pointer and picture in a real
// browser, with nothing behind it. PACKAGES has playwright-core, CLIENT the page's npm packages, PAGE
// its own files. What the page sends is compared, in the orders of events that browsers have: what
// this browser does not do by itself is dispatched as another one does it.

import { createRequire } from 'node:module';
import readPointer from './pointer.mjs';
import { ORIGIN, init, makeServer, rect, u16, u32, update } from './served.mjs';

const [packages, client, pages] = process.argv.slice(2);
const { chromium } = createRequire(`${packages}/x.js`)('playwright-core');

const RAW = 0;
const SIZE = -223;
const EXTENDED_SIZE = -308;
const EXTENDED_KEY = -258;
const LED = -261;
const CURSOR = 0x574d5664;
const GARASU = 0x47415200;
const CARET = 0x47415201;
const FIELD = 1;
const HIDDEN = 2;
const STRIP = 36;

// ---- what the page sends ----

// The places on a keyboard that are met here, by their XT codes.
const PLACES = {
  0x1c: 'Enter', 0x1d: 'ControlLeft', 0x1e: 'KeyA', 0x29: 'Backquote', 0x2a: 'ShiftLeft',
  0x2e: 'KeyC', 0x38: 'AltLeft', 0x3a: 'CapsLock', 0x45: 'NumLock', 0xb8: 'AltRight', 0x79: 'Convert', 0xcf: 'End', 0xd3: 'Delete', 0x4f: 'Numpad1', 0x70: 'KanaMode',
};
const IGNORED = { 0: 20, 1: 1, 3: 10, 150: 10 };
const number16 = (bytes, at) => bytes[at] << 8 | bytes[at + 1];

function describeGarasu(bytes) {
  const text = () => Buffer.from(bytes.slice(4)).toString();
  return {
    1: () => `text ${text()}`, 2: () => 'wheel', 4: () => (bytes[4] === 1 ? 'focus' : 'no focus'),
    3: () => `geometry ${[4, 6, 8].map((at) => number16(bytes, at))}`, 7: () => `composes ${text()}`,
  }[bytes[1]]();
}

// One message at the start of bytes: its length, and what it says or null.
function readMessage(bytes) {
  const type = bytes[0];
  const sign = (isDown) => (isDown ? '+' : '-');
  if (type in IGNORED) {
    return [IGNORED[type], null];
  }
  if (type === 2) {
    return [4 + 4 * number16(bytes, 2), null];
  }
  if (type === 4) {
    return [8, sign(bytes[1]) + String.fromCodePoint(number16(bytes, 6))];
  }
  if (type === 5) {
    return [6, `pointer ${bytes[1]}`];
  }
  if (type === 248) {
    return [9 + bytes[8], null];
  }
  if (type === 252) {
    const size = 4 + number16(bytes, 2);
    return [size, describeGarasu(bytes.slice(0, size))];
  }
  if (type === 255) {
    return [12, sign(bytes[3]) + (PLACES[number16(bytes, 10)] ?? number16(bytes, 10))];
  }
  throw new Error(`message ${type}`);
}

function readAll(bytes) {
  const said = [];
  for (let at = 0; at < bytes.length;) {
    const [size, what] = readMessage(bytes.slice(at));
    at += size;
    if (what !== null) {
      said.push(what);
    }
  }
  return said;
}

// ---- in the browser ----

// Before any script of the page: a line of ours, a user who is logged in, and a platform.
function prepare(platform) {
  globalThis.sent = [];
  globalThis.WebSocket = class {
    static CONNECTING = 0; static OPEN = 1; static CLOSING = 2; static CLOSED = 3;
    binaryType = ''; onerror = null; onmessage = null; onopen = null; onclose = null; protocol = '';
    readyState = 0;
    constructor(url) { this.url = url; globalThis.line = this; }
    send(bytes) { globalThis.sent.push(...bytes); }
    close() { this.cut(); }
    cut() {
      const wasOpen = this.readyState !== 3;
      this.readyState = 3;
      if (wasOpen) {
        this.onclose?.({ code: 1006, reason: '', wasClean: false });
      }
    }
    open() { this.readyState = 1; this.onopen(); }
    say(bytes) { this.onmessage({ data: Uint8Array.from(bytes).buffer }); }
  };
  localStorage.setItem('garasu.user', 'tanaka');
  if (platform !== undefined) {
    Object.defineProperty(navigator, 'platform', { get: () => platform });
  }
}

// Each [constructor, type, what it has, the field's value by then], where the focus is.
function dispatch(events) {
  for (const [kind, type, has = {}, value = null] of events) {
    const target = document.activeElement;
    if (value !== null) {
      target.value = value;
    }
    target.dispatchEvent(
      new globalThis[kind](type, { bubbles: true, cancelable: true, composed: true, ...has }));
  }
}

// Paints w x h pixels, each black or white, and lets them be seen.
async function paintNoise([width, height, encoding]) {
  const head = (...numbers) => numbers.flatMap((value) => [value >> 8 & 255, value & 255]);
  const bytes = new Uint8Array(16 + 4 * width * height);
  bytes.set([0, 0, 0, 1, ...head(0, 0, width, height, 0, encoding)]);
  let state = 0x6a7a;
  for (let at = 16; at < bytes.length; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes.fill((state & 1) * 255, at, at + 3);
  }
  globalThis.line.onmessage({ data: bytes.buffer });
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}

// Of a picture of the screen, which may end a pixel early: how many pixels below top are not the
// canvas's own, and how many of its columns and rows are not there.
async function compareWithScreen([shot, top]) {
  const bytes = Uint8Array.from(atob(shot), (character) => character.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const canvas = document.querySelector('#stage canvas');
  const seen = new OffscreenCanvas(image.width, image.height).getContext('2d');
  seen.drawImage(image, 0, 0);
  const width = Math.min(canvas.width, image.width);
  const height = Math.min(canvas.height, image.height - top);
  const [theirs, ours] = [canvas.getContext('2d').getImageData(0, 0, width, height).data,
    seen.getImageData(0, top, width, height).data];
  let others = 0;
  for (let at = 0; at < ours.length; at += 4) {
    others += Math.abs(ours[at] - theirs[at]) > 8 ? 1 : 0;
  }
  return { others, isWhole: canvas.width - width <= 1 && canvas.height - height <= 1 };
}

const launch = (...args) => chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--disable-gpu', ...(process.getuid() === 0 ? ['--no-sandbox'] : []), ...args],
});
const browser = await launch();
const failures = [];
let checks = 0;

// The page of a user at work: connected, the focus in the session.
class Desk {
  // refused: a state that the server answers the first connection with.
  static async open({
    scale = 1, platform, before, screen, refused, viewport = { width: 1000, height: 700 },
  } = {}) {
    const desk = new Desk();
    desk.context = await (screen ?? browser).newContext({
      locale: 'ja-JP',
      ...(screen === undefined
        ? { viewport, deviceScaleFactor: scale } : { viewport: null }),
    });
    await desk.context.addInitScript(prepare, platform);
    if (before !== undefined) {
      await desk.context.addInitScript(before);
    }
    await desk.context.route(`${ORIGIN}/**`, makeServer(client, pages));
    desk.page = await desk.context.newPage();
    desk.page.on('pageerror', (error) => failures.push(`a script failed: ${error.message}`));
    await desk.page.goto(ORIGIN);
    await desk.page.waitForFunction(() => globalThis.line?.onmessage != null);
    if (refused !== undefined) {
      await desk.refuse(refused);
      return desk;
    }
    await desk.page.evaluate(() => globalThis.line.open());
    await desk.say([0, 0, 0, 0, ...init(800, 600)]);
    await desk.say(update(rect(0, 0, 0, 0, EXTENDED_KEY), rect(0, 0, 0, 0, GARASU)));
    await desk.page.waitForFunction(
      () => document.querySelector('#stage').contains(document.activeElement));
    desk.wished = await desk.geometry();
    return desk;
  }

  say(bytes) {
    return this.page.evaluate((said) => globalThis.line.say(said), bytes);
  }

  // The line that is there opens, and the server says SecurityResult with this state.
  async refuse(state) {
    const words = `Garasu ${String(state).padStart(2, '0')}: x`;
    await this.page.evaluate(() => globalThis.line.open());
    await this.say([0, 0, 0, 1, ...u32(words.length), ...Buffer.from(words)]);
  }

  // Waits for a line that is not there yet; returns what it asks for.
  async nextLine() {
    await this.page.waitForFunction(() => globalThis.line.readyState === 0);
    return this.page.evaluate(() => new URL(globalThis.line.url).pathname);
  }

  // What the strip says, and how.
  strip() {
    return this.page.evaluate(() => [document.querySelector('#strip').dataset.state,
      document.querySelector('#status').textContent]);
  }

  // What the page said since it was asked last.
  async sent() {
    return readAll(await this.page.evaluate(() => globalThis.sent.splice(0)));
  }

  // Waits until the page has told the size it wishes for; forgets all that was said until then.
  async geometry() {
    await this.page.waitForFunction(
      () => globalThis.sent.some((byte, at, all) => byte === 252 && all[at + 1] === 3));
    const said = (await this.sent()).findLast((what) => what.startsWith('geometry'));
    return /(\d+),(\d+),\d+$/.exec(said).slice(1).map(Number);
  }

  async caret(bits, x = 100, y = 100) {
    await this.say(update(rect(x, y, 2, 20, CARET, [bits])));
  }

  async field() {
    await this.caret(FIELD);
    await this.page.waitForFunction(() => document.activeElement.id === 'typing');
  }

  async does(events) {
    await this.page.evaluate(dispatch, events);
    return this.sent();
  }

  // What the browser's own input method shows as composed.
  async composes(text) {
    this.method ??= await this.context.newCDPSession(this.page);
    await this.method.send('Input.imeSetComposition',
      { text, selectionStart: text.length, selectionEnd: text.length });
  }

  pointer(selector = '#stage canvas') {
    return this.page.evaluate(readPointer, selector);
  }
}

async function check(name, options, work) {
  const desk = await Desk.open(options);
  const expect = (what, got, wanted) => {
    checks++;
    if (JSON.stringify(got) !== JSON.stringify(wanted)) {
      failures.push(`${name}: ${what}: ${JSON.stringify(got)}, expected ${JSON.stringify(wanted)}`);
    }
  };
  try {
    await work(desk, expect);
  } catch (error) {
    failures.push(`${name}: ${error.message.replaceAll('\n', ' ')}`);
  }
  await desk.context.close();
  console.log(`checked: ${name}`); // each has the reader's deadline for itself
}

// ---- events, as browsers send them ----

const key = (type, name, code, has = {}) => ['KeyboardEvent', type, { key: name, code, ...has }];
const press = (name, code, has) => [key('keydown', name, code, has), key('keyup', name, code, has)];
const processed = (code, has) => key('keydown', 'Process', code, { keyCode: 229, ...has });
const composition = (type, data, value) => ['CompositionEvent', type, { data }, value];
const input = (inputType, isComposing, value) => ['InputEvent', 'input', { inputType, isComposing }, value];
const begun = [
  processed('KeyN'),
  composition('compositionstart', ''),
  composition('compositionupdate', 'にほん', 'にほん'),
  input('insertCompositionText', true),
];
const writes = (name, code, has) => [
  key('keydown', name, code, has), input('insertText', false, name), key('keyup', name, code, has)];

const COMMITS = {
  Chromium: [
    processed('Enter', { isComposing: true }),
    composition('compositionupdate', '日本', '日本'),
    input('insertCompositionText', true),
    composition('compositionend', '日本'),
    key('keyup', 'Enter', 'Enter'),
  ],
  Firefox: [
    processed('Enter', { isComposing: true }),
    composition('compositionupdate', '日本', '日本'),
    composition('compositionend', '日本'),
    input('insertCompositionText', false),
    key('keyup', 'Enter', 'Enter'),
  ],
  'a browser that says it again': [
    processed('Enter', { isComposing: true }),
    composition('compositionend', '日本'),
    input('insertCompositionText', false, '日本'),
    key('keyup', 'Enter', 'Enter'),
  ],
  Safari: [
    input('deleteCompositionText', true, ''),
    input('insertFromComposition', true, '日本'),
    composition('compositionend', '日本'),
    key('keydown', 'Enter', 'Enter', { keyCode: 229 }),
    key('keyup', 'Enter', 'Enter', { keyCode: 13 }),
  ],
};
for (const [name, commit] of Object.entries(COMMITS)) {
  await check(`commit in ${name}`, {}, async (desk, expect) => {
    await desk.field();
    await desk.sent();
    for (let i = 0; i < 2; i++) {
      expect('composing', await desk.does(begun), []);
      expect('commit', await desk.does(commit), ['text 日本']);
    }
    expect('the next key', await desk.does(press('Enter', 'Enter')), ['+Enter', '-Enter']);
    expect('a character', await desk.does(writes('a', 'KeyA')), ['+a', '-a']);
  });
}

await check('what is typed twice is sent twice', {}, async (desk, expect) => {
  await desk.field();
  await desk.sent();
  await desk.does([...begun, ...COMMITS.Chromium]);
  expect('inserted', await desk.does([input('insertText', false, '日本')]), ['text 日本']);
  expect('inserted', await desk.does([input('insertText', false, '日本')]), ['text 日本']);
});

await check('a text stays in one piece', {}, async (desk, expect) => {
  await desk.field();
  await desk.sent();
  for (const text of ['👩‍👩‍👧‍👦', '葛\u{e0100}', '1️⃣', '𠮷野家', 'ab漢']) {
    expect(text, await desk.does([input('insertText', false, text)]), [`text ${text}`]);
  }
});

// ---- modifiers ----

await check('Caps Lock and Num Lock are those of the desk', {}, async (desk, expect) => {
  const caps = { modifierCapsLock: true };
  const led = (bits) => desk.say(update(rect(0, 0, 0, 0, LED, [bits])));
  await led(0);
  await desk.sent();
  expect('the same', await desk.does(press('a', 'KeyA')), ['+KeyA', '-KeyA']);
  expect('switched elsewhere', await desk.does(press('A', 'KeyA', caps)),
    ['+CapsLock', '-CapsLock', '+KeyA', '-KeyA']);
  expect('not told yet', await desk.does(press('A', 'KeyA', caps)), ['+KeyA', '-KeyA']);
  await led(4);
  expect('told', await desk.does(press('A', 'KeyA', caps)), ['+KeyA', '-KeyA']);
  expect('the key itself', await desk.does(press('CapsLock', 'CapsLock')), []);
  expect('behind it', await desk.does(press('a', 'KeyA')),
    ['+CapsLock', '-CapsLock', '+KeyA', '-KeyA']);
  await led(2);
  expect('Num Lock', await desk.does(press('c', 'KeyC')), ['+NumLock', '-NumLock', '+KeyC', '-KeyC']);
  await led(0);
  expect('on a Japanese keyboard', await desk.does(press('Alphanumeric', 'CapsLock')), []);
  expect('which switches nothing', await desk.does(press('a', 'KeyA')), ['+KeyA', '-KeyA']);
});

await check('keys of the keypad are what the desk makes of them', {}, async (desk, expect) => {
  const keypad = { location: 3 };
  await desk.sent();
  expect('a digit', await desk.does(press('1', 'Numpad1', keypad)), ['+Numpad1', '-Numpad1']);
  expect('a step', await desk.does(press('End', 'Numpad1', keypad)), ['+End', '-End']);
  expect('another', await desk.does(press('Delete', 'NumpadDecimal', keypad)), ['+Delete', '-Delete']);
  expect('held', await desk.does([key('keydown', 'End', 'Numpad1', keypad),
    key('keyup', '1', 'Numpad1', keypad)]), ['+End', '-End']);
  expect('switched while it is held', await desk.does([key('keydown', 'End', 'Numpad1', keypad),
    key('keydown', '1', 'Numpad1', { repeat: true, ...keypad }), key('keyup', '1', 'Numpad1', keypad)]),
  ['+End', '-End', '+Numpad1', '-Numpad1']);
  await desk.does([key('keydown', 'End', 'Numpad1', keypad)]);
  await desk.page.evaluate(() => dispatchEvent(new Event('blur')));
  await desk.sent();
  expect('let go elsewhere', await desk.does(press('1', 'Numpad1', keypad)), ['+Numpad1', '-Numpad1']);
});

await check('where something is written no key is held', {}, async (desk, expect) => {
  const again = (name) => key('keydown', name, name, { repeat: true });
  await desk.sent();
  expect('without a field', await desk.does([key('keydown', '/', 'Slash')]), ['+53']);
  await desk.field();
  expect('what is held when one comes', (await desk.sent()).filter((what) => /\d/.test(what)), ['-53']);
  expect('behind it', await desk.does([key('keyup', '/', 'Slash')]), []);
  for (const name of ['Backspace', 'Enter', 'ArrowLeft']) {
    const [down, up] = await desk.does([key('keydown', name, name)]);
    expect(name, [down[0], up], ['+', down.replace('+', '-')]);
    expect(`${name} again`, await desk.does([again(name), again(name)]), [down, up, down, up]);
    expect(`${name} let go`, await desk.does([key('keyup', name, name)]), []);
  }
  await desk.caret(FIELD | HIDDEN);
  await desk.page.waitForFunction(() => document.activeElement.id === 'typing-hidden');
  await desk.sent();
  expect('a password', await desk.does([key('keydown', 'Enter', 'Enter')]), ['+Enter', '-Enter']);
  expect('a modifier', await desk.does([key('keydown', 'Control', 'ControlLeft', { ctrlKey: true })]),
    ['+ControlLeft']);
});

// It tells a key that stays down as long as it is on.
await check('Caps Lock of macOS', { platform: 'MacIntel' }, async (desk, expect) => {
  await desk.say(update(rect(0, 0, 0, 0, LED, [0])));
  await desk.sent();
  expect('on', await desk.does([key('keydown', 'CapsLock', 'CapsLock')]), []);
  expect('off', await desk.does([key('keyup', 'CapsLock', 'CapsLock')]), []);
});

await check('a modifier pressed while composing is held behind it', {}, async (desk, expect) => {
  const shift = { shiftKey: true };
  await desk.field();
  await desk.sent();
  await desk.does(begun);
  expect('Shift', await desk.does([key('keydown', 'Shift', 'ShiftLeft', { isComposing: true, ...shift })]),
    ['+ShiftLeft']);
  expect('commit', await desk.does(COMMITS.Chromium), ['text 日本']);
  expect('Enter', await desk.does(press('Enter', 'Enter', shift)), ['+Enter', '-Enter']);
  expect('release', await desk.does([key('keyup', 'Shift', 'ShiftLeft')]), ['-ShiftLeft']);
});

await check('a modifier that the input method took is held behind it', {}, async (desk, expect) => {
  const control = { ctrlKey: true };
  await desk.field();
  await desk.sent();
  await desk.does(begun);
  expect('Ctrl', await desk.does([processed('ControlRight', { isComposing: true, ...control })]), []);
  await desk.does(COMMITS.Chromium);
  expect('copy', await desk.does(press('c', 'KeyC', control)), ['+ControlLeft', '+KeyC', '-KeyC']);
  expect('release', await desk.does([key('keyup', 'Control', 'ControlRight')]), ['-ControlLeft']);
});

await check('a modifier whose release was not seen is released', {}, async (desk, expect) => {
  await desk.field();
  await desk.sent();
  await desk.does([key('keydown', 'Control', 'ControlLeft', { ctrlKey: true })]);
  expect('a character', await desk.does(writes('a', 'KeyA')), ['-ControlLeft', '+a', '-a']);
  await desk.caret(0);
  await desk.page.waitForFunction(() => document.activeElement.tagName === 'CANVAS');
  await desk.does([key('keydown', 'Alt', 'AltLeft', { altKey: true })]);
  expect('a key', await desk.does(press('a', 'KeyA')), ['-AltLeft', '+KeyA', '-KeyA']);
});

await check('AltGr has written its character here', {}, async (desk, expect) => {
  const altGr = { modifierAltGraph: true };
  await desk.field();
  await desk.sent();
  expect('AltGr', await desk.does([key('keydown', 'AltGraph', 'AltRight', altGr)]), ['+AltRight']);
  expect('at', await desk.does(writes('@', 'KeyQ', altGr)), ['-AltRight', '+@', '-@']);
  expect('euro', await desk.does(writes('€', 'KeyE', altGr)), ['text €']);
  expect('release', await desk.does([key('keyup', 'AltGraph', 'AltRight')]), []);
});

for (const platform of ['Linux x86_64', 'Win32']) {
  await check(`Ctrl is there before its click on ${platform}`, { platform }, async (desk, expect) => {
    const buttons = (said) => said.filter((what) => what !== 'pointer 0');
    await desk.field();
    await desk.page.mouse.move(200, 250);
    await desk.sent();
    await desk.page.keyboard.down('Control');
    await desk.page.mouse.down();
    expect('click', buttons(await desk.sent()), ['+ControlLeft', 'pointer 1']);
    await desk.page.mouse.up();
    await desk.page.keyboard.up('Control');
    expect('release', buttons(await desk.sent()), ['-ControlLeft']);
    await desk.page.focus('#keys');
    await desk.page.keyboard.down('Control');
    await desk.sent();
    await desk.page.mouse.down();
    expect('click from outside', buttons(await desk.sent()), ['focus', '+ControlLeft', 'pointer 1']);
    await desk.page.mouse.up();
    await desk.page.mouse.wheel(0, 100);
    await desk.page.waitForFunction(() => globalThis.sent.includes(252));
    expect('wheel', buttons(await desk.sent()), ['wheel']);
  });
}

// ---- keys of the input method ----

await check('keys that switch the input method write nothing', { platform: 'Win32' },
  async (desk, expect) => {
    await desk.field();
    await desk.sent();
    for (const bits of [FIELD, FIELD | HIDDEN, 0]) {
      const wanted = { [FIELD]: 'typing', [FIELD | HIDDEN]: 'typing-hidden', 0: '' }[bits];
      await desk.caret(bits);
      await desk.page.waitForFunction((id) => document.activeElement.id === id, wanted);
      await desk.sent();
      for (const name of ['Hankaku', 'Zenkaku', 'ZenkakuHankaku', 'KanjiMode']) {
        expect(name, await desk.does(press(name, 'Backquote')), []);
      }
      expect('変換', await desk.does(press('Convert', 'Convert')), ['+Convert', '-Convert']);
      expect('カタカナ, whose release Windows does not tell',
        await desk.does([key('keydown', 'KanaMode', 'KanaMode')]), ['+KanaMode', '-KanaMode']);
    }
  });

// ---- the field ----

await check('a field that is gone for a moment keeps what is composed', {}, async (desk, expect) => {
  const shown = () => desk.page.evaluate(() => [document.activeElement.id, document.activeElement.value]);
  await desk.page.clock.install();
  await desk.field();
  await desk.sent();
  await desk.composes('にほん');
  await desk.caret(0);
  await desk.caret(FIELD);
  expect('composed', await shown(), ['typing', 'にほん']);
  await desk.caret(0);
  await desk.page.clock.runFor(1000);
  expect('composed', await shown(), ['typing', 'にほん']);
  expect('sent', await desk.sent(), []);
  await desk.method.send('Input.insertText', { text: '日本' });
  expect('commit', await desk.sent(), ['text 日本']);
  await desk.page.waitForFunction(() => document.activeElement.tagName === 'CANVAS');
});

await check('what is composed never reaches a field for passwords', {}, async (desk, expect) => {
  await desk.field();
  await desk.sent();
  await desk.composes('にほん');
  await desk.caret(FIELD | HIDDEN);
  await desk.page.waitForFunction(() => document.activeElement.id === 'typing-hidden');
  expect('sent', await desk.sent(), []);
  expect('a character', await desk.does(writes('a', 'KeyA')), ['+a', '-a']);
});

for (const scale of [1, 1.5]) {
  await check(`composed text is whole at the right edge at ${scale}`, { scale }, async (desk, expect) => {
    await desk.say(update(rect(0, 0, 1000 * scale, 664 * scale, SIZE)));
    await desk.caret(FIELD, 1000 * scale - 4, 200 * scale);
    await desk.page.waitForFunction(() => document.activeElement.id === 'typing');
    await desk.composes('きょうはいいてんきです');
    expect('field', await desk.page.evaluate(() => {
      const field = document.activeElement;
      const { left, right, width, top } = field.getBoundingClientRect();
      return { isWithin: left >= 0 && right <= 1000, isWhole: field.scrollWidth <= width, top,
        isOurs: getComputedStyle(field).fontFamily === getComputedStyle(document.body).fontFamily };
    }), { isWithin: true, isWhole: true, top: 236, isOurs: true });
    await desk.caret(FIELD, 100 * scale, 200 * scale);
    expect('left', await desk.page.evaluate(
      () => Math.round(document.activeElement.getBoundingClientRect().left)), 100);
  });
}

await check('what a password manager fills in goes nowhere', {}, async (desk, expect) => {
  const filled = [['Event', 'input', {}, 'secret'],
    ['InputEvent', 'input', { inputType: 'insertReplacementText' }, 'secret']];
  await desk.field();
  await desk.sent();
  expect('a field for passwords', await desk.page.locator('input[type=password]:visible').count(), 0);
  expect('filled', await desk.does(filled), []);
  await desk.caret(FIELD | HIDDEN);
  await desk.page.waitForFunction(() => document.activeElement.id === 'typing-hidden');
  expect('filled', await desk.does(filled), []);
  expect('a character', await desk.does(writes('a', 'KeyA')), ['+a', '-a']);
  await desk.page.focus('#keys');
  await desk.sent();
  await desk.page.evaluate(() => {
    const field = document.querySelector('#typing-hidden');
    field.value = 'secret';
    field.dispatchEvent(new InputEvent('input', { inputType: 'insertText' }));
  });
  expect('filled from elsewhere', await desk.sent(), []);
});

// ---- the pointer ----

const pointer = (hotX, hotY, side) => update(rect(hotX, hotY, side, side, CURSOR,
  [1, 0, ...Array(side * side).fill([16, 32, 48, 255]).flat()]));

for (const scale of [1, 1.25, 1.5, 2]) {
  await check(`pointer at ${scale}`, { scale }, async (desk, expect) => {
    const side = 48 * scale;
    await desk.page.mouse.move(200, 250);
    await desk.say(pointer(10 * scale, 40 * scale, side));
    expect('picture', await desk.pointer(), { side: 48, x: 10, y: 40 });
    await desk.page.mouse.move(200, STRIP + 39);
    expect('below the strip', await desk.pointer(), 'default');
    await desk.page.mouse.move(200, STRIP + 41);
    expect('further below', await desk.pointer(), { side: 48, x: 10, y: 40 });
    await desk.page.mouse.down();
    await desk.page.mouse.move(200, STRIP + 20);
    expect('held, below the strip', await desk.pointer('#noVNC_mouse_capture_elem'), 'default');
    await desk.page.mouse.move(200, 10);
    expect('held, over the strip', await desk.pointer('#noVNC_mouse_capture_elem'), 'default');
    await desk.page.mouse.up();
    await desk.page.mouse.move(200, STRIP + 41);
    await desk.say(pointer(0, side - 1, side));
    expect('one that reaches higher', await desk.pointer(), 'default');
    await desk.say(update(rect(0, 0, 0, 0, CURSOR, [1, 0])));
    expect('none', await desk.pointer(), 'none');
  });
}

const buttons = (said) => said.filter((what) => /pointer [^0]/.test(what));

await check('a button held when the focus goes is not pressed again', {}, async (desk, expect) => {
  const captured = () => desk.page.evaluate(
    () => getComputedStyle(document.querySelector('#noVNC_mouse_capture_elem')).display !== 'none');
  await desk.page.mouse.move(200, 250);
  await desk.page.mouse.down();
  expect('held', [buttons(await desk.sent()), await captured()], [['pointer 1'], true]);
  await desk.page.focus('#keys');
  expect('let go', [(await desk.sent()).includes('no focus'), await captured()], [true, false]);
  await desk.page.mouse.move(240, 260);
  expect('moved', buttons(await desk.sent()), []);
});

await check('a button let go elsewhere is let go', {}, async (desk, expect) => {
  await desk.page.mouse.move(200, 250);
  await desk.page.mouse.down();
  await desk.sent();
  await desk.page.evaluate(() => document.querySelector('#stage canvas').dispatchEvent(
    new MouseEvent('mousemove', { buttons: 0, clientX: 210, clientY: 260 })));
  expect('moved', [...new Set(await desk.sent())], ['pointer 0']);
});

await check('a click beside the picture leaves the keys in it', {}, async (desk, expect) => {
  await desk.say(update(rect(0, 0, 200, 200, SIZE)));
  await desk.sent();
  await desk.page.mouse.click(900, 600);
  expect('sent', (await desk.sent()).filter((what) => what.includes('focus')), []);
  expect('a key', await desk.does(press('a', 'KeyA')), ['+KeyA', '-KeyA']);
});

await check('pointer follows the scale', {
  before: () => {
    globalThis.scale = 1;
    globalThis.screens = new EventTarget(); // tells when the window is on another
    Object.defineProperty(globalThis, 'devicePixelRatio', { get: () => globalThis.scale });
    globalThis.matchMedia = () => globalThis.screens;
  },
}, async (desk, expect) => {
  await desk.page.mouse.move(200, 250);
  await desk.say(pointer(20, 40, 96));
  expect('at 1', await desk.pointer(), { side: 96, x: 20, y: 40 });
  await desk.page.evaluate(() => {
    globalThis.scale = 2;
    globalThis.screens.dispatchEvent(new Event('change'));
  });
  expect('at 2', await desk.pointer(), { side: 48, x: 10, y: 20 });
});

// As browsers have it that know of no sharper pictures; and where there is a touch screen too.
await check('pointer in another browser', {
  scale: 2,
  before: () => {
    const supports = CSS.supports.bind(CSS);
    CSS.supports = (name, value) => supports(name, value) && !value.includes('image-set');
    Object.defineProperty(navigator, 'maxTouchPoints', { get: () => 10 });
  },
}, async (desk, expect) => {
  await desk.page.mouse.move(200, 250);
  await desk.say(pointer(20, 80, 96));
  expect('picture', await desk.pointer(), { side: 48, x: 10, y: 40 });
  expect('beside it', await desk.page.evaluate(() => document.querySelectorAll('canvas').length), 1);
});

// ---- the line ----

await check('a page that lost its line asks as one that comes by itself', {}, async (desk, expect) => {
  expect('first', await desk.page.evaluate(() => new URL(globalThis.line.url).pathname), '/session');
  await desk.page.evaluate(() => globalThis.line.cut());
  expect('then', await desk.nextLine(), '/session/again');
  await desk.refuse(6);
  await desk.page.waitForFunction(() => document.querySelector('#notice:not([hidden])') !== null);
  await desk.page.click('#notice-yes');
  expect('asked for', await desk.nextLine(), '/session');
});

await check('a busy server is told from one that cannot be reached', { refused: 17 },
  async (desk, expect) => {
    await desk.page.waitForFunction(
      () => document.querySelector('#status').textContent.includes('混み合って'));
    expect('strip', await desk.strip(), ['waiting', 'サーバーが混み合っています。']);
    expect('then', await desk.nextLine(), '/session');
  });

await check('a log-in that ended overnight is no fault', { refused: 1 }, async (desk, expect) => {
  await desk.page.waitForSelector('#login:not([hidden])');
  expect('words', await desk.page.textContent('#login-fault'), '');
});

await check('a line that was cut without a word is left', {}, async (desk, expect) => {
  const look = () => desk.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  const fence = [248, 0, 0, 0, 0x80, 0, 0, 0, 1, 0x67];
  await desk.page.clock.install();
  await desk.say(fence);
  await look();
  await desk.page.clock.runFor(7000);
  await desk.say(fence);
  await desk.page.clock.runFor(7000);
  await look();
  expect('slow', (await desk.strip())[0], 'on');
  await desk.page.clock.runFor(2000);
  await look();
  expect('silent', (await desk.strip())[0], 'waiting');
  await desk.page.clock.runFor(1000);
  expect('then', await desk.nextLine(), '/session/again');
  await desk.page.clock.runFor(11000);
  await desk.page.evaluate(() => { globalThis.hanging = globalThis.line; });
  await look();
  await desk.page.clock.runFor(1000);
  expect('left', await desk.page.evaluate(() => globalThis.hanging !== globalThis.line), true);
});

await check('behind a sleep the line is asked soon', {}, async (desk, expect) => {
  const sleep = async () => {
    await desk.page.clock.fastForward(60000);
    await desk.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  };
  const question = () => desk.page.evaluate(() => {
    const at = globalThis.sent.findLastIndex((byte, i, all) => byte === 248 && all[i + 4] === 0x80);
    return globalThis.sent[at + 9];
  });
  const answer = (mark) => desk.say([248, 0, 0, 0, 0, 0, 0, 0, 1, mark]);
  await desk.page.clock.install();
  await desk.page.clock.pauseAt(Date.now() + 1000);
  await desk.say([248, 0, 0, 0, 0x80, 0, 0, 0, 1, 0x67]); // it knows fences
  await sleep();
  expect('awake', (await desk.strip())[0], 'on');
  await answer(await question());
  await desk.page.clock.runFor(2500);
  expect('answered', (await desk.strip())[0], 'on');
  const early = await question();
  await sleep();
  await answer(early); // from before it slept
  await desk.page.clock.runFor(2500);
  expect('not answered', (await desk.strip())[0], 'waiting');
});

await check('a line that breaks again and again is tried less and less', {}, async (desk, expect) => {
  await desk.page.clock.install();
  await desk.page.clock.pauseAt(Date.now() + 1000);
  for (const least of [125, 250, 500, 1000]) {
    await desk.page.evaluate(() => globalThis.line.cut());
    await desk.page.clock.runFor(least - 1);
    expect(`before ${least} ms`, await desk.page.evaluate(() => globalThis.line.readyState), 3);
    await desk.page.clock.runFor(least + 1);
    await desk.nextLine();
    await desk.page.evaluate(() => globalThis.line.open());
    await desk.say([0, 0, 0, 0, ...init(800, 600)]);
  }
  await desk.page.clock.runFor(11000);
  await desk.page.evaluate(() => globalThis.line.cut());
  await desk.page.clock.runFor(251);
  await desk.nextLine();
});

await check('what is dropped beside the picture is not opened', {}, async (desk, expect) => {
  for (const place of ['#strip', '#stage']) {
    expect(place, await desk.page.evaluate((selector) => ['dragover', 'drop'].map((type) => {
      const event = new DragEvent(type, { bubbles: true, cancelable: true });
      document.querySelector(selector).dispatchEvent(event);
      return event.defaultPrevented;
    }), place), [true, true]);
  }
});

// ---- the window ----

await check('a window larger than the server allows asks for less',
  { viewport: { width: 3840, height: 2000 } }, async (desk, expect) => {
    const refusal = update(rect(1, 3, 800, 600, EXTENDED_SIZE, [1, ...Array(19).fill(0)]));
    expect('wish', desk.wished, [3840, 2000 - STRIP]);
    await desk.say(refusal);
    expect('less', await desk.geometry(), [2560, 1600]);
    await desk.say(refusal);
    expect('still less', await desk.geometry(), [1920, 1200]);
  });

await check('a narrow window has all of its buttons', {}, async (desk, expect) => {
  const seen = () => desk.page.evaluate(() => {
    const place = (id) => document.querySelector(id).getBoundingClientRect();
    return [place('#logout').right <= innerWidth, place('#status').width > 40];
  });
  for (const width of [650, 683, 757, 1000]) {
    await desk.page.setViewportSize({ width, height: 500 });
    expect(`at ${width}`, await seen(), [true, true]);
  }
  await desk.page.click('#measure');
  for (const width of [650, 683, 757, 1000]) {
    await desk.page.setViewportSize({ width, height: 500 });
    expect(`with figures at ${width}`, await seen(), [true, true]);
  }
});

await check('a line says whether keys go to the picture', {}, async (desk, expect) => {
  const line = () => desk.page.evaluate(
    () => getComputedStyle(document.querySelector('#strip')).boxShadow !== 'none');
  expect('picture', await line(), true);
  await desk.field();
  expect('field', await line(), true);
  await desk.page.focus('#keys');
  expect('strip', await line(), false);
});

await check("the strip says what it says in the desk's own colours too", {}, async (desk, expect) => {
  const colour = (state) => desk.page.evaluate((shown) => {
    document.querySelector('#strip').dataset.state = shown;
    return getComputedStyle(document.querySelector('#strip')).backgroundColor;
  }, state);
  await desk.page.emulateMedia({ forcedColors: 'active' });
  const colours = [await colour('on'), await colour('asks'), await colour('off'), await colour('waiting')];
  expect('colours', new Set(colours).size, 4);
});

await check('full screen leaves Alt+Tab to the desk', {
  before: () => {
    Object.defineProperty(navigator, 'keyboard',
      { value: { lock: (keys) => { globalThis.locked = keys; } } });
    Element.prototype.requestFullscreen = async () => {};
  },
}, async (desk, expect) => {
  await desk.page.click('#fullscreen');
  await desk.page.waitForFunction(() => globalThis.locked !== undefined);
  expect('keys', await desk.page.evaluate(() => globalThis.locked), ['Escape']);
});

// ---- the picture ----

// A screen of this scale; what this browser's driver puts in its place lays out otherwise.
for (const scale of [1.1, 1.25, 1.375, 1.5, 2]) {
  const screen = await launch(`--force-device-scale-factor=${scale}`, '--window-size=900,600');
  await check(`picture at ${scale}`, { screen }, async (desk, expect) => {
    const [width, height] = desk.wished;
    expect('scale', await desk.page.evaluate(() => Math.fround(devicePixelRatio)), Math.fround(scale));
    await desk.say(update(rect(0, 0, width, height, SIZE)));
    await desk.page.evaluate(paintNoise, [width, height, RAW]);
    const shot = await desk.page.screenshot();
    expect('pixels that are others', await desk.page.evaluate(compareWithScreen,
      [shot.toString('base64'), Math.ceil(STRIP * scale)]), { others: 0, isWhole: true });
  });
  await screen.close();
}

await browser.close();
failures.forEach((failure) => console.log(failure));
console.log(failures.length === 0 ? `${checks} checks hold` : `${failures.length} failures`);
process.exit(failures.length === 0 ? 0 : 1);
