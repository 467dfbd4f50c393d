// SPDX-License-Identifier: GPL-3.0-or-later
// The page: what is said where, and the session from its beginning to its end.

import Client from './client.js';
import KeyMenu from './keys.js';
import Link from './link.js';
import Login from './login.js';
import { addressOf } from './messages.js';
import Notices from './notices.js';
import Paste from './paste.js';
import Strip from './strip.js';
import { STATE, language, words, wordsOfFault, wordsOfState } from './words.js';

const RETRY_MS = [250, 500, 1000, 2000, 4000, 8000];
const BUSY_MS = 2000;
const LOOK_MS = 5000; // whether the line still carries
const AWAKE_MS = 2100; // and once more, behind a sleep
const STEADY_MS = 10000; // a line that held so long

const element = (id) => document.getElementById(id);
const stage = element('stage');

let client = null;
let last = null; // the state that ended the connection, or null
let fault = null; // or what was wrong with the bytes that came
let greeting = null; // what to say once of the log-in before this one
let wasOn = false; // since this log-in
let tries = 0;
let onSince = Infinity;
let lookedAt = Date.now(); // a clock that goes on while the desk sleeps, or another tab is seen
let retry = 0;
let wanted = null; // an address that was agreed on, until the session can take it

const clientNow = () => client;
const giveBack = () => client?.focus();
const strip = new Strip(clientNow);
const notices = new Notices({ onChange: () => { strip.asks = notices.isOpen; }, giveBack });
const paste = new Paste(notices, { clientNow, mention: (text) => strip.mention(text) });
const login = new Login((told) => {
  greeting = told;
  wasOn = false;
  tries = 0;
  connect();
});
const link = new Link((address) => {
  const isHere = client !== null && client.isOn;
  if (isHere) {
    client.openAddress(address);
  }
  return isHere;
});

function dress() {
  document.documentElement.lang = language;
  const texts = {
    name: `Garasu  ${words.name}`, 'login-title': words.loginTitle, 'login-why': words.loginWhy,
    'login-user-label': words.user, 'login-password-label': words.password, 'login-go': words.go,
    measure: words.measure, fullscreen: words.fullscreen, logout: words.logout,
  };
  for (const [id, text] of Object.entries(texts)) {
    element(id).textContent = text;
  }
  element('keys').title = words.reach;
  stage.setAttribute('aria-label', words.picture);
}

// ---- log-in and log-out ----

function showLogin(why = '') {
  strip.show('asks', words.notConnected);
  strip.hasTools = false;
  stage.hidden = true;
  login.open(why);
}

// Nothing of it comes back by itself, nor does its late end touch what follows.
function leaveSession() {
  const left = client;
  client = null;
  clearTimeout(retry);
  retry = 0;
  wanted = null;
  notices.clear();
  left?.disconnect();
}

async function logOut() {
  leaveSession();
  strip.show('off', words.loggingOut);
  strip.hasTools = false;
  stage.hidden = true;
  if (await login.leave()) {
    showLogin();
  } else {
    const { what, why, todo } = words.stillLoggedIn;
    strip.show('off', words.notConnected);
    notices.ask({ what, why, todo }, [words.logoutAgain, logOut], null);
  }
}

function greet() {
  if (greeting !== null) {
    strip.mention(greeting.text);
    if (greeting.failures > 0) {
      notices.tell({ what: greeting.text, why: words.lastWhy, todo: words.lastTodo });
    }
    greeting = null;
  }
}

// ---- the session ----

// isAgain: nobody asked for it, so it takes the session over from no other desk.
function connect(isAgain = false) {
  const fresh = new Client(stage, `wss://${location.host}/session${isAgain ? '/again' : ''}`);
  const on = (name, handle) => fresh.addEventListener(name, (event) => {
    if (client === fresh) {
      handle(event.detail);
    }
  });

  clearTimeout(retry);
  retry = 0;
  last = null;
  fault = null;
  client = fresh;
  login.close();
  stage.hidden = false;
  strip.hasTools = true;
  showWaiting();
  on('securityfailure', onRefused);
  on('connect', onConnected);
  on('state', onState);
  on('words', ({ text }) => notices.tell({ what: words.messageTitle, why: text }));
  on('picture', openWanted);
  on('fault', ({ text }) => { fault = text; });
  on('paste', ({ text }) => paste.take(text));
  on('disconnect', onDisconnected);
}

function showWaiting() {
  const text = wasOn ? words.reconnecting : tries > 0 ? words.retrying : words.connecting;
  strip.show('waiting', text, login.user ?? '');
}

function onRefused({ reason }) {
  const code = /^Garasu (\d+):/.exec(reason ?? '')?.[1];
  last = { code: code === undefined ? STATE.CONNECTION_LOST : Number(code), value: 0 };
}

function onConnected() {
  onSince = Date.now();
  wasOn = true;
  strip.show('on', words.connected, login.user ?? '');
  if (!notices.asks) {
    client.focus();
  }
  greet();
}

function onState({ code, value }) {
  const says = (seconds) => wordsOfState(code, seconds);

  if (code === STATE.ACCEPTED) {
    return;
  }
  if (code === STATE.IDLE_WARNING) {
    notices.tell(says, { key: 'idle', seconds: value, yes: [words.stay, () => client?.stay()] });
  } else if (code === STATE.UPGRADE_WARNING) {
    notices.tell(says, { key: 'upgrade', seconds: value });
  } else if (code === STATE.ADDRESS_LIMIT) {
    notices.tell(says, { key: 'address', seconds: value });
  } else {
    last = { code, value };
  }
}

