// SPDX-License-Identifier: GPL-3.0-or-later
// Steps about what the page itself says and asks, and about its log-ins.

import { browser, closeNotice, context, expect, expectFaults, isConnected, logIn, openTab, page,
  password, says, status, turnTo, url, user, watch } from './desk.mjs';

// Asked from out here: a page without scripts has nothing that waits.
async function shows(tab, text) {
  while (!(await tab.innerText('body')).includes(text)) {
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

export default {
  // A second tab takes the session; the first says so, and goes on when asked.
  async twoTabs() {
    const taken = '別の端末またはタブに切り替わりました。';
    const second = await openTab();
    await isConnected(second);
    await says(taken);
    await page.waitForFunction(() => document.activeElement.id === 'notice-yes');
    await page.keyboard.press('Tab');
    expect('focus', await page.evaluate(() => document.activeElement.id), 'notice-no');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await isConnected(page);
    await says(taken, second);
    await second.close();
  },

  // A link that is handed over is shown and asked about. Neither a key that was held down before nor
  // one that was meant for something else opens it, and the tab at work keeps its session.
  async link(host) {
    const tab = await context.newPage();
    watch(tab);
    await tab.clock.install({ time: 0 });
    await tab.clock.pauseAt(1000);
    await tab.keyboard.down('Enter');
    await tab.goto(`${url}/open?url=${encodeURIComponent(`http://${host}/over?a=b`)}`);
    await says('このアドレスを開きますか？', tab);
    expect('address', await tab.textContent('#notice-address'), `http://${host}/over?a=b`);
    const focus = () => tab.evaluate(() => document.activeElement.id);
    for (const place of ['notice', 'notice-no']) {
      expect('focus', await focus(), place);
      await tab.keyboard.down('Enter'); // again: it repeats
      expect('asked', await tab.isVisible('#notice'), true);
      await tab.clock.runFor(1000);
    }
    await tab.keyboard.up('Enter');
    expect('at work', await page.evaluate(() => [document.querySelector('#strip').dataset.state,
      document.querySelector('#notice').hidden]), ['on', true]);
    await tab.clock.resume();
    await tab.click('#notice-yes');
    await says('接続中のタブでアドレスを開きました。', tab);
    expect('at work', await page.evaluate(() => [document.querySelector('#strip').dataset.state,
      document.querySelector('#notice').hidden]), ['on', true]);
    await tab.close();
  },

  // No tab has the session: this one takes it.
  async linkAlone(host) {
    await page.close();
    turnTo(await openTab(`/open?url=${encodeURIComponent(`http://${host}/`)}`));
    await says('このアドレスを開きますか？');
    await page.click('#notice-yes');
    await isConnected(page);
  },

  async badLink() {
    const tab = await openTab(`/open?url=${encodeURIComponent('javascript:alert(1)')}`);
    await says('開けないアドレスです。http と https のアドレスだけを開けます。', tab);
    expect('address', await tab.textContent('#notice-address'), '');
    await tab.close();
  },

  // It counts, and goes when someone moves.
  async idleWarning() {
    const left = async () => Number(/^あと (\d+) 秒でセッションが終わります。$/.exec(
      await page.textContent('#notice-what'))?.[1]);
    await page.waitForFunction(
      () => document.querySelector('#notice-what').textContent.startsWith('あと '));
    const first = await left();
    await page.waitForFunction((before) => {
      const now = /\d+/.exec(document.querySelector('#notice-what').textContent)?.[0];
      return now !== undefined && Number(now) < before;
    }, first);
    await page.mouse.move(400, 400);
    await page.waitForFunction(() => document.querySelector('#notice').hidden
      && document.querySelector('#strip').dataset.state === 'on');
  },

  // Its button, as a screen reader presses it: nothing moves and no key is told. The session has
  // heard of it when no end comes before the next warning.
  async idleStay() {
    const asks = () => page.waitForFunction(() => !document.querySelector('#notice').hidden
      && document.querySelector('#notice-what').textContent.startsWith('あと '));
    for (let i = 0; i < 2; i++) {
      await asks();
      await page.evaluate(() => document.querySelector('#notice-yes').click());
      await page.waitForFunction(() => document.querySelector('#notice').hidden);
    }
    expect('strip', await page.evaluate(() => document.querySelector('#strip').dataset.state), 'on');
  },

  // Who sits down after it has to log in.
  async idleEnd() {
    await says('操作がなかったため、セッションが終わりました。');
    await page.click('#notice-yes');
    await page.waitForSelector('#login:not([hidden])');
  },

  async endedByAdministrator() {
    await says('管理者がセッションを終了しました。');
  },

  // Told while one types: the keys stay the session's.
  async told(text) {
    await says('管理者からのお知らせ');
    await page.waitForFunction(
      (wanted) => document.querySelector('#notice-why').textContent === wanted, text);
    await page.waitForFunction(
      () => document.querySelector('#stage').contains(document.activeElement));
  },

  async readsTold() {
    await page.keyboard.press('Control+Alt+M');
  },

  async nothingTold() {
    expect('notice', await page.isVisible('#notice'), false);
    expect('strip', await page.evaluate(() => document.querySelector('#strip').dataset.state), 'on');
  },

  async expired() {
    await page.waitForSelector('#login:not([hidden])');
    expect('words', await page.textContent('#login-fault'),
      'ログインの期限が切れたか、取り消されました。もう一度ログインしてください。');
  },

  // A server that cannot be told is told again, also by whoever opens the page next.
  async logOutUnheard() {
    expectFaults(/ERR_FAILED/);
    await context.route('**/logout', (route) => route.abort());
    await page.click('#logout');
    await says('ログアウトできませんでした。');
    await page.reload();
    await says('ログアウトできませんでした。');
    expect('session', await page.isVisible('#stage'), false);
    await context.unroute('**/logout');
    await page.click('#notice-yes');
    await page.waitForSelector('#login:not([hidden])');
    expect('cookies', await context.cookies(), []);
  },

  // No line to the session comes about. The page says so, waits longer each time and not as others
  // do; and a log-out ends it.
  async linesFail() {
    expectFaults(/\/nowhere' failed|Failed when connecting/);
    await page.clock.install();
    await page.evaluate(() => {
      const { WebSocket: Real, setTimeout } = window;
      window.garasuSockets = 0;
      window.garasuWaits = [];
      window.WebSocket = Object.setPrototypeOf(function WebSocket(address) {
        window.garasuSockets++;
        return new Real(address.replace('/session', '/nowhere'));
      }, Real);
      window.setTimeout = (work, time) => {
        window.garasuWaits.push(time);
        return setTimeout(work, time);
      };
      Math.random = () => 0.5;
    });
    await logIn();
    await status('サーバーに接続できません。再接続しています…');
    await page.waitForFunction(() => window.garasuSockets >= 3);
    expect('waits', (await page.evaluate(() => window.garasuWaits))
      .filter((time) => [187.5, 375, 250, 500].includes(time)).slice(0, 2), [187.5, 375]);
    await page.click('#logout');
    await page.waitForSelector('#login:not([hidden])');
    const sockets = await page.evaluate(() => window.garasuSockets);
    await page.clock.fastForward(60000);
    expect('sockets', await page.evaluate(() => window.garasuSockets), sockets);
    expect('form', await page.isVisible('#login'), true);
  },

  // The failure before this log-in is told, and the keyboard is enough to go on.
  async failureIsTold() {
    await closeNotice('初めてのログインです。これまでに 1 回失敗しています。');
  },

  // A page that cannot run says so.
  async brokenPage() {
    const broken = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'ja-JP' });
    await broken.route('**/zstd.js', (route) => route.abort());
    const tab = await broken.newPage();
    await tab.goto(`${url}/`, { waitUntil: 'load' });
    await shows(tab, '再読み込み');
    await broken.close();
    const bare = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false });
    const plain = await bare.newPage();
    await plain.goto(`${url}/`);
    await shows(plain, 'JavaScript が必要です');
    expect('strip', await plain.innerText('#name'), 'Garasu インターネット画面転送');
    await bare.close();
  },

  // As an input method left on writes a name.
  async logInWide() {
    const wide = (text) => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
    await page.fill('#login-user', `${wide(user)}\u3000`);
    await page.fill('#login-password', password);
    await page.click('#login-go');
    await isConnected(page);
  },
};
