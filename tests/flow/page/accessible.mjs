// SPDX-License-Identifier: GPL-3.0-or-later
// What a page of ours owes to those who use no mouse, a screen reader, or weak eyes.

const NAMED = ['Canvas', 'alertdialog', 'application', 'button', 'link', 'menu', 'menuitem', 'textbox'];
const CONTRAST = 4.5; // WCAG 2.1, 1.4.3
const LICENCES = /^(noVNC|fzstd) \(/;

// Every control has a name in the page's language, and what changes by itself is announced.
async function checkNames(page, language) {
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = await devtools.send('Accessibility.getFullAXTree');
  const seen = nodes.filter(({ ignored }) => !ignored);
  const named = seen.filter(({ role }) => NAMED.includes(role?.value));
  await devtools.detach();
  if (named.length < 3 || !seen.some(({ role }) => role?.value === 'status')) {
    throw new Error(`${named.length} controls, or no live region`);
  }
  for (const { role, name } of named) {
    const text = name?.value ?? '';
    const isOurs = language === 'ja' ? /[\u3040-\u30ff\u4e00-\u9fff]/.test(text)
      : /^[ -~…]+$/.test(text);
    if (!isOurs && !LICENCES.test(text)) {
      throw new Error(`a ${role.value} is named "${text}"`);
    }
  }
}

// In the page: texts whose contrast is too low.
function faintTexts(least) {
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => parts(colour).slice(0, 3).map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return parts(colour)[3] === 0 && element.parentElement !== null
      ? ground(element.parentElement) : colour;
  };
  const faint = [];
  let texts = 0;
  for (const element of document.body.querySelectorAll('*')) {
    const says = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
    if (says && element.checkVisibility() && element.getClientRects().length > 0) {
      const two = [getComputedStyle(element).color, ground(element)].map(luminance);
      const contrast = (Math.max(...two) + 0.05) / (Math.min(...two) + 0.05);
      texts++;
      if (contrast < least) {
        faint.push(`${element.id || element.tagName}: ${contrast.toFixed(2)}`);
      }
    }
  }
  return texts > 0 ? faint : ['no text at all'];
}

async function checkContrast(page) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    const faint = await page.evaluate(faintTexts, CONTRAST);
    if (faint.length > 0) {
      throw new Error(`${colorScheme}: ${faint.join(', ')}`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
}

// Tab reaches the controls of the log-in page one after the other, and each shows it.
async function checkFocus(page) {
  const reached = [];
  await page.focus('#login-user');
  for (let i = 0; i < 3; i++) {
    reached.push(await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2
        ? document.activeElement.id : `no outline: ${document.activeElement.id}`;
    }));
    await page.keyboard.press('Tab');
  }
  if (String(reached) !== 'login-user,login-password,login-go') {
    throw new Error(`Tab reached ${reached}`);
  }
}

// In a session Tab is the session's; a chord leads from it to the buttons, and Esc back.
export async function checkWayOut(page) {
  const focused = () => page.evaluate(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    const isShown = outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2;
    return document.querySelector('#stage').contains(document.activeElement) ? 'picture'
      : isShown ? document.activeElement.id : `no outline: ${document.activeElement.id}`;
  });
  const reached = [];
  for (const key of ['Tab', 'Control+Alt+M', 'Tab', 'Tab', 'Tab', 'Escape', 'Control+Alt+M',
    'Control+Alt+M']) {
    await page.keyboard.press(key);
    reached.push(await focused());
  }
  if (String(reached) !== 'picture,keys,measure,fullscreen,logout,picture,keys,picture') {
    throw new Error(`the keys reached ${reached}`);
  }
}

export default async function checkAccessible(page) {
  await checkNames(page, await page.evaluate(() => document.documentElement.lang));
  await checkContrast(page);
  if (await page.isVisible('#login')) {
    await checkFocus(page);
  }
}
