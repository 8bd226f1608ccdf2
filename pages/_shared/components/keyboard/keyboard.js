// ---- what a key means ------------------------------------------------------------------------
// Shared by the queue and label doubts. Names of keys are those of core/workflows/keymap.py.
//
// A letter counts by its sign (Dvorak, AZERTY), and by its place where the sign is of another
// script (Cyrillic, Greek, Arabic ...). A digit counts by its sign (numeric pads, AZERTY with
// Shift), and by its place where the digit row types something else (AZERTY without Shift).
const KEYBOARD = { shiftTypesDigits: false };  // AZERTY and its like: Shift cannot mean "next ten"
const NAMED_KEYS = new Set(['backspace', 'delete', 'insert', 'home', 'end', 'pageup', 'pagedown',
  'arrowleft', 'arrowright', 'arrowup', 'arrowdown', 'escape', 'enter', 'tab']);
const NO_NUMLOCK = 'numlock';
const OTHER_LAYOUT = 'layout';

navigator.keyboard?.getLayoutMap?.().then((layout) => {
  const sign = layout.get('Digit2');
  KEYBOARD.shiftTypesDigits = sign !== undefined && !/^\p{Nd}$/u.test(sign);
}, () => { /* the first digit tells */ });

/** Learn from a key of the digit row whether Shift types the digits; true if that is news. */
function learnsLayout(e) {
  if (!/^Digit\d$/.test(e.code) || e.getModifierState?.('CapsLock')) return false;
  const isDigit = /^\p{Nd}$/u.test(e.key);
  const shiftTypesDigits = isDigit === Boolean(e.shiftKey);
  const isNews = shiftTypesDigits !== KEYBOARD.shiftTypesDigits;
  KEYBOARD.shiftTypesDigits = shiftTypesDigits;
  return isNews;
}

function digitOf(e) {
  const place = /^Digit(\d)$/.exec(e.code)?.[1];
  if (/^[0-9]$/.test(e.key)) return e.key;
  if (place === undefined) return '';
  return (e.shiftKey && !KEYBOARD.shiftTypesDigits ? 'shift+' : '') + place;
}

/**
 * The key's name: "a", "3", "shift+3", "space", "arrowleft" ...; "" where it means nothing to us:
 * while letters are composed, with Ctrl, Alt or the command key, and for signs.
 */
function keyOf(e) {
  if (e.isComposing || e.keyCode === 229 || e.ctrlKey || e.metaKey || e.altKey) return '';
  if (e.getModifierState?.('AltGraph')) return '';
  // The pad without NumLock sends arrows and the like: whoever presses it means digits or moves,
  // nobody knows which, so it does neither.
  if (/^Numpad\d$/.test(e.code) && !/^[0-9]$/.test(e.key)) return NO_NUMLOCK;
  if (e.key === ' ') return 'space';
  const digit = digitOf(e);
  if (digit) return digit;
  if (/^[a-z]$/i.test(e.key)) return e.key.toLowerCase();
  const isOtherScript = /^[^\x00-\x7f]{1,3}$/.test(e.key) && /\p{L}/u.test(e.key);
  if (isOtherScript) return /^Key([A-Z])$/.exec(e.code)?.[1].toLowerCase() ?? '';
  const name = (e.key ?? '').toLowerCase();
  return NAMED_KEYS.has(name) ? name : '';
}

// ---- whose key it is -------------------------------------------------------------------------
const NO_TEXT = new Set(['checkbox', 'radio', 'button', 'submit', 'reset', 'image', 'file', 'color', 'range']);
const CONTROLS = 'button, a[href], summary, input, [role=button], [role=radio], [role=checkbox], [role=switch], '
  + '[role=option], [role=tab], [role=slider], [role=menuitem]';
const OVERLAYS = '[role=dialog], [role=alertdialog], dialog[open], [role=listbox], [role=menu], [aria-modal=true], '
  + '[data-testid=stPopoverBody]';

