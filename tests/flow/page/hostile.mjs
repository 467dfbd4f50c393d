// SPDX-License-Identifier: GPL-3.0-or-later
// node hostile.mjs PACKAGES CLIENT PAGE CORPUS: feeds the web viewer, in a real browser, what no
// encoder of ours sends. PACKAGES has playwright-core, CLIENT the page's npm packages, PAGE its own
// files, CORPUS the recorded streams of the native decoder's fuzzing. Every case must end in a
// picture or in one fault that is told, within counts of work, memory and pixels.

import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { ORIGIN, init, makeServer, rect, u16, u32, update } from './served.mjs';

const [packages, client, pages, corpus] = process.argv.slice(2);
const { chromium } = createRequire(`${packages}/x.js`)('playwright-core');
const MUTATIONS = 300;
const MEMORY_MAX = 96 << 20; // of typed arrays, in one case: 8 MiB of window, 4 MiB of queue ...
const SEED = 0x6a7a;

// ---- bytes ----

const times = (count, bytes) => Array(count).fill(bytes).flat();

const RAW = 0;
const COPY = 1;
const TIGHT = 7;
const ZSTD = 0x47415202;
const CARET = 0x47415201;
const LED = -261;
const SIZE = -308;
const CURSOR = 0x574d5664;
const HEAD = [0x28, 0xb5, 0x2f, 0xfd, 0];
const WINDOW = 13 << 3;
const block = (kind, size, body, isLast = 0) => {
  const head = size << 3 | kind << 1 | isLast;
  return [head & 255, head >> 8 & 255, head >> 16 & 255, ...body];
};
const zstd = (width, height, ...blocks) => rect(0, 0, width, height, ZSTD,
  [...u32(blocks.flat().length), ...blocks.flat()]);
const begin = [...HEAD, WINDOW];
const grey = (width, height) => [block(1, width * height, [128]), block(1, 2 * width * height, [0])];
const jpeg = (width, height, bits = 8) => [0xff, 0xd8, 0xff, 0xc0, 0, 17, bits, ...u16(height), ...u16(width), 3,
  1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0, 1, 2];
const tightLength = (size) => [size & 127 | 128, size >> 7 & 127 | 128, size >> 14];
const tightJpeg = (bytes) => [0x90, ...tightLength(bytes.length), ...bytes];

const recorded = {};
for (const name of fs.readdirSync(corpus)) {
  recorded[name] = [...fs.readFileSync(path.join(corpus, name))];
}