// Someone is there. What is composed, or done beside the picture, does not reach the session: it is
// told.
function onActivity({ type, target }) {
  const isPointers = type.startsWith('pointer') || type === 'wheel';
  if (notices.drop('idle') && !(isPointers && stage.contains(target))) {
    client?.stay();
  }
}

function openWanted() {
  if (wanted !== null && client.isOn) {
    client.openAddress(wanted);
    wanted = null;
  }
}

function onDisconnected() {
  client = null;
  tries = Date.now() - onSince > STEADY_MS ? 0 : tries;
  onSince = Infinity;
  notices.drop('idle', 'upgrade', 'paste');
  if (fault !== null) {
    askAgain(wordsOfFault(fault), [words.again, () => connect()]);
  } else if (last === null || last.code === STATE.CONNECTION_LOST || last.code === STATE.BUSY) {
    tryAgain();
  } else if (last.code === STATE.REFUSED) {
    notices.clear();
    showLogin(wasOn ? words.expired : '');
  } else if (last.code === STATE.IDLE_ENDED) { // the log-in ended with it
    askAgain(wordsOfState(last.code, last.value), [words.go, () => showLogin()]);
  } else {
    const yes = last.code === STATE.TAKEN_OVER ? words.here : words.again;
    askAgain(wordsOfState(last.code, last.value), [yes, () => connect()]);
  }
}

function askAgain(what, yes) {
  strip.show('off', words.notConnected, login.user ?? '');
  notices.ask(what, yes, [words.logout, logOut]);
}

// Not all desks at once, where the server was lost to all at once.
function tryAgain() {
  const isBusy = last?.code === STATE.BUSY;
  const most = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] + (isBusy ? 2 * BUSY_MS : 0);

  tries++;
  retry = setTimeout(connect, most / 2 + Math.random() * most / 2, wasOn);
  if (isBusy) {
    strip.show('waiting', wordsOfState(STATE.BUSY, 0).what, login.user ?? '');
  } else {
    showWaiting();
  }
}

// A line that was cut without a word: as if it had said so.
function look() {
  const wasAsleep = Date.now() - lookedAt > 2 * LOOK_MS;

  if (document.visibilityState === 'hidden') {
    return;
  }
  lookedAt = Date.now();
  if (client === null) {
    return;
  }
  if (wasAsleep && client.isOn) {
    client.doubt();
    setTimeout(look, AWAKE_MS);
  } else if (client.isSilent) {
    const lost = client;
    last = null;
    fault = null;
    onDisconnected();
    lost.disconnect();
  } else {
    client.measure();
  }
}

// Back from sleep, or from a line that was cut: at once.
function wake() {
  client?.rest(document.visibilityState === 'hidden');
  if (retry !== 0 && client === null && document.visibilityState === 'visible') {
    clearTimeout(retry);
    connect(wasOn);
  }
  look();
}

// ---- a link that was handed over: nothing happens before its user has said so ----

function askToOpen(asked) {
  const address = addressOf(asked);

  history.replaceState(null, '', '/');
  strip.show('asks', words.notConnected, login.user ?? '');
  if (address === null) {
    doNothing(words.openBad);
  } else {
    notices.ask({ what: words.openTitle, why: words.openWhy, address },
      [words.open, () => handOver(address)], [words.cancel, () => doNothing(words.notOpened)],
      { focus: 'notice-no', escape: 'no' });
  }
}

async function handOver(address) {
  if (await link.offer(address)) {
    doNothing(words.openedThere);
  } else {
    wanted = address;
    enter();
  }
}

// This tab has done what it was opened for.
function doNothing(what) {
  const close = () => {
    window.close();
    doNothing(what);
  };
  notices.ask({ what, why: words.mayClose }, [words.closeTab, close], [words.useTab, enter]);
}

// ---- the beginning ----

function leaveByKeys(event) {
  if (event.ctrlKey && event.altKey && !event.shiftKey && event.code === 'KeyM') {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat && !notices.reach()) {
      strip.reach();
    }
  }
}

function enter() {
  if (login.user !== null || wanted !== null) {
    connect();
  } else {
    showLogin();
  }
}

function start() {
  const asked = new URLSearchParams(location.pathname === '/open' ? location.search : '').get('url');

  dress();
  new KeyMenu(element('keys'), element('key-menu'), words, {
    press: (keys) => client?.pressKeys(keys),
    paste: () => paste.ask(),
    onClose: giveBack,
  });
  element('logout').addEventListener('click', logOut);
  for (const name of ['keydown', 'input', 'pointermove', 'pointerdown', 'wheel']) {
    document.addEventListener(name, onActivity, { capture: true, passive: true });
  }
  window.addEventListener('keydown', leaveByKeys, { capture: true });
  for (const name of ['dragover', 'drop']) { // what is dropped would be opened in our place
    document.addEventListener(name, (event) => event.preventDefault());
  }
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', wake);
  window.addEventListener('focus', () => {
    if (!notices.asks && document.activeElement === document.body) {
      giveBack();
    }
  });
  setInterval(look, LOOK_MS);
  element('loading').hidden = true;
  if (login.isLeaving) {
    logOut();
  } else if (asked !== null) {
    askToOpen(asked);
  } else {
    enter();
  }
}

start();