const isTextField = (e) => {
  const target = e.composedPath()[0];
  if (!target?.matches) return false;
  if (target.isContentEditable) return true;
  if (target.matches('input')) return !NO_TEXT.has(target.type);
  return target.matches('textarea, select, [role=textbox], [role=combobox], [role=searchbox], [role=spinbutton]');
};

/** Whether the control that has the focus uses this key itself; arrows on our own buttons are free. */
function isOfControl(e, key, ours) {
  const control = e.composedPath()[0]?.closest?.(CONTROLS);
  if (!control) return false;
  if (key === 'space' || key === 'enter') return true;
  if (control.closest(ours) || control.matches('a, summary, button:not([role])')) return false;
  return /^(arrow|page|home|end)/.test(key);
}

/** Whether something lies over the page: a dialog, an open list, a menu; ours do not count. */
const isCovered = (ours) => [...document.querySelectorAll(OVERLAYS)]
  .some((one) => !one.closest(ours) && one.checkVisibility());

// ---- how it is printed -----------------------------------------------------------------------
const SIGNS = {
  space: 'Space', backspace: '⌫', delete: 'Del', insert: 'Ins', home: 'Home', end: 'End', pageup: 'PgUp',
  pagedown: 'PgDn', arrowleft: '←', arrowright: '→', arrowup: '↑', arrowdown: '↓',
};
const signOf = (key) => SIGNS[key] ?? key.replace('shift+', '⇧').toUpperCase();
const ARIA_NAMES = {
  space: 'Space', backspace: 'Backspace', delete: 'Delete', insert: 'Insert', home: 'Home', end: 'End',
  pageup: 'PageUp', pagedown: 'PageDown', arrowleft: 'ArrowLeft', arrowright: 'ArrowRight',
  arrowup: 'ArrowUp', arrowdown: 'ArrowDown',
};
/** As aria-keyshortcuts writes it. */
const ariaKeyOf = (key) => ARIA_NAMES[key] ?? key.replace('shift+', 'Shift+').replace(/^[a-z]$/, (letter) => letter.toUpperCase());

// ---- the project's keys ----------------------------------------------------------------------
const PLACES = ['', 'shift+'].flatMap((shift) => [...'1234567890'].map((digit) => shift + digit));

/** The key of a class, or "" if it has none: its letter, or the digit of its place. */
function keyOfClass(S, label, place = S.classes.indexOf(label)) {
  const key = S.keys.letters[label] ?? PLACES[place] ?? '';
  return KEYBOARD.shiftTypesDigits && key.startsWith('shift+') ? '' : key;
}
/** The class a key names, or undefined. */
function classOfKey(S, key) {
  const place = PLACES.indexOf(key);
  const label = place < 0 ? S.classes.find((one) => S.keys.letters[one] === key) : S.classes[place];
  return label !== undefined && keyOfClass(S, label) === key ? label : undefined;
}
/** The act a key does, or undefined. */
const actOfKey = (S, key) => Object.keys(S.keys.acts).find((act) => S.keys.acts[act].key === key);

/** A button with its key printed on it. A click by hand leaves the focus, one by key keeps it. */
function keyButton(key, text, onclick, { pressed, name } = {}) {
  const element = document.createElement('button');
  element.type = 'button';
  element.dataset.name = name ?? text;
  const cap = document.createElement('kbd'); cap.textContent = signOf(key);
  const words = document.createElement('span'); words.textContent = text; words.title = text;
  if (key) element.setAttribute('aria-keyshortcuts', ariaKeyOf(key)); else cap.hidden = true;
  element.append(cap, words);
  element.onclick = (e) => { if (e.detail) e.currentTarget.blur(); onclick(); };
  if (pressed !== undefined) element.setAttribute('aria-pressed', String(pressed));
  return element;
}

/** Exchange a group's buttons; whichever had the focus has it again. */
function exchange(group, buttons) {
  const held = group.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  group.replaceChildren(...buttons);
  if (held !== null) buttons.find((one) => one.dataset.name === held)?.focus({ preventScroll: true });
}
