// SPDX-License-Identifier: GPL-3.0-or-later
// The page: log-in, the session, its end, and the strip above all of it.

import Client from './client.js';
import KeyMenu from './keys.js';
import { addressOf } from './messages.js';
import { STATE, language, words, wordsOfFault, wordsOfState } from './words.js';

const RETRY_MS = [250, 500, 1000, 2000, 4000, 8000];
const KNOWN = 'garasu.user'; // who is logged in, for the strip alone: the server knows by the cookie

const element = (id) => document.getElementById(id);
const strip = element('strip');
const stage = element('stage');
const form = element('login');
const notice = element('notice');

let client = null;
let last = null; // the state that ended the connection, or null
let fault = null; // or what was wrong with the bytes that came
let greeting = null; // what to say once of the log-in before this one
let tries = 0;
let retry = 0;
let asked = new URLSearchParams(location.pathname === '/open' ? location.search : '').get('url');

// ---- words ----

function dress() {
  document.documentElement.lang = language;
  const texts = {
    name: words.name, 'login-title': words.loginTitle, 'login-why': words.loginWhy,
    'login-user-label': words.user, 'login-password-label': words.password, 'login-go': words.go,
    measure: words.measure, fullscreen: words.fullscreen, logout: words.logout,
  };
  for (const [id, text] of Object.entries(texts)) {
    element(id).textContent = text;
  }
  element('notice-paste').setAttribute('aria-label', words.pasteTitle);
  element('name').textContent = `Garasu  ${words.name}`;
}

function show(state, text) {
  strip.dataset.state = state;
  element('status').textContent = text;
}

// ---- panels ----

function closeNotice() {
  notice.hidden = true;
  element('notice-paste').hidden = true;
  if (client !== null) {
    client.focus();
  }
}

// yes and no are [text, action], no may be null.
function tell({ what, why = '', todo = '', address = '' }, yes, no) {
  element('notice-what').textContent = what;
  element('notice-why').textContent = why;
  element('notice-todo').textContent = todo;
  element('notice-address').textContent = address;
  element('notice-paste').hidden = true;
  for (const [id, choice] of [['notice-yes', yes], ['notice-no', no]]) {
    element(id).hidden = choice === null;
    element(id).textContent = choice?.[0] ?? '';
    element(id).onclick = () => {
      closeNotice();
      choice[1]();
    };
  }
  notice.hidden = false;
  element('notice-yes').focus();
}

function showLogin(fault = '') {
  show('off', words.notConnected);
  localStorage.removeItem(KNOWN);
  element('user').textContent = '';
  element('tools').hidden = true;
  element('figures').hidden = true;
  stage.hidden = true;
  notice.hidden = true;
  form.hidden = false;
  element('login-fault').textContent = fault;
  element('login-password').value = '';
  element(element('login-user').value === '' ? 'login-user' : 'login-password').focus();
}

// ---- log-in ----

async function post(path, fields) {
  const answer = await fetch(path, {
    method: 'POST', body: fields, credentials: 'same-origin', redirect: 'error',
  });
  return answer.ok ? answer.json() : null;
}

// When this user logged in last, and whether it failed since.
function greetingOf({ last: at, failures }) {
  const when = new Date(at).toLocaleString(language);
  return { text: at > 0 ? words.last(when, failures) : words.first(failures), failures };
}

function greet() {
  if (greeting !== null) {
    show('on', greeting.text);
    if (greeting.failures > 0) {
      tell({ what: greeting.text, why: words.lastWhy, todo: words.lastTodo },
        [words.ok, askToOpen], null);
    }
    greeting = null;
  }
}

async function logIn(event) {
  event.preventDefault();
  const user = element('login-user').value;
  const fields = new URLSearchParams({ user, password: element('login-password').value });
  element('login-go').disabled = true;
  element('login-go').textContent = words.going;
  element('login-fault').textContent = '';
  try {
    const answer = await post('/login', fields);
    if (answer === null) {
      showLogin(words.notUnderstood);
    } else if (answer.code === STATE.ACCEPTED) {
      localStorage.setItem(KNOWN, user);
      element('login-password').value = '';
      greeting = greetingOf(answer);
      connect();
    } else {
      const { what, why, todo } = wordsOfState(answer.code, answer.value);
      showLogin(`${what}\n${why}\n${todo}`);
    }
  } catch {
    showLogin(words.noServer);
  }
  element('login-go').disabled = false;
  element('login-go').textContent = words.go;
}

async function logOut() {
  last = { code: STATE.REFUSED, value: 0 };
  try {
    await post('/logout', new URLSearchParams());
  } catch {
    // the cookie's own end follows; the server forgets it in time
  }
  client?.disconnect();
  showLogin();
}

// ---- the session ----

function connect() {
  clearTimeout(retry);
  retry = 0;
  last = null;
  fault = null;
  form.hidden = true;
  notice.hidden = true;
  stage.hidden = false;
  element('tools').hidden = false;
  element('user').textContent = localStorage.getItem(KNOWN) ?? '';
  show('waiting', tries > 0 ? words.reconnecting : words.connecting);
  client = new Client(stage, `wss://${location.host}/session`);
  client.addEventListener('securityfailure', onRefused);
  client.addEventListener('connect', onConnected);
  client.addEventListener('state', (event) => onState(event.detail));
  client.addEventListener('words', (event) => {
    tell({ what: words.messageTitle, why: event.detail.text }, [words.ok, () => {}], null);
  });
  client.addEventListener('fault', (event) => {
    fault = event.detail.text;
  });
  client.addEventListener('paste', (event) => paste(event.detail.text));
  client.addEventListener('disconnect', onDisconnected);
}