// [name, bytes from ServerInit on, what must become of them]: a fault that matches, or a colour at
// 0,0, or null: it waits for more.
const cases = [
  ['grey zstd', [...init(), ...update(zstd(64, 48, begin, ...grey(64, 48)))], '128,128,128'],
  ['zstd that swells', [...init(), ...update(zstd(64, 48, begin,
    ...Array(8).fill(block(1, 131072, [1]))))], /too much/],
  ['zstd of no end of blocks', [...init(), ...update(zstd(64, 48, begin, ...Array(500).fill(block(0, 0, []))))],
    /does not end with a block/],
  ['zstd that asks for gigabytes', [...init(), ...update(zstd(8, 8, HEAD, [(30 - 10) << 3], ...grey(8, 8)))],
    /begins as none/],
  ['zstd with a size of its own', [...init(), ...update(zstd(8, 8, [0x28, 0xb5, 0x2f, 0xfd, 0xa0, 255, 255, 255, 127],
    ...grey(8, 8)))], /begins as none/],
  ['skippable frame', [...init(), ...update(zstd(8, 8, [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]))], /begins as none/],
  ['zstd that ends', [...init(), ...update(zstd(8, 8, begin, block(1, 192, [0], 1)))], /block is illegal/],
  ['zstd block of no kind', [...init(), ...update(zstd(8, 8, begin, block(3, 8, times(8, [0]))))], /block is illegal/],
  ['zstd that holds too little', [...init(), ...update(zstd(8, 8, begin, block(1, 64, [0])))], /too little/],
  ['zstd of half a block', [...init(), ...update(zstd(8, 8, begin, block(0, 192, [1, 2])))], /does not end with a block/],
  ['zstd of length 0', [...init(), ...update(rect(0, 0, 8, 8, ZSTD, u32(0)))], /illegal length/],
  ['zstd of four gigabytes', [...init(), ...update(rect(0, 0, 8, 8, ZSTD, u32(0xffffffff)))], /illegal length/],
  ['raw outside', [...init(), ...update(rect(60, 0, 8, 8, RAW, times(256, [9])))], /rectangle of 0/],
  ['raw at the far end', [...init(), ...update(rect(65535, 65535, 65535, 65535, RAW))], /rectangle of 0/],
  ['raw of nothing', [...init(), ...update(rect(0, 0, 0, 65535, RAW))], /rectangle of 0/],
  ['raw, cut short', [...init(), ...update(rect(0, 0, 8, 8, RAW, times(255, [9])))], null],
  ['copy from outside', [...init(), ...update(rect(0, 0, 8, 8, COPY, [...u16(60), ...u16(0)]))], /copy from 60,0/],
  ['copy to outside', [...init(), ...update(rect(0, 48, 8, 8, COPY, [0, 0, 0, 0]))], /rectangle of 1/],
  ['tight, too wide', [...init(4096, 8), ...update(rect(0, 0, 4096, 8, TIGHT, [0x80, 1, 2, 3]))], /too wide/],
  ['tight fill', [...init(), ...update(rect(0, 0, 64, 48, TIGHT, [0x80, 1, 2, 3]))], '1,2,3'],
  ['tight of an illegal kind', [...init(), ...update(rect(0, 0, 8, 8, TIGHT, [0xf0]))], /illegal kind/],
  ['tight with PNG', [...init(), ...update(rect(0, 0, 8, 8, TIGHT, [0xa0, 1, 0]))], /illegal kind/],
  ['tight with an unknown filter', [...init(), ...update(rect(0, 0, 8, 8, TIGHT, [0x40, 9]))], /Illegal tight filter/],
  ['tight, not zlib', [...init(), ...update(rect(0, 0, 8, 8, TIGHT, [0, 4, 1, 2, 3, 4]))], /zlib|inflate/],
  ['jpeg of another size', [...init(), ...update(rect(0, 0, 8, 8, TIGHT, tightJpeg(jpeg(65535, 65535))))], /does not fit/],
  ['jpeg that is none', [...init(), ...update(rect(0, 0, 8, 8, TIGHT, tightJpeg([...Buffer.from('<svg/>')])))],
    /does not fit/],
  ['jpeg with a broken head', [...init(), ...update(rect(0, 0, 8, 8, TIGHT, tightJpeg(jpeg(8, 8, 99))))],
    /cannot be decoded/],
  ['jpeg with a broken body', [...init(), ...update(rect(0, 0, 8, 8, TIGHT, tightJpeg(jpeg(8, 8))))],
    '0,0,0'],
  ['an update that paints without end', [...init(), ...update(...Array(5).fill(rect(0, 0, 64, 48, TIGHT, [0x80, 1, 2, 3])))],
    /paints so much/],
  ['picture of 65535 x 65535', init(65535, 65535), /picture of 65535/],
  ['picture of nothing', init(0, 48), /picture of 0/],
  ['another name', init(64, 48, 'Garasv'), /the name/],
  ['a name of four gigabytes', [...init().slice(0, 20), ...u32(0xffffffff)], /the name/],
  ['resize to 65535', [...init(), ...update(rect(0, 0, 65535, 65535, SIZE, [1, 0, 0, 0, ...times(16, [0])]))],
    /picture of 65535/],
  ['resize with 255 screens', [...init(), ...update(rect(0, 0, 8, 8, SIZE, [255, 0, 0, 0]))], /change of size/],
  ['pointer too large', [...init(), ...update(rect(0, 0, 257, 1, CURSOR, [1, 0]))], /rectangle of/],
  ['pointer of another kind', [...init(), ...update(rect(0, 0, 2, 2, CURSOR, [0, 0]))], /pointer picture/],
  ['pointer, one byte of it', [...init(), ...update(rect(0, 0, 2, 2, CURSOR, [1]))], null],
  ['locks that are none', [...init(), ...update(rect(0, 0, 0, 0, LED, [8]))], /the locks/],
  ['caret outside', [...init(), ...update(rect(60, 0, 8, 8, CARET, [1]))], /rectangle of/],
  ['caret with other bits', [...init(), ...update(rect(0, 0, 8, 8, CARET, [4]))], /the caret/],
  ['an encoding that nobody asked for', [...init(), ...update(rect(0, 0, 8, 8, 16))], /not asked for/],
  ['a title', [...init(), ...update(rect(0, 0, 0, 0, -307, [...u32(4), 60, 98, 62, 33]))], /not asked for/],
  ['cut text', [...init(), 3, 0, 0, 0, ...u32(2), 65, 66], /message 3/],
  ['bell', [...init(), 2], /message 2/],
  ['colours', [...init(), 1], /message 1/],
  ['xvp', [...init(), 250, 0, 1, 1], /message 250/],
  ['fence too long', [...init(), 248, 0, 0, 0, 0x80, 0, 0, 0, 65], /fence of 65/],
  ['an answer that nobody asked for', [...init(), 248, 0, 0, 0, 0, 0, 0, 0, 0], /fence response/],
  ['a state too long', [...init(), 252, 1, 0, 7], /Garasu message 1/],
  ['words too long', [...init(), 252, 2, ...u16(801)], /Garasu message 2/],
  ['a message of ours that is none', [...init(), 252, 9, 0, 0], /Garasu message 9/],
  ['recorded zstd', recorded['zstd-good'], 'picture'],
  ['recorded copies', recorded['raw-copy'], 'picture'],
  ['recorded fill', recorded['tight-fill'], 'picture'],
  ['recorded Tight', recorded['tight-copy'], 'picture'],
  ['recorded gradient', recorded['tight-gradient'], 'picture'],
  ['recorded palette', recorded['tight-palette'], 'picture'],
  ['recorded JPEG', recorded['tight-jpeg'], 'picture'],
  ['recorded end of zstd', recorded['zstd-ended'], /block/],
];

