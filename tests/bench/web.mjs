// SPDX-License-Identifier: GPL-3.0-or-later
// node web.mjs PACKAGES OUT KEYS: one browser that measures web viewers, one after the other. Reads
// lines from stdin, answers each with "ok" or "error WHY":
//   measure WORK SUBJECT ADDRESS [USER PASSWORD_FILE]
//   table TITLE      of what was measured so far, to OUT.markdown and OUT.json

import fs from 'node:fs';
import { createRequire } from 'node:module';
import readline from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

const [packages, out, keys] = process.argv.slice(2);
const { chromium } = createRequire(`${packages}/x.js`)('playwright-core');
const instrument = new URL('web_instrument.js', import.meta.url).pathname;
const DEADLINE = 30000;
const WARM_KEYS = 20;
const WARM_NOTCHES = 3;
const NOTCHES = 20;
const REST_MS = 300; // without movement: a notch is over
const ROLL_MS = 10000;
const AIM = { x: 420, y: 140 }; // where a click puts the caret, from the strip (viewer/load/pages.h)
const VIEW = { width: 1920, height: 1080 + 36 }; // a picture of 1920 x 1080 below our strip

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--disable-gpu', ...(process.getuid() === 0 ? ['--no-sandbox'] : [])],
});
const results = [];

// Pauses are the same for all subjects.
function makeChance() {
  let seed = 1;
  return (least, most) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return least + Math.floor(seed / 4294967296 * (most - least + 1));
  };
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// ---- one measurement ----

async function open(context, address, user, passwordFile) {
  const page = await context.newPage();
  await page.goto(address);
  if (user !== undefined) {
    await page.fill('#login-user', user);
    await page.fill('#login-password', fs.readFileSync(passwordFile, 'utf8').trim());
    await page.click('#login-go');
  }
  const found = await page.waitForFunction(() => window.garasuBench.find(), null, { polling: 250 });
  const place = await found.jsonValue();
  await page.mouse.click(place.left + place.x + AIM.x, place.top + place.y + AIM.y);
  await pause(2000); // the page's own loading ends
  return { page, place };
}

async function pressKeys(page, count) {
  const chance = makeChance();
  const times = [];
  for (let i = -WARM_KEYS; i < count; i++) {
    await page.evaluate(() => window.garasuBench.awaitKey());
    await page.keyboard.press(String.fromCharCode(chance(97, 122)));
    const seen = page.evaluate(() => window.garasuBench.keySeen());
    const ms = await Promise.race([seen, pause(DEADLINE, null, { ref: false })]);
    if (ms === null) {
      throw new Error(`key ${i} changed nothing`);
    }
    if (i >= 0) {
      times.push(ms);
    }
    await pause(chance(60, 240));
  }
  return times;
}

async function measureKeys(page) {
  const before = await page.evaluate(() => window.garasuBench.received());
  const times = await pressKeys(page, Number(keys));
  const after = await page.evaluate(() => window.garasuBench.received());
  return {
    p50_ms: quantile(times, 0.5), p95_ms: quantile(times, 0.95),
    kb_per_key: (after.bytes - before.bytes) / (times.length + WARM_KEYS) / 1000,
    times,
  };
}

async function turnNotch(page) {
  await page.evaluate(() => window.garasuBench.startRoll());
  await page.mouse.wheel(0, 100);
  await page.waitForFunction((rest) => window.garasuBench.hasRested(rest), REST_MS,
    { polling: 50 });
  return page.evaluate(() => window.garasuBench.stopRoll());
}

async function measureNotches(page) {
  const chance = makeChance();
  const notches = [];
  for (let i = -WARM_NOTCHES; i < NOTCHES; i++) {
    const notch = await turnNotch(page);
    if (i >= 0) {
      notches.push(notch);
    }
    await pause(chance(100, 300));
  }
  const bytes = mean(notches.map((notch) => notch.bytes));
  const px = mean(notches.map((notch) => notch.px));
  return {
    first_ms: quantile(notches.map((notch) => notch.first), 0.5),
    kb_per_notch: bytes / 1000, px_per_notch: px, kb_per_100_px: bytes / px / 10,
    frames_drawn: mean(notches.map((notch) => notch.drawn)),
    frames_shown: mean(notches.map((notch) => notch.shown)),
    torn: mean(notches.map((notch) => notch.torn)),
    notches,
  };
}