function onRefused(event) {
  const code = /^Garasu (\d+):/.exec(event.detail.reason ?? '')?.[1];
  last = { code: code === undefined ? STATE.CONNECTION_LOST : Number(code), value: 0 };
}

function onConnected() {
  tries = 0;
  show('on', words.connected);
  client.focus();
  greet();
  if (notice.hidden) {
    askToOpen();
  }
}

function onState({ code, value }) {
  if (code === STATE.ACCEPTED) {
    return;
  }
  if (code === STATE.IDLE_WARNING) {
    tell(wordsOfState(code, value), [words.stay, () => client?.stay()], null);
  } else if (code === STATE.UPGRADE_WARNING || code === STATE.ADDRESS_LIMIT) {
    tell(wordsOfState(code, value), [words.ok, () => {}], null);
  } else {
    last = { code, value };
  }
}

function onDisconnected() {
  client = null;
  if (fault !== null) {
    show('off', words.notConnected);
    tell(wordsOfFault(fault), [words.again, connect], [words.logout, logOut]);
  } else if (last === null || last.code === STATE.CONNECTION_LOST || last.code === STATE.BUSY) {
    tryAgain();
  } else if (last.code === STATE.REFUSED) {
    showLogin();
  } else {
    const yes = last.code === STATE.TAKEN_OVER ? words.here : words.again;
    show('off', words.notConnected);
    tell(wordsOfState(last.code, last.value), [yes, connect], [words.logout, logOut]);
  }
}

function tryAgain() {
  if (form.hidden) {
    show('waiting', words.reconnecting);
    retry = setTimeout(connect, RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]);
    tries++;
  }
}

// Back from sleep, or from a line that was cut: at once.
function wake() {
  if (retry !== 0 && client === null && document.visibilityState === 'visible') {
    connect();
  }
}

// ---- a link that was handed over ----

function askToOpen() {
  if (asked === null) {
    return;
  }
  const address = addressOf(asked);
  asked = null;
  history.replaceState(null, '', '/');
  if (address === null) {
    tell({ what: words.openBad }, [words.ok, () => {}], null);
  } else {
    tell({ what: words.openTitle, why: words.openWhy, address },
      [words.open, () => client?.openAddress(address)], [words.cancel, () => {}]);
  }
}

// ---- paste: from this desk into the session, as typed text, where policy allows it ----

function paste(text) {
  if (client === null) {
    return;
  }
  const refuse = (what, why = '') => tell({ what, why }, [words.ok, () => {}], null);
  const most = client.pasteMost;
  if (most === 0) {
    refuse(words.pasteOff);
  } else if (!client.hasField) {
    refuse(words.pasteNowhere);
  } else {
    const length = client.paste(text);
    if (length === 0) {
      refuse(words.pasteEmpty);
    } else if (length > most) {
      refuse(words.pasteCut(most), words.pasteRest(length - most));
    } else {
      show('on', words.pasted(length));
    }
  }
}

// The clipboard is only read by the browser's own paste, which this field takes.
function askToPaste() {
  if (client === null || client.pasteMost === 0 || !client.hasField) {
    paste('');
    return;
  }
  tell({ what: words.pasteTitle, why: words.pasteWhy(client.pasteMost) }, [words.cancelPaste, () => {}],
    null);
  element('notice-paste').value = '';
  element('notice-paste').hidden = false;
  element('notice-paste').focus();
}

function takePaste(event) {
  event.preventDefault();
  closeNotice();
  paste(event.clipboardData.getData('text/plain'));
}

// ---- the strip ----

function toggleFullscreen() {
  if (document.fullscreenElement !== null) {
    document.exitFullscreen();
  } else {
    // What the browser keeps for itself elsewhere goes to the session here; Esc is then held to leave.
    document.documentElement.requestFullscreen({ navigationUI: 'hide' })
      .then(() => navigator.keyboard?.lock?.(['KeyN', 'KeyT', 'KeyW', 'Tab', 'Escape']))
      .catch(() => {});
  }
}

let before = { pictures: 0, bytes: 0 };

function measure() {
  if (client !== null && !element('figures').hidden) {
    const { pictures, bytes, delay } = client.figures;
    const fresh = pictures < before.pictures ? { pictures: 0, bytes: 0 } : before;
    element('figures').textContent = words.figures(delay === null ? '–' : Math.round(delay),
      pictures - fresh.pictures, Math.round((bytes - fresh.bytes) / 1000));
    before = { pictures, bytes };
    client.measure();
  }
}

function start() {
  dress();
  new KeyMenu(element('keys'), element('key-menu'), words, {
    press: (keys) => client?.pressKeys(keys),
    paste: askToPaste,
    onClose: () => client?.focus(),
  });
  element('notice-paste').addEventListener('paste', takePaste);
  element('notice-paste').addEventListener('input', (event) => { event.target.value = ''; });
  form.addEventListener('submit', logIn);
  element('logout').addEventListener('click', logOut);
  element('fullscreen').addEventListener('click', toggleFullscreen);
  element('measure').addEventListener('click', () => {
    element('figures').hidden = !element('figures').hidden;
    element('figures').textContent = '';
    before = client === null ? before : { ...client.figures };
    client?.measure();
    client?.focus();
  });
  document.addEventListener('fullscreenchange', () => {
    element('fullscreen').textContent =
      document.fullscreenElement !== null ? words.leaveFullscreen : words.fullscreen;
    client?.focus();
  });
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', wake);
  window.addEventListener('focus', () => {
    if (client !== null && notice.hidden) {
      client.focus();
    }
  });
  setInterval(measure, 1000);
  if (localStorage.getItem(KNOWN) !== null || asked !== null) {
    connect();
  } else {
    showLogin();
  }
}

start();