// ---- in the browser ----

// Before any script of the page: counts what is allocated and painted, and where.
function watch() {
  const counts = { bytes: 0, outside: 0, calls: 0, isResizing: false };
  const Bytes = globalThis.Uint8Array;
  globalThis.Uint8Array = new Proxy(Bytes, {
    construct(target, given, self) {
      counts.bytes += typeof given[0] === 'number' ? given[0] : 0;
      return Reflect.construct(target, given, self === globalThis.Uint8Array ? target : self);
    },
  });
  const context = CanvasRenderingContext2D.prototype;
  const guard = (name, place) => {
    const original = context[name];
    context[name] = function (...given) {
      const [x, y, width, height] = place(given);
      const isWithin = x >= 0 && y >= 0
        && x + width <= this.canvas.width && y + height <= this.canvas.height;
      if (!isWithin && !counts.isResizing) {
        counts.outside++;
      }
      return original.apply(this, given);
    };
  };
  guard('putImageData', ([data, x, y]) => [x, y, data.width, data.height]);
  guard('fillRect', (place) => place);
  guard('drawImage', (given) => (given.length === 3
    ? [given[1], given[2], given[0].width, given[0].height] : given.slice(5)));
  globalThis.watched = counts;

  // A line of ours in the place of a WebSocket.
  globalThis.WebSocket = class {
    static CONNECTING = 0; static OPEN = 1; static CLOSING = 2; static CLOSED = 3;
    binaryType = ''; onerror = null; onmessage = null; onopen = null; onclose = null; protocol = '';
    readyState = 0;
    constructor() { globalThis.line = this; }
    send() {}
    close() { this.readyState = 3; }
    open() { this.readyState = 1; this.onopen(); }
    say(bytes) { this.onmessage({ data: Bytes.from(bytes).buffer }); }
  };
}

