// SPDX-License-Identifier: GPL-3.0-or-later
// The desk's browser at the web viewer, what it finds wrong, and what a person waits for.

import { createRequire } from 'node:module';

const [packages] = process.argv.slice(2);
const { chromium } = createRequire(`${packages}/x.js`)('playwright-core');
const DEADLINE = 20000;

export const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--disable-gpu', ...(process.getuid() === 0 ? ['--no-sandbox'] : [])],
});
export const faults = [];
let expected = []; // what a test does on purpose ends in such faults, until the next window
export let context = null;
export let page = null;
export let url = '';
export let user = '';
export let password = '';

// From here on, another server.
export function turnToServer(...given) {
  [url, user, password] = given;
}

// Every window of it is closed, and what closing broke is no fault.
export async function leaveServer() {
  expected = [/./];
  await context?.close();
  context = null;
  page = null;
  faults.length = 0;
}

export function expectFaults(...patterns) {
  expected = patterns;
}

// Another tab is the one that a person looks at.
export function turnTo(tab) {
  page = tab;
}

function fault(what) {
  if (!expected.some((pattern) => pattern.test(what))) {
    faults.push(what);
  }
}

export function expect(what, got, wanted) {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) {
    throw new Error(`${what}: ${JSON.stringify(got)}, expected ${JSON.stringify(wanted)}`);
  }
}

// A window of 1000 x 700; whatever goes wrong in a page of it is a fault.
export async function openWindow(scale, locale, platform = null) {
  await context?.close();
  context = await browser.newContext({
    ignoreHTTPSErrors: true, locale, viewport: { width: 1000, height: 700 }, deviceScaleFactor: scale,
  });
  context.setDefaultTimeout(DEADLINE);
  expected = [];
  await context.exposeFunction('garasuFault', fault);
  if (platform !== null) {
    await context.addInitScript((named) => {
      Object.defineProperty(navigator, 'platform', { get: () => named });
    }, platform);
  }
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.garasuFault(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  page = await openTab();
}

function judgeAddress(address) {
  if (new URL(address).host !== new URL(url).host && !address.startsWith('data:')) {
    fault(`foreign request: ${address}`);
  }
}

// Whatever the browser finds wrong is a fault.
export function watch(tab) {
  tab.on('pageerror', (error) => fault(`script: ${error.message}`));
  tab.on('console', (message) => {
    if (message.type() === 'error') {
      fault(`console: ${message.text()}`);
    }
  });
  tab.on('request', (request) => judgeAddress(request.url()));
  tab.on('requestfailed', (request) => {
    fault(`failed request: ${request.url()} ${request.failure().errorText}`);
  });
  tab.on('response', (response) => {
    if (response.status() >= 400) {
      fault(`answer ${response.status()}: ${response.url()}`);
    }
  });
  tab.on('websocket', (socket) => judgeAddress(socket.url()));
}

export async function openTab(path = '/') {
  const tab = await context.newPage();
  watch(tab);
  await tab.goto(url + path);
  return tab;
}

export async function logIn(secret = password) {
  await page.fill('#login-user', user);
  await page.fill('#login-password', secret);
  await page.click('#login-go');
}

export const isConnected = (tab) => tab.waitForFunction(() => {
  const { state } = document.querySelector('#strip').dataset;
  return (state === 'on' || state === 'asks') && document.querySelector('#stage canvas')?.width > 0;
});

// Waits until the session's picture has this colour at a place, in its own pixels.
export const waitColour = (x, y, colour) => page.waitForFunction(([atX, atY, wanted]) => {
  const canvas = document.querySelector('#stage canvas');
  const pixel = canvas.getContext('2d').getImageData(atX, atY, 1, 1).data;
  return String(pixel.slice(0, 3)) === wanted;
}, [x, y, colour]);

// The session has a text field, and what is typed goes there.
export const typingField = () => page.waitForFunction(() => document.activeElement.id === 'typing');

export const status = (text) => page.waitForFunction(
  (wanted) => document.querySelector('#status').textContent === wanted, text);

// The page says or asks this, and its strip shows that it is not the session who does.
export async function says(what, tab = page) {
  await tab.bringToFront(); // in the background nothing that is shown changes
  await tab.waitForFunction((wanted) => !document.querySelector('#notice').hidden
    && document.querySelector('#notice-what').textContent === wanted, what);
  expect('strip', await tab.evaluate(() => document.querySelector('#strip').dataset.state) === 'on',
    false);
}

// What is told takes no key; its chord closes it.
export async function closeNotice(what) {
  await says(what);
  await page.keyboard.press('Control+Alt+M');
  await page.waitForSelector('#notice', { state: 'hidden' });
}

export async function copy(text) {
  await context.grantPermissions(['clipboard-write']);
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
}
