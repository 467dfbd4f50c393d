// SPDX-License-Identifier: GPL-3.0-or-later
// The strip above the picture: whose words stand below it, how the connection is, and its buttons.

import { words } from './words.js';

const MENTION_MS = 10000;

const element = (id) => document.getElementById(id);

// Green ("on"): all below it is the session's. Blue ("asks"): the page says or asks something there.
export default class Strip {
  // clientNow() is the session's client or null.
  constructor(clientNow) {
    this._clientNow = clientNow;
    this._state = 'off';
    this._asks = false;
    this._mentioned = 0;
    this._before = { pictures: 0, bytes: 0 };
    element('fullscreen').addEventListener('click', () => this._toggleFullscreen());
    element('measure').addEventListener('click', () => this._toggleFigures());
    document.addEventListener('fullscreenchange', () => {
      element('fullscreen').textContent =
        document.fullscreenElement !== null ? words.leaveFullscreen : words.fullscreen;
      this._clientNow()?.focus();
    });
    element('strip').addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) {
        this._clientNow()?.focus();
      }
    });
    setInterval(() => this._measure(), 1000);
  }

  show(state, text, user = '') {
    clearTimeout(this._mentioned);
    this._state = state;
    element('status').textContent = text;
    element('user').textContent = user;
    this._dress();
  }

  // Says it for a while in the place of "connected".
  mention(text) {
    clearTimeout(this._mentioned);
    element('status').textContent = text;
    this._mentioned = setTimeout(() => {
      element('status').textContent = words.connected;
    }, MENTION_MS);
  }

  set asks(asks) {
    this._asks = asks;
    this._dress();
  }

  set hasTools(hasTools) {
    element('tools').hidden = !hasTools;
    if (!hasTools) {
      element('figures').hidden = true;
    }
  }

  // Between the picture and the first of the buttons. Returns whether there are any.
  reach() {
    if (element('tools').hidden) {
      return false;
    }
    if (element('strip').contains(document.activeElement)) {
      this._clientNow()?.focus();
    } else {
      element('keys').focus();
    }
    return true;
  }

  _dress() {
    element('strip').dataset.state = this._asks && this._state === 'on' ? 'asks' : this._state;
  }

  _toggleFullscreen() {
    if (document.fullscreenElement !== null) {
      document.exitFullscreen();
    } else {
      // What the browser keeps for itself elsewhere goes to the session here, without asking for it; Esc
      // is then held to leave. The desk's own keys (Alt+Tab) stay the desk's.
      document.documentElement.requestFullscreen({ navigationUI: 'hide' })
        .then(() => navigator.keyboard?.lock?.(['Escape']))
        .catch(() => {});
    }
  }

  _toggleFigures() {
    const client = this._clientNow();
    element('figures').hidden = !element('figures').hidden;
    element('figures').textContent = '';
    this._before = client === null ? this._before : { ...client.figures };
    client?.measure();
    client?.focus();
  }

  _measure() {
    const client = this._clientNow();
    if (client !== null && !element('figures').hidden) {
      const { pictures, bytes, delay } = client.figures;
      const fresh = pictures < this._before.pictures ? { pictures: 0, bytes: 0 } : this._before;
      element('figures').textContent = words.figures(delay === null ? '–' : Math.round(delay),
        pictures - fresh.pictures, Math.round((bytes - fresh.bytes) / 1000));
      this._before = { pictures, bytes };
      client.measure();
    }
  }
}
