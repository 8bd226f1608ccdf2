// ---- a class by its name -----------------------------------------------------------------------
const MOST_FOUND = 8;
const FOLDED = { ß: 'ss', ø: 'o', ł: 'l', æ: 'ae', œ: 'oe', đ: 'd', ð: 'd', þ: 'th', ı: 'i' };
const foldedNames = new WeakMap();

/** Text without case and accents, so that "ecrou" finds "Écrou". */
const folded = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  .replace(/[ßøłæœđðþı]/g, (letter) => FOLDED[letter]);

/** How well a name fits, 0 best; undefined if a typed word is not in it. */
function matchOf(name, typed, words) {
  if (!words.every((word) => name.includes(word))) return undefined;
  if (name === typed) return 0;
  if (name.startsWith(typed)) return 1;
  const parts = name.split(/[\s_\-./()]+/);
  return words.every((word) => parts.some((part) => part.startsWith(word))) ? 2 : 3;
}

/** The classes whose names hold every typed word, best first, then in the order of their keys. */
function classesLike(classes, text) {
  const typed = folded(text).trim();
  if (!typed) return classes;
  if (!foldedNames.has(classes)) foldedNames.set(classes, classes.map(folded));
  const names = foldedNames.get(classes), exact = text.trim().toLowerCase();
  const words = typed.split(/[\s_]+/);
  return classes.map((label, place) => ({ label, place, fit: matchOf(names[place], typed, words) }))
    .filter((one) => one.fit !== undefined)
    .map((one) => ({ ...one, fit: one.fit + (one.label.toLowerCase().includes(exact) ? 0 : 0.5) }))
    .sort((a, b) => a.fit - b.fit || a.place - b.place)
    .map((one) => one.label);
}

function onFindKey(S, e, key) {
  const found = classesLike(S.classes, S.typed).slice(0, MOST_FOUND);
  if (key === 'arrowdown' || key === 'arrowup') {
    const step = key === 'arrowdown' ? 1 : -1;
    S.chosen = Math.min(Math.max(S.chosen + step, 0), found.length - 1);
    S.render();
    return true;
  }
  if (key !== 'enter') return false;
  if (!e.repeat && found[S.chosen] !== undefined) take(S, found[S.chosen]);
  return true;
}

function take(S, label) {
  const isSameFrame = S.items[S.at]?.content_hash === S.entryFor;
  closeEntry(S);
  if (isSameFrame) decide(S, 'label', label);
}

/** The field and the list in the place of the class buttons; made once, filled with every letter. */
function renderFind(S, root) {
  const classes = root.querySelector('.fc-classes');
  let box = root.querySelector('.fc-find');
  if (!box) {
    box = document.createElement('div');
    box.className = 'fc-find';
    const name = document.createElement('label'), words = document.createElement('span'), field = document.createElement('input');
    words.textContent = 'Which class is it?';
    Object.assign(field, { type: 'text', autocomplete: 'off', spellcheck: false, id: 'fc-find-field' });
    for (const [key, value] of Object.entries({ role: 'combobox', 'aria-controls': 'fc-find-list', 'aria-autocomplete': 'list', 'aria-expanded': 'true' })) field.setAttribute(key, value);
    name.append(words, field);
    const list = document.createElement('ul');
    list.id = 'fc-find-list'; list.setAttribute('role', 'listbox'); list.setAttribute('aria-label', 'Classes');
    const more = document.createElement('p');
    more.className = 'fc-find-more'; more.setAttribute('role', 'status');
    box.append(name, list, more);
    classes.after(box);
  }
  const isOpen = S.entry === 'find', field = box.querySelector('input');
  box.hidden = !isOpen; classes.hidden = isOpen;
  if (!isOpen) return;
  // A letter is in the list at once; nothing typed chooses nothing, so that Enter decides nothing.
  field.oninput = () => { S.typed = field.value; S.chosen = S.typed.trim() ? 0 : -1; S.render(); };
  const found = classesLike(S.classes, S.typed), shown = found.slice(0, MOST_FOUND);
  box.querySelector('ul').replaceChildren(...shown.map((label, place) => {
    const row = document.createElement('li'), words = document.createElement('span'), cap = document.createElement('kbd');
    row.id = `fc-find-${place}`; row.setAttribute('role', 'option');
    row.setAttribute('aria-selected', String(place === S.chosen));
    words.textContent = label; words.title = label;
    cap.textContent = signOf(keyOfClass(S, label)); cap.hidden = !cap.textContent;
    row.append(words, cap);
    row.onpointerdown = (e) => e.preventDefault();  // the field keeps the focus
    row.onclick = () => take(S, label);
    return row;
  }));
  if (S.chosen >= 0 && shown.length) field.setAttribute('aria-activedescendant', `fc-find-${S.chosen}`);
  else field.removeAttribute('aria-activedescendant');
  const more = found.length - shown.length;
  box.querySelector('.fc-find-more').textContent = !found.length ? 'No class is called so.'
    : `${more > 0 ? `and ${more.toLocaleString('en')} more. ` : ''}Enter saves, ↑ ↓ choose, Esc leaves.`;
}