async function measureRoll(page) {
  await page.evaluate(() => window.garasuBench.startRoll());
  await pause(ROLL_MS);
  const roll = await page.evaluate(() => window.garasuBench.stopRoll());
  return {
    frames_drawn_per_s: roll.drawn / roll.ms * 1000, frames_shown_per_s: roll.shown / roll.ms * 1000,
    torn: roll.torn, kb_per_s: roll.bytes / roll.ms, kb_per_frame: roll.bytes / roll.drawn / 1000,
  };
}

const works = { key: measureKeys, type: measureKeys, notch: measureNotches, scroll: measureRoll };

async function measure(work, subject, address, user, passwordFile) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'ja-JP', viewport: VIEW });
  try {
    context.setDefaultTimeout(DEADLINE);
    await context.addInitScript({ path: instrument });
    const { page, place } = await open(context, address, user, passwordFile);
    results.push({ work, subject, place, ...await works[work](page) });
  } finally {
    await context.close();
  }
}

// ---- the table ----

const ROWS = [
  ['key', 'p50_ms', 'key → pixel p50, ms'],
  ['key', 'p95_ms', 'key → pixel p95, ms'],
  ['key', 'kb_per_key', 'a key, kB'],
  ['type', 'p50_ms', 'key in a form → pixel p50, ms'],
  ['type', 'p95_ms', 'key in a form → pixel p95, ms'],
  ['type', 'kb_per_key', 'a key in a form, kB'],
  ['notch', 'first_ms', 'notch → first movement p50, ms'],
  ['notch', 'kb_per_notch', 'a notch, kB'],
  ['notch', 'px_per_notch', 'a notch, pixels'],
  ['notch', 'kb_per_100_px', '100 pixels of notches, kB'],
  ['notch', 'frames_drawn', 'distinct frames a notch'],
  ['notch', 'frames_shown', '– of them at different refreshes'],
  ['scroll', 'frames_drawn_per_s', 'page that scrolls itself, distinct frames a second'],
  ['scroll', 'frames_shown_per_s', '– of them at different refreshes'],
  ['scroll', 'kb_per_frame', '– kB a frame'],
  ['scroll', 'kb_per_s', '– kB a second'],
];

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

const round = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

function rows() {
  const found = [];
  for (const [work, figure, name] of ROWS) {
    const [ours, theirs] = ['garasu', 'novnc'].map((subject) => results
      .filter((result) => result.work === work && result.subject === subject)
      .map((result) => result[figure]));
    if (ours.length > 0 && theirs.length > 0) {
      found.push({
        name, work, figure, rounds: [ours.length, theirs.length],
        garasu: median(ours), novnc: median(theirs), ratio: median(ours) / median(theirs),
      });
    }
  }
  return found;
}

function table(title) {
  const found = rows();
  const lines = [title, '', '|  | Garasu | noVNC | ratio |', '|---|---|---|---|'];
  for (const row of found) {
    lines.push(`| ${row.name} | ${round(row.garasu)} | ${round(row.novnc)} | ${round(row.ratio)} |`);
  }
  fs.writeFileSync(`${out}.json`, JSON.stringify({ title, rows: found, runs: results }, null, 1));
  fs.writeFileSync(`${out}.markdown`, `${lines.join('\n')}\n`);
}

console.log('READY');
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [word, ...rest] = line.split(' ');
  try {
    await { measure, table: (...words) => table(words.join(' ')) }[word](...rest);
    console.log('ok');
  } catch (error) {
    console.log(`error ${String(error.message).replaceAll('\n', ' ')}`);
  }
}
await browser.close();
