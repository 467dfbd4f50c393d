// SPDX-License-Identifier: GPL-3.0-or-later
// Hands an address that was agreed on to the tab that has the session, so that a link at work does
// not throw it out.

import { addressOf } from './messages.js';

const ANSWER_MS = 500; // a tab that has the session answers at once

export default class Link {
  // take(address) returns whether this tab has the session, and has opened it there.
  constructor(take) {
    this._channel = new BroadcastChannel('garasu.link');
    this._offers = new Map(); // what to do at the answer, by number
    this._channel.addEventListener('message', ({ data }) => {
      if (data.taken !== undefined) {
        this._offers.get(data.taken)?.();
      } else if (addressOf(data.address) === data.address && take(data.address)) {
        this._channel.postMessage({ taken: data.offer });
      }
    });
  }

  // Returns whether another tab took it.
  offer(address) {
    const number = crypto.randomUUID();
    return new Promise((resolve) => {
      const end = (isTaken) => {
        this._offers.delete(number);
        resolve(isTaken);
      };
      this._offers.set(number, () => end(true));
      setTimeout(() => end(false), ANSWER_MS);
      this._channel.postMessage({ offer: number, address });
    });
  }
}
