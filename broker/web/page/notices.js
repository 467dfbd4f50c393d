// SPDX-License-Identifier: GPL-3.0-or-later
// What the page says over the picture, one thing after the other. What only tells something leaves
// the keys to the session. What asks takes them, but is answered by no key that was meant for the
// session: it rests at first, and a key held down answers nothing.

import { words } from './words.js';

const REST_MS = 1000;
const NOTHING = () => {};

const element = (id) => document.getElementById(id);

// says: { what, why, todo, address }, or a function that makes it of the seconds that are left.
// A choice is [text, action].
export default class Notices {
  // onChange() follows whatever comes and goes; giveBack() puts the focus into the picture.
  constructor({ onChange, giveBack }) {
    this._onChange = onChange;
    this._giveBack = giveBack;
    this._panel = element('notice');
    this._queue = []; // the first is shown
    this._shown = null;
    this._timer = 0; // counts down, or rests
    element('notice-hint').textContent = words.dismiss;
    for (const choice of ['yes', 'no']) {
      element(`notice-${choice}`).addEventListener('click', () => this._answer(choice));
    }
    this._panel.addEventListener('keydown', (event) => this._onKey(event));
  }

  get isOpen() {
    return this._shown !== null;
  }

  get asks() {
    return this._shown !== null && this._shown.asks;
  }

  // Waits until what is shown has been closed. Takes the place of what has the same key.
  tell(says, { key = null, seconds = 0, yes = [words.ok, NOTHING] } = {}) {
    this._remove(key);
    this._queue.push({
      says, key, yes, no: null, asks: false, rests: false, endsAt: Date.now() + seconds * 1000,
    });
    this._show();
  }

  // Goes before all that waits. rests: it comes by itself, not because of what its user just did.
  // escape is the choice of the Esc key; focus, where the keys go.
  ask(says, yes, no, { key = null, rests = true, focus = 'notice-yes', escape = null } = {}) {
    this._remove(key);
    this._queue.unshift({ says, key, yes, no, asks: true, rests, focus, escape, endsAt: 0 });
    this._show();
  }

  // Returns whether there was any with such a key.
  drop(...keys) {
    const before = this._queue.length;
    this._remove(...keys);
    this._show();
    return this._queue.length < before;
  }

  clear() {
    this._queue = [];
    this._show();
  }

  // The keys' way to what is shown: to the question, or what was told is read. Returns whether
  // there was anything.
  reach() {
    if (this._shown === null) {
      return false;
    }
    if (this._shown.asks) {
      (this._shown.rests ? this._panel : element(this._shown.focus)).focus();
    } else {
      this._answer('yes');
    }
    return true;
  }

  _remove(...keys) {
    this._queue = this._queue.filter(({ key }) => key === null || !keys.includes(key));
  }

  _answer(choice) {
    const notice = this._shown;
    if (notice === null || notice.rests) {
      return;
    }
    this._queue.splice(this._queue.indexOf(notice), 1);
    this._show();
    notice[choice][1]();
  }

  _show() {
    const notice = this._queue[0] ?? null;
    if (notice === this._shown) {
      return;
    }
    const hadFocus = this._panel.contains(document.activeElement);
    clearTimeout(this._timer);
    this._shown = notice;
    this._panel.hidden = notice === null;
    element('notice-paste').hidden = true;
    if (notice !== null) {
      this._fill(notice);
    }
    this._onChange();
    if (this.asks) {
      this._take(notice);
    } else if (hadFocus) {
      this._giveBack();
    }
  }

  _fill(notice) {
    const { asks, rests, yes, no } = notice;
    this._panel.setAttribute('role', asks ? 'alertdialog' : 'alert');
    element('notice-hint').hidden = asks;
    for (const [id, choice] of [['notice-yes', yes], ['notice-no', no]]) {
      element(id).hidden = choice === null;
      element(id).textContent = choice?.[0] ?? '';
      element(id).disabled = rests;
    }
    this._say(notice);
  }

  // Its words, again each second where they count.
  _say(notice) {
    const left = Math.max(0, Math.ceil((notice.endsAt - Date.now()) / 1000));
    const isCounting = typeof notice.says === 'function';
    const { what, why = '', todo = '', address = '' } = isCounting ? notice.says(left) : notice.says;
    for (const [id, text] of Object.entries({ what, why, todo, address })) {
      if (element(`notice-${id}`).textContent !== text) {
        element(`notice-${id}`).textContent = text;
      }
    }
    if (isCounting && left > 0) {
      this._timer = setTimeout(() => this._say(notice), (notice.endsAt - Date.now()) % 1000 + 1);
    }
  }

  _take(notice) {
    if (!notice.rests) {
      element(notice.focus).hidden = false;
      element(notice.focus).focus();
      return;
    }
    this._panel.focus();
    this._timer = setTimeout(() => {
      notice.rests = false;
      element('notice-yes').disabled = false;
      element('notice-no').disabled = false;
      if (document.activeElement === this._panel) {
        element(notice.focus).focus();
      }
    }, REST_MS);
  }

  _onKey(event) {
    if (event.repeat && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
    } else if (event.key === 'Escape' && this._shown.escape !== null && this._shown.asks) {
      event.preventDefault();
      this._answer(this._shown.escape);
    }
  }
}
