// SPDX-License-Identifier: GPL-3.0-or-later
// Where one types. The local input method writes into a field of ours at the session's caret, and
// what it commits crosses as text. A key that writes one ASCII character crosses as that character's
// key, every other key as itself. Where the session has no text field, keys are keys alone.

import { isMethodSwitch, isModifier } from './keyboard.js';
import { words } from './words.js';

const KEYS = 'keys';
const TEXT = 'text';
const HIDDEN = 'hidden';
// Of an input event, what a hand or an input method typed. A password manager's filling is none.
const TYPED = ['insertText', 'insertCompositionText', 'insertFromComposition'];
const REST_MS = 150; // a page that redraws a field takes the focus away and gives it back

function makeField(kind, id) {
  const field = document.createElement(kind);
  field.id = id;
  field.autocomplete = 'off';
  field.spellcheck = false;
  field.setAttribute('autocapitalize', 'none');
  field.setAttribute('aria-label', words.field);
  field.setAttribute('writingsuggestions', 'false');
  field.tabIndex = -1;
  return field;
}

export default class Typing {
  // port: text(string), preedit(string), character(keysym), focus(boolean), paste(string),
  // modifiers(event): those of a key that is sent as a character, dropAltGr(), taps(boolean): keys are
  // not held
  constructor(screen, canvas, port) {
    this._screen = screen;
    this._canvas = canvas;
    this._port = port;
    this._mode = KEYS;
    this._wanted = KEYS; // what the session says; the mode follows
    this._rest = null; // a timer, while it waits for that
    this._composes = false;
    this._committed = null; // what was sent last, until the next key
    this._caretX = 0; // in the page's pixels
    this.hasFocus = false;
    this.forwards = false; // what is composed shows in the session's field, not in ours
    this._place = () => {}; // puts our fields where the session's caret is
    this.takesPaste = false; // Ctrl+Shift+V is this page's, not the session's
    this._field = makeField('textarea', 'typing');
    this._field.rows = 1;
    this._hiddenField = makeField('input', 'typing-hidden');
    this._hiddenField.type = 'password'; // no input method, and no word in its dictionary
    this._hiddenField.autocomplete = 'one-time-code'; // nothing that a password manager knows or keeps
    screen.append(this._field); // the other is there only while it is needed

    for (const field of [this._field, this._hiddenField]) {
      field.addEventListener('keydown', (event) => this._onKey(event));
      field.addEventListener('input', (event) => this._onInput(event));
    }
    this._field.addEventListener('compositionstart', () => {
      this._committed = null;
      this._compose(true);
    });
    this._field.addEventListener('compositionupdate', (event) => {
      this._fit();
      if (this.forwards && this._mode === TEXT) {
        port.preedit(event.data);
      }
    });
    this._field.addEventListener('compositionend', (event) => this._onCommit(event));
    screen.addEventListener('paste', (event) => {
      event.preventDefault();
      port.paste(event.clipboardData.getData('text/plain'));
    });
    screen.addEventListener('pointerdown', () => this._settle(), { capture: true });
    for (const name of ['drop', 'dragover', 'copy', 'cut', 'contextmenu']) {
      screen.addEventListener(name, (event) => event.preventDefault());
    }
    this._onFocus = () => this._setFocus(true);
    this._onBlur = (event) => {
      if (!screen.contains(event.relatedTarget)) {
        this._setFocus(false);
      }
    };
    screen.addEventListener('focusin', this._onFocus);
    screen.addEventListener('focusout', this._onBlur);
  }

  get hasField() {
    return this._mode !== KEYS;
  }

  close() {
    clearTimeout(this._rest);
    this._screen.removeEventListener('focusin', this._onFocus);
    this._screen.removeEventListener('focusout', this._onBlur);
    this._field.remove();
    this._hiddenField.remove();
  }

  focus() {
    const target = { [KEYS]: this._canvas, [TEXT]: this._field, [HIDDEN]: this._hiddenField };
    target[this._mode].focus({ preventScroll: true });
  }

  // What is composed is committed where it stands, before a click goes elsewhere.
  _settle() {
    if (this._composes) {
      this._field.blur();
      this.focus();
    }
  }

  // The session's caret in its own pixels; ratio is how many of them one of the page's is.
  setCaret(caret, ratio, hasField, isHidden) {
    if (hasField) {
      this._stand(caret, ratio);
    }
    this._wanted = !hasField ? KEYS : isHidden ? HIDDEN : TEXT;
    this._follow();
  }

