// SPDX-License-Identifier: GPL-3.0-or-later
// Log-in and log-out. The server knows this browser by a cookie that no script sees; what is kept
// here is a name for the strip, and that a log-out was not heard yet.

import { STATE, language, words, wordsOfState } from './words.js';

const KNOWN = 'garasu.user';
const LEAVING = 'garasu.leaving';

const element = (id) => document.getElementById(id);

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

// As names are written: an input method left on writes them twice as wide.
const nameOf = (text) => text.normalize('NFKC').trim();

export default class Login {
  // onIn(greeting) follows a log-in that the server accepted.
  constructor(onIn) {
    this._form = element('login');
    this._onIn = onIn;
    this._form.addEventListener('submit', (event) => {
      event.preventDefault();
      this._send();
    });
  }

  // Who is logged in, as far as this page knows; or null.
  get user() {
    return localStorage.getItem(KNOWN);
  }

  // A log-out was begun, and the server may not have heard it.
  get isLeaving() {
    return localStorage.getItem(LEAVING) !== null;
  }

  open(fault = '') {
    localStorage.removeItem(KNOWN);
    this._form.hidden = false;
    element('login-fault').textContent = fault;
    element('login-password').value = '';
    element(element('login-user').value === '' ? 'login-user' : 'login-password').focus();
  }

  close() {
    this._form.hidden = true;
  }

  // Returns whether the server has forgotten this browser.
  async leave() {
    localStorage.setItem(LEAVING, '');
    localStorage.removeItem(KNOWN);
    try {
      if (await post('/logout', new URLSearchParams()) !== null) {
        localStorage.removeItem(LEAVING);
      }
    } catch {
      // the line or the server is down: it is still to be said
    }
    return !this.isLeaving;
  }

  async _send() {
    const user = nameOf(element('login-user').value);
    const fields = new URLSearchParams({ user, password: element('login-password').value });
    element('login-go').disabled = true;
    element('login-go').textContent = words.going;
    element('login-fault').textContent = '';
    const answer = await post('/login', fields).catch(() => undefined);
    element('login-go').disabled = false;
    element('login-go').textContent = words.go;
    this._take(user, answer);
  }

  _take(user, answer) {
    if (answer === undefined) {
      this.open(words.noServer);
    } else if (answer === null) {
      this.open(words.notUnderstood);
    } else if (answer.code === STATE.ACCEPTED) {
      localStorage.setItem(KNOWN, user);
      localStorage.removeItem(LEAVING); // the server forgot what this log-in replaced
      element('login-password').value = '';
      this._onIn(greetingOf(answer));
    } else {
      const { what, why, todo } = wordsOfState(answer.code, answer.value);
      this.open(`${what}\n${why}\n${todo}`);
    }
  }
}
