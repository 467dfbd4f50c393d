// SPDX-License-Identifier: GPL-3.0-or-later
// noVNC's keyboard, held to what every key and click says of the modifiers: one that went down while
// an input method had the keys, or before this page had the focus, is pressed in the session before
// what comes with it, and one whose release was not seen here is released.

import NoVNCKeyboard from './novnc/core/input/keyboard.js';

const USED = ['_allKeysUp', '_getKeyCode', '_handleKeyDown', '_handleKeyUp',
  '_interruptAltGrSequence', '_sendKeyEvent'];

for (const name of USED) {
  if (typeof NoVNCKeyboard.prototype[name] !== 'function') {
    throw new Error(`noVNC's keyboard has no ${name}`);
  }
}

// What an event has of each modifier, and its keys: [the place on a keyboard, X11 keysym].
const MODIFIERS = [
  ['shiftKey', [['ShiftLeft', 0xffe1], ['ShiftRight', 0xffe2]]],
  ['ctrlKey', [['ControlLeft', 0xffe3], ['ControlRight', 0xffe4]]],
  ['altKey', [['AltLeft', 0xffe9], ['AltRight', 0xffea]]],
  ['metaKey', [['MetaLeft', 0xffeb], ['MetaRight', 0xffec]]],
];
const NAMES = ['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'OS'];

// These switch the desk's input method, and the session has none. By its place such a key may be one
// that writes there.
const METHOD_SWITCHES = ['Hankaku', 'Zenkaku', 'ZenkakuHankaku', 'KanjiMode'];

// What a key of the keypad is without digits: that step's own key, so that the session's Num Lock
// never matters to it.
const STEPS = ['Insert', 'Delete', 'Home', 'End', 'PageUp', 'PageDown', 'ArrowUp', 'ArrowDown',
  'ArrowLeft', 'ArrowRight'];

// The event as if it came from another place, where noVNC looks for one.
function fromPlace(event, code) {
  return new Proxy(event, {
    get: (target, name) => {
      const value = { code, location: KeyboardEvent.DOM_KEY_LOCATION_STANDARD }[name] ?? target[name];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

export const isModifier = (event) => NAMES.includes(event.key);
export const isMethodSwitch = (event) => METHOD_SWITCHES.includes(event.key);

// Caps Lock is the desk's own too: noVNC presses it in the session, by its keysym, before a key that
// comes with the other state. macOS tells by its release that it was switched off.
const isCapsLock = (event) => event.code === 'CapsLock';

export default class Keyboard extends NoVNCKeyboard {
  _steps = {}; // held: the step by its place on the keypad
  _taps = false;

  // Each key but a modifier is pressed and released at once, as often as the desk repeats it: where
  // something is written, a slow line can neither repeat a key nor hold it.
  set taps(taps) {
    this._taps = taps;
    if (taps) {
      this._release((place) => !MODIFIERS.some(([, keys]) => keys.some(([of]) => of === place)));
    }
  }

  // Before a key, a click or the wheel: the session holds the modifiers that it came with.
  agree(event) {
    this._interruptAltGrSequence();
    for (const [flag, keys] of MODIFIERS) {
      if (!event[flag]) {
        this._releaseOf(event, flag, keys);
      } else if (!keys.some(([place]) => place in this._keyDownList)) {
        const [place, keysym] = keys[0];
        this._sendKeyEvent(keysym, place, true);
      }
    }
  }

  // AltGr has written its character here; in the session it is Alt.
  dropAltGr() {
    this._sendKeyEvent(this._keyDownList.AltRight, 'AltRight', false);
  }

  releaseAll() {
    this._allKeysUp();
  }

  _allKeysUp() {
    this._steps = {};
    super._allKeysUp();
  }

  _release(isMeant) {
    for (const place of Object.keys(this._keyDownList).filter(isMeant)) {
      this._sendKeyEvent(this._keyDownList[place], place, false);
    }
  }

  _releaseOf(event, flag, keys) {
    if (flag === 'altKey' && event.getModifierState('AltGraph')) {
      return; // it holds the right one
    }
    for (const [place] of keys) {
      this._sendKeyEvent(this._keyDownList[place], place, false);
    }
  }

  _handleKeyDown(event) {
    if (isMethodSwitch(event) || isCapsLock(event)) {
      event.preventDefault();
      return;
    }
    if (!isModifier(event)) {
      this.agree(event);
    }
    const isStep = event.location === KeyboardEvent.DOM_KEY_LOCATION_NUMPAD && STEPS.includes(event.key);
    const before = this._steps[event.code];
    if (before !== undefined && !(isStep && before === event.key)) {
      this._sendKeyEvent(this._keyDownList[before], before, false);
      delete this._steps[event.code];
    }
    if (isStep) {
      this._steps[event.code] = event.key;
    }
    this._press(isStep ? fromPlace(event, event.key) : event);
  }

  _press(event) {
    super._handleKeyDown(event);
    if (this._taps && !isModifier(event)) {
      const place = this._getKeyCode(event);
      this._sendKeyEvent(this._keyDownList[place], place, false);
    }
  }

  // The key that was pressed in a modifier's name may have been its other one.
  _handleKeyUp(event) {
    if (isCapsLock(event)) {
      event.preventDefault();
      return;
    }
    const step = this._steps[event.code];
    delete this._steps[event.code];
    super._handleKeyUp(step === undefined ? event : fromPlace(event, step));
    for (const [flag, keys] of MODIFIERS) {
      if (keys.some(([place]) => place === event.code) && !event[flag]) {
        this._releaseOf(event, flag, keys);
      }
    }
  }
}