// Feeds one case after the other, each in pieces of its size; what became of them.
async function feedAll(trials) {
  const results = [];
  for (const trial of trials) {
    results.push(await globalThis.feed(trial));
  }
  return results;
}

async function feed({ bytes, piece }) {
  const { default: Client } = await import('/a/test/client.js');
  const stage = document.querySelector('#stage');
  stage.hidden = false;
  const elements = document.querySelectorAll('*').length;
  const counts = globalThis.watched;
  Object.assign(counts, { bytes: 0, outside: 0, calls: 0 });
  const seen = { faults: [], gone: 0, pictures: 0 };
  const client = new Client(stage, 'wss://garasu.test/session');
  const handle = client._handleRect;
  client._handleRect = function () { counts.calls++; return handle.call(this); };
  const resize = client._display.resize;
  client._display.resize = function (...size) { // noVNC paints the old picture into the new one
    counts.isResizing = true;
    resize.apply(this, size);
    counts.isResizing = false;
  };
  const damage = client._display._damage;
  client._display._damage = function (x, y, width, height) { // all that is painted says where
    if (!counts.isResizing && (x < 0 || y < 0 || x + width > this.width || y + height > this.height)) {
      counts.outside++;
    }
    damage.call(this, x, y, width, height);
  };
  client.addEventListener('fault', (event) => seen.faults.push(event.detail.text));
  client.addEventListener('picture', () => seen.pictures++);
  const isGone = new Promise((resolve) => {
    client.addEventListener('disconnect', () => { seen.gone++; resolve(); });
  });
  while (globalThis.line?.onmessage == null) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  const { line } = globalThis;
  line.open();
  line.say([0, 0, 0, 0]);
  for (let at = 0; at < bytes.length; at += piece) {
    line.say(bytes.slice(at, at + piece));
  }
  await Promise.race([client._display.flush(), isGone]);
  await Promise.race([client._display.flush(), isGone]);
  await new Promise((resolve) => { // what becomes of images that were drawn, and emptied, is over
    const image = new Image();
    image.onerror = resolve;
    image.src = '';
  });
  const canvas = stage.querySelector('canvas');
  const colour = seen.gone === 0 && canvas.width > 0
    ? String(canvas.getContext('2d').getImageData(0, 0, 1, 1).data.slice(0, 3)) : '';
  const result = { ...seen, ...counts, colour };
  if (seen.gone === 0) {
    client.disconnect();
    line.onclose({});
  }
  globalThis.line = undefined;
  return {
    ...result,
    left: document.querySelectorAll('*').length - elements, scripts: document.scripts.length,
  };
}

// ---- judging ----

let failures = 0;

function demand(isTrue, name, what, result) {
  if (!isTrue) {
    failures++;
    console.log(`${name}: ${what}: ${JSON.stringify(result)}`.slice(0, 900));
  }
}

function judge(name, bytes, wanted, result) {
  demand(result.outside === 0, name, 'painted outside the picture', result);
  demand(result.bytes <= MEMORY_MAX, name, 'took too much memory', result);
  demand(result.calls <= 2 * bytes.length + 2, name, 'went round without an end', result);
  demand(result.left === 0 && result.scripts === 1, name, 'left something in the page', result);
  demand(result.faults.length <= 1 && result.gone === result.faults.length, name,
    'did not end with one fault', result);
  if (wanted instanceof RegExp) {
    demand(wanted.test(result.faults[0] ?? ''), name, `no fault like ${wanted}`, result);
  } else if (wanted === 'picture') {
    demand(result.gone === 0 && result.pictures > 0, name, 'showed nothing', result);
  } else if (wanted !== undefined) {
    demand(result.gone === 0 && (wanted === null || result.colour === wanted), name,
      `is not ${wanted}`, result);
  }
}

// xorshift32: the same mutations every time.
let state = SEED;
function random(below) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