  _stand(caret, ratio) {
    const height = Math.max(caret.height / ratio, 12);
    this._place = () => {
      this._caretX = caret.x / ratio;
      for (const field of [this._field, this._hiddenField]) {
        field.style.left = `${this._caretX}px`;
        field.style.top = `${caret.y / ratio}px`;
        field.style.height = `${height}px`;
        field.style.lineHeight = `${height}px`;
        field.style.fontSize = `${Math.round(height * 0.8)}px`;
      }
    };
    if (!this._composes) {
      this._place();
    } else if (!this.forwards) { // else the session's caret goes on before what is composed
      this._place();
      this._fit();
    }
  }

  // A field that goes away may be back at once.
  _follow() {
    if (this._mode === TEXT && this._wanted === KEYS) {
      this._rest ??= setTimeout(() => this._leave(), REST_MS);
      return;
    }
    clearTimeout(this._rest);
    this._rest = null;
    this._setMode(this._wanted);
  }

  // Not in the middle of what is composed: moving the focus would commit it.
  _leave() {
    this._rest = null;
    if (!this._composes) {
      this._setMode(this._wanted);
    }
  }

  _setMode(mode) {
    if (mode !== this._mode) {
      const wasHere = this._screen.contains(document.activeElement);
      this._mode = mode;
      this._port.taps(mode !== KEYS);
      if (mode === HIDDEN) {
        this._screen.append(this._hiddenField);
      }
      if (wasHere) {
        this.focus();
      }
      if (mode !== HIDDEN) {
        this._hiddenField.remove();
      }
    }
  }

  _setFocus(hasFocus) {
    if (hasFocus !== this.hasFocus) {
      this.hasFocus = hasFocus;
      this._port.focus(hasFocus);
    }
  }

  // Keys that write something are left to the field: their text comes as input. A modifier is held in
  // the session while it is held here, whatever else the key means to an input method.
  _onKey(event) {
    const isAltGr = event.getModifierState('AltGraph');
    const isShortcut = (event.ctrlKey || event.altKey || event.metaKey) && !isAltGr;
    const writes = ([...event.key].length === 1 && !isShortcut) || event.key === 'Dead';
    const isInputMethods = event.isComposing || event.key === 'Process' || event.keyCode === 229;
    const isPaste = this.takesPaste && event.ctrlKey && event.shiftKey && event.code === 'KeyV';
    this._committed = null;
    if (isModifier(event)) {
      return;
    }
    if (writes && !isInputMethods) {
      this._port.modifiers(event);
      if (isAltGr) {
        this._port.dropAltGr();
      }
    }
    if (writes || isInputMethods || isPaste || isMethodSwitch(event)) {
      event.stopPropagation();
    }
  }

  // One ASCII character is its key; more of it, and all else, is a text that stays in one piece.
  _onInput(event) {
    if (event.isComposing || this._composes) {
      this._fit();
      return;
    }
    const text = event.target.value;
    event.target.value = '';
    if (event.target !== document.activeElement || !TYPED.includes(event.inputType)) {
      return;
    }
    if (text === this._committed && event.inputType.includes('Composition')) {
      this._committed = null; // told once more, behind its commit
    } else if (/^[\x20-\x7e]$/.test(text)) {
      this._port.character(text.codePointAt(0));
    } else if (text !== '') {
      this._port.text(text);
    }
  }

  // What is composed when a field for passwords takes the focus is nobody's.
  _onCommit(event) {
    this._compose(false);
    this._field.value = '';
    if (event.data !== '' && this._mode === TEXT) {
      this._committed = event.data;
      this._port.text(event.data); // in the place of what was composed
    } else if (this.forwards) {
      this._port.preedit('');
    }
    this._follow();
  }

  _compose(isOn) {
    this._composes = isOn;
    this._field.classList.toggle('composes', isOn && !this.forwards);
    this._field.style.width = '';
    if (isOn) {
      this._fit();
    } else {
      this._place();
    }
  }

  // What is being composed is shown whole, and within the picture: at its right edge it begins
  // before the caret.
  _fit() {
    const field = this._field;
    const room = this._screen.clientWidth;
    field.style.width = '0';
    const width = Math.min(field.scrollWidth + 2, room);
    field.style.width = `${width}px`;
    field.style.left = `${Math.max(0, Math.min(this._caretX, room - width))}px`;
  }
}
