// SPDX-License-Identifier: GPL-3.0-or-later
// The menu of keys that the browser or the desk around this page keeps for itself. It lies above the
// picture, never in it; a choice presses its keys in the session, releases them, and goes back there.

// [name, its words, keys from the first pressed on]: a key is [X11 keysym, the place on a keyboard].
const CONTROL = [0xffe3, 'ControlLeft'];
const ALT = [0xffe9, 'AltLeft'];
const SHIFT = [0xffe1, 'ShiftLeft'];
const TAB = [0xff09, 'Tab'];
const WINDOWS = [0xffeb, 'MetaLeft'];
const CHOICES = [
  ['Ctrl+T', 'newTab', [CONTROL, [0x74, 'KeyT']]],
  ['Ctrl+W', 'closeTab', [CONTROL, [0x77, 'KeyW']]],
  ['Ctrl+Shift+T', 'reopenTab', [CONTROL, SHIFT, [0x54, 'KeyT']]],
  ['Ctrl+Tab', 'nextTab', [CONTROL, TAB]],
  ['Ctrl+Shift+Tab', 'tabBefore', [CONTROL, SHIFT, TAB]],
  ['Ctrl+N', 'newWindow', [CONTROL, [0x6e, 'KeyN']]],
  ['Ctrl+Shift+N', 'newPrivateWindow', [CONTROL, SHIFT, [0x4e, 'KeyN']]],
  ['Alt+←', 'back', [ALT, [0xff51, 'ArrowLeft']]],
  ['Alt+→', 'forward', [ALT, [0xff53, 'ArrowRight']]],
  ['F5', 'reload', [[0xffc2, 'F5']]],
  ['F11', 'wholePicture', [[0xffc8, 'F11']]],
  ['Esc', 'escape', [[0xff1b, 'Escape']]],
  ['Win', 'windows', [WINDOWS]],
];

// button opens and closes menu; onClose() brings the focus back, before press(keys) or paste().
export default class KeyMenu {
  constructor(button, menu, words, { press, paste, onClose }) {
    this._menu = menu;
    button.textContent = words.keys;
    menu.setAttribute('aria-label', words.keys);
    for (const [name, what, keys] of CHOICES) {
      menu.append(this._makeChoice(name, words.keysFor[what], () => {
        menu.hidePopover();
        onClose();
        press(keys);
      }));
    }
    menu.append(this._makeChoice('Ctrl+Shift+V', words.pasteKeys, () => {
      menu.hidePopover();
      onClose();
      paste();
    }));
    menu.addEventListener('keydown', (event) => this._onKey(event));
    menu.addEventListener('toggle', (event) => {
      const isOpen = event.newState === 'open';
      button.setAttribute('aria-expanded', String(isOpen));
      if (isOpen) {
        menu.firstElementChild.focus();
      } else if (document.activeElement === button || document.activeElement === document.body) {
        onClose();
      }
    });
  }

  _makeChoice(name, what, onChoice) {
    const choice = document.createElement('button');
    const keys = document.createElement('kbd');
    choice.type = 'button';
    choice.tabIndex = -1;
    choice.setAttribute('role', 'menuitem');
    keys.textContent = name;
    choice.append(keys, what);
    choice.addEventListener('click', onChoice);
    return choice;
  }

  // As menus go: the arrows, Home and End move, Tab leaves; Esc is the popover's own.
  _onKey(event) {
    const choices = [...this._menu.children];
    const at = choices.indexOf(document.activeElement);
    const to = {
      ArrowDown: (at + 1) % choices.length, ArrowUp: (at + choices.length - 1) % choices.length,
      Home: 0, End: choices.length - 1,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      choices[to].focus();
    } else if (event.key === 'Tab') {
      event.preventDefault();
      this._menu.hidePopover();
    }
  }
}
