// SPDX-License-Identifier: GPL-3.0-or-later
// Paste: from this desk into the session, as typed text, where policy allows it.

import { words } from './words.js';

const element = (id) => document.getElementById(id);

export default class Paste {
  // clientNow() is the session's client or null; mention(text) says what was done.
  constructor(notices, { clientNow, mention }) {
    this._notices = notices;
    this._clientNow = clientNow;
    this._mention = mention;
    const field = element('notice-paste');
    field.setAttribute('aria-label', words.pasteTitle);
    field.addEventListener('paste', (event) => {
      event.preventDefault();
      notices.drop('paste');
      this.take(event.clipboardData.getData('text/plain'));
    });
    field.addEventListener('input', () => { field.value = ''; });
  }

  take(text) {
    const client = this._clientNow();
    if (client === null) {
      return;
    }
    const refuse = (what, why = '') => this._notices.tell({ what, why }, { key: 'pasted' });
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
        this._mention(words.pasted(length));
      }
    }
  }

  // The clipboard is only read by the browser's own paste, which this field takes.
  ask() {
    const client = this._clientNow();
    if (client === null || client.pasteMost === 0 || !client.hasField) {
      this.take('');
      return;
    }
    this._notices.ask({ what: words.pasteTitle, why: words.pasteWhy(client.pasteMost) },
      [words.cancel, () => {}], null,
      { key: 'paste', rests: false, focus: 'notice-paste', escape: 'yes' });
  }
}