function mutate(bytes) {
  const mutant = [...bytes];
  const start = random(4) === 0 ? 0 : 30; // mostly behind ServerInit
  for (let i = random(3); i >= 0; i--) {
    const at = start + random(mutant.length - start);
    const deeds = [
      () => { mutant[at] ^= 1 << random(8); },
      () => { mutant[at] = [0, 1, 127, 128, 255][random(5)]; },
      () => { mutant.splice(at, 1 + random(4)); },
      () => { mutant.splice(at, 0, ...mutant.slice(start, start + random(40))); },
      () => { mutant.length = Math.max(at, start + 1); },
    ];
    deeds[random(deeds.length)]();
  }
  return mutant;
}

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--disable-gpu', ...(process.getuid() === 0 ? ['--no-sandbox'] : [])],
});
const context = await browser.newContext({ locale: 'en-US' });
await context.addInitScript(watch);
await context.route(`${ORIGIN}/**`, makeServer(client, pages));
const page = await context.newPage();
page.on('pageerror', (error) => demand(false, 'page', 'a script failed', error.message));
await page.goto(ORIGIN);

await page.evaluate(`globalThis.feed = ${feed}`);
const trials = cases.flatMap(([name, bytes, wanted]) => [bytes.length, 1].map((piece) => (
  { name: `${name} in pieces of ${piece}`, bytes, piece, wanted })));
const seeds = Object.entries(recorded);
for (let i = 0; i < MUTATIONS; i++) {
  const [name, seed] = seeds[i % seeds.length];
  const bytes = mutate(seed);
  trials.push({ name: `mutation ${i} of ${name}`, bytes, piece: [bytes.length, 7][i % 2] });
}
const results = await page.evaluate(feedAll, trials.map(({ bytes, piece }) => ({ bytes, piece })));
trials.forEach(({ name, bytes, wanted }, i) => judge(name, bytes, wanted, results[i]));
const faults = results.slice(2 * cases.length).filter(({ gone }) => gone > 0).length;
demand(faults > MUTATIONS / 10 && faults < MUTATIONS, 'mutations', 'all or none were refused', faults);

// A chunk that was used up is not kept: what thousands of rectangles bring is not held for ever.
const kept = await page.evaluate(async ([first, rest]) => {
  const { default: ZstdDecoder } = await import('/a/test/zstd.js');
  const decoder = new ZstdDecoder();
  decoder._decompress(Uint8Array.from(first), 192);
  for (let i = 0; i < 100; i++) {
    decoder._take(192);
    decoder._decompress(Uint8Array.from(rest), 192);
  }
  return decoder._stream.c.length;
}, [[...begin, ...block(1, 192, [7])], block(1, 192, [7])]);
demand(kept === 0, 'zstd', 'chunks are kept', kept);

// What the server says is text on the page, and never more.
await page.evaluate(() => localStorage.setItem('garasu.user', 'tanaka'));
await page.reload();
const words = '<img src=x onerror=alert(1)><script>document.title="taken"</script>';
const said = await page.evaluate(async ([bytes, text]) => {
  while (globalThis.line?.onmessage == null) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  const { line } = globalThis;
  line.open();
  const before = document.querySelectorAll('*').length;
  line.say([0, 0, 0, 0, ...bytes, 252, 2, 0, text.length, ...new TextEncoder().encode(text)]);
  const shown = document.querySelector('#notice-why').textContent;
  const more = document.querySelectorAll('*').length - before;
  line.say([9]);
  const notice = ['what', 'address'].map((id) => document.querySelector(`#notice-${id}`).textContent);
  return { shown, more, notice, isHidden: document.querySelector('#notice').hidden, title: document.title };
}, [init(), words]);
demand(said.shown === words && said.more === 0 && said.title === 'Garasu', 'words', 'were no text', said);
demand(!said.isHidden && /closed the connection/.test(said.notice[0]) && /message 9/.test(said.notice[1]),
  'fault', 'was not told', said);
await browser.close();
console.log(failures === 0 ? `${2 * cases.length} cases, ${MUTATIONS} mutations, ${faults} refused`
  : `${failures} failures`);
process.exit(failures === 0 ? 0 : 1);
