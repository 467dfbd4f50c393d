// SPDX-License-Identifier: GPL-3.0-or-later
// node page.mjs PACKAGES: drives web viewers in one real browser, one after the other. Reads steps from
// stdin, one a line: a name and, for some, words. Answers each with "ok" or "error WHY".

import readline from 'node:readline';
import checkAccessible, { checkWayOut } from './accessible.mjs';
import { browser, closeNotice, context, copy, expect, expectFaults, faults, isConnected, leaveServer,
  logIn, openWindow, page, status, turnToServer, typingField, waitColour } from './desk.mjs';
import makeKeySteps from './keys.mjs';
import said from './said.mjs';

const steps = {
  ...said,
  ...makeKeySteps({
    page: () => page, devtools: () => context.newCDPSession(page), openWindow, typingField, expect,
  }),

  // URL USER PASSWORD
  async server(...given) {
    turnToServer(...given);
  },

  async leave() {
    await leaveServer();
  },

  async english() {
    await openWindow(1, 'en-US');
    await page.waitForSelector('#login:not([hidden])'); // it asks first whether there is a log-in
    expect('title', await page.textContent('#login-title'), 'Log in');
  },

  async japanese() {
    await openWindow(1, 'ja-JP');
    await page.waitForSelector('#login:not([hidden])');
    expect('title', await page.textContent('#login-title'), 'ログイン');
  },

  async accessible() {
    await checkAccessible(page);
  },

  async wrongPassword() {
    await logIn('wrong');
    await page.waitForFunction(() => document.querySelector('#login-fault').textContent !== '');
    expect('words', (await page.textContent('#login-fault')).split('\n')[0],
      'ログインできませんでした。');
  },

  async logIn() {
    await logIn();
    await isConnected(page);
  },

  // Out of the picture and back, without a mouse.
  async wayOut() {
    await checkWayOut(page);
  },

  // The page is painted #102030 all over but for its field.
  async picture() {
    await waitColour(30, 600, '16,32,48');
  },

  // What is typed by key, and what an input method composes and commits.
  async typing() {
    const caret = await page.waitForFunction(() => {
      const field = document.activeElement;
      return field.id === 'typing' && field.getBoundingClientRect().toJSON();
    });
    const place = await caret.jsonValue();
    if (place.y < 120 || place.y > 300 || place.height < 12) {
      throw new Error(`the caret is at ${JSON.stringify(place)}`);
    }
    await page.keyboard.type('Ab_1 ');
    const devtools = await context.newCDPSession(page);
    for (const [composed, committed] of [['にほん', '日本'], ['よし', '𠮷'], ['すし', '🍣']]) {
      await devtools.send('Input.imeSetComposition',
        { text: composed, selectionStart: composed.length, selectionEnd: composed.length });
      expect('preedit', await page.evaluate(() => document.activeElement.value), composed);
      await devtools.send('Input.insertText', { text: committed });
    }
    await page.keyboard.type('z');
    await page.keyboard.press('Enter');
  },

  // As the test's own list, 66 times over: composed, converted, committed, and keys between.
  async muchText() {
    const devtools = await context.newCDPSession(page);
    for (let round = 0; round < 66; round++) {
      for (const piece of ['日本語の文章', 'カタカナ', 'ﾊﾝｶｸ', '𠮷野家で', '🍣', '葛\u{e0100}城', 'ー〜…', '㈱①']) {
        await devtools.send('Input.imeSetComposition',
          { text: piece, selectionStart: piece.length, selectionEnd: piece.length });
        await devtools.send('Input.insertText', { text: piece });
      }
      await page.keyboard.type('ab 9');
    }
    await page.keyboard.press('Enter');
  },

  // Chosen with the mouse; the picture has the focus again.
  async menuKey(name) {
    await page.click('#keys');
    await page.locator('#key-menu button').filter({ has: page.getByText(name, { exact: true }) })
      .click();
    await page.waitForFunction(() => document.querySelector('#stage').contains(document.activeElement)
      && !document.querySelector('#key-menu').matches(':popover-open'));
  },

  // Esc goes back to the picture; then the first choice, which is a new tab.
  async menuByKeyboard() {
    await page.focus('#keys');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.getAttribute('role') === 'menuitem');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelector('#stage').contains(document.activeElement));
    await page.focus('#keys');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.getAttribute('role') === 'menuitem');
    for (const key of ['ArrowDown', 'End', 'ArrowDown']) {
      await page.keyboard.press(key);
    }
    expect('choice', await page.evaluate(() => document.activeElement.textContent),
      'Ctrl+T新しいタブ');
    await page.keyboard.press('Enter');
  },

  async pasteOff() {
    await copy('secret');
    await page.click('#keys');
    await page.click('#key-menu button:last-child');
    await closeNotice('この端末からの貼り付けは、管理者が許可していません。');
    await typingField();
    await page.keyboard.press('Control+V');
    await page.keyboard.press('Control+Shift+V');
    await page.keyboard.press('z');
    await page.keyboard.press('Enter');
  },

  async pasteTooMuch() {
    await copy('あ\r\nb𠮷c余り');
    await typingField();
    await page.keyboard.press('Control+Shift+V');
    await closeNotice('貼り付けは 5 文字までです。');
    await typingField();
    await page.keyboard.press('Enter');
  },

  async pasteByMenu() {
    await copy('XY');
    await typingField();
    await page.click('#keys');
    await page.click('#key-menu button:last-child');
    await page.waitForFunction(() => document.activeElement.id === 'notice-paste');
    await page.keyboard.press('Control+V');
    await status('2 文字を貼り付けました。');
    await typingField();
    await page.keyboard.press('Enter');
  },

  // The input method of this desk composes, gives up (without a text), or commits.
  async composes(text = '') {
    await typingField();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Input.imeSetComposition',
      { text, selectionStart: text.length, selectionEnd: text.length });
  },

  // Beside the field.
  async clicks() {
    await page.mouse.click(500, 600);
  },

  async commits(text) {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Input.insertText', { text });
  },

  async logOutByButton() {
    await page.click('#logout');
    await page.waitForSelector('#login:not([hidden])');
  },

  async key(name) {
    await page.keyboard.press(name);
  },

  async wheel() {
    await page.mouse.move(500, 600);
    await page.mouse.wheel(0, 100);
  },

  // One pixel of the session for each of the screen, in every scale.
  async sizes() {
    for (const scale of [1, 1.5, 2]) {
      await openWindow(scale, 'ja-JP');
      await logIn();
      await isConnected(page);
      await page.waitForFunction((ratio) => {
        const canvas = document.querySelector('#stage canvas');
        return canvas.width === 1000 * ratio && canvas.height === (700 - 36) * ratio
          && canvas.style.width === '1000px';
      }, scale);
    }
    await page.setViewportSize({ width: 800, height: 600 });
    await page.waitForFunction(() => document.querySelector('#stage canvas').width === 1600);
  },

  async losing() {
    await page.waitForFunction(() => document.querySelector('#strip').dataset.state !== 'on');
  },

  async reconnected() {
    await page.waitForSelector('#stage canvas:not([data-is-old])', { state: 'attached' });
    await isConnected(page);
  },

  // The line is about to be cut: the picture of now is one of before.
  async mayLose() {
    await page.evaluate(() => { document.querySelector('#stage canvas').dataset.isOld = ''; });
    expectFaults(/\/session' failed|Failed when connecting/);
  },

  // Another tab lies over this one, as far as the page can know: no picture comes for a second.
  async hides() {
    const pictures = (pattern) => page.waitForFunction((wanted) => new RegExp(wanted).test(
      document.querySelector('#figures').textContent), pattern);
    const turn = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.click('#measure');
    await pictures('、[1-9]\\d* フレーム/秒');
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    });
    await turn();
    await pictures('、0 フレーム/秒');
    await page.evaluate(() => { delete document.visibilityState; });
    await turn();
    await pictures('、[1-9]\\d* フレーム/秒');
  },

  // Each state is a file of this folder, to be looked at.
  async shot(name) {
    if (process.env.GARASU_SHOTS !== undefined) {
      await page.screenshot({ path: `${process.env.GARASU_SHOTS}/${name}.png` });
    }
  },

  async logOut() {
    await page.click('#notice-no');
    await page.waitForSelector('#login:not([hidden])');
    expect('cookies', await context.cookies(), []);
  },

  async faults() {
    expect('faults', faults, []);
  },
};

console.log('READY');
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [name, ...words] = line.split(' ');
  try {
    await steps[name](...words);
    console.log('ok');
  } catch (error) {
    console.log(`error ${name}: ${String(error.message).replaceAll('\n', ' ')}`);
  }
}
await browser.close();
