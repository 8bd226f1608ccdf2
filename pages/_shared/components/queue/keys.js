// ---- keys ------------------------------------------------------------------------------------
// What each act does; its key is the project's (core/workflows/keymap.py), printed on its button.
const ACTS = {
  agree: ['Agree', (S) => decide(S, 'agree', S.items[S.at]?.leaning)],
  unsure: ['Unclear', (S) => decide(S, 'unsure')],
  skip: ['Skip', (S) => decide(S, 'skip')],
  undo: ['Undo', (S) => undo(S)],
  hard_case: ['Hard case', (S) => add(S, 'hard_case', isHard(S) ? 'off' : 'on')],
  tag: ['Tag', (S) => openEntry(S, 'tag')],
  note: ['Note', (S) => openEntry(S, 'note')],
  find: ['By name', (S) => openEntry(S, 'find')],
  back: ['Back', (S) => browse(S, -1)],
  forward: ['Forward', (S) => browse(S, 1)],
  zoom: ['Zoom', (S) => toggleZoom(S)],
  model: ['Model sees', (S) => toggleModelView(S)],
  card: ['Keys', (S) => S.card()],
};
const ENTRIES = { tag: 'Tag this frame', note: 'Note for this frame' };
const OURS = '.fc-queue';
const NO_KEYS = { acts: {}, letters: {}, is_learnt: false, is_changed: false, is_new: false };
const DEAF_MS = 800;
const NEW_ORDER = 'The classes you give most now have the first keys, and keep them: look at the buttons. '
  + 'The key card puts them otherwise.';

const actsOf = (S) => Object.keys(S.keys.acts).filter((act) => ACTS[act]);
const isHard = (S) => {
  const item = S.items[S.at];
  const waiting = S.outbox.filter((e) => e.action === 'hard_case' && e.content_hash === item?.content_hash);
  return waiting.length ? waiting.at(-1).value === 'on' : Boolean(item?.hard_case);
};

/** The buttons of the classes: those with a key, the frame's own, and a way to all others. */
function classButtons(S, item) {
  const one = (label, place) => keyButton(keyOfClass(S, label, place), label, () => decide(S, 'label', label),
    { pressed: item ? item.label_now === label : undefined, name: `class ${label}` });
  if (S.classes.length <= PLACES.length) return S.classes.map(one);
  const shown = new Set([...S.classes.slice(0, PLACES.length), ...Object.keys(S.keys.letters), item?.label_now]);
  const buttons = S.classes.map((label, place) => (shown.has(label) ? one(label, place) : null)).filter(Boolean);
  const more = S.classes.length - buttons.length;
  if (more) buttons.push(keyButton(S.keys.acts.find?.key ?? '', `${more} more, by name`, () => openEntry(S, 'find'), { name: 'more' }));
  return buttons;
}
const isOn = { hard_case: isHard, zoom: (S) => isZoomed(S), model: (S) => Boolean(S.isModelView) };
const actButtons = (S, item) => actsOf(S).map((act) => {
  const element = keyButton(S.keys.acts[act].key, ACTS[act][0], () => ACTS[act][1](S),
    { pressed: item && isOn[act]?.(S), name: act });
  element.disabled = act === 'agree' && Boolean(item?.is_blind);
  return element;
});

/** What a person should know once, above the reason; Esc takes it away. */
function renderNotice(S, above) {
  let box = above.parentElement.querySelector('.fc-notice');
  if (!box) { box = part('p', '', 'fc-notice'); box.setAttribute('role', 'status'); above.after(box); }
  box.textContent = S.notice;
}

// ---- entries: a tag, a note, a class by its name -----------------------------------------------
function openEntry(S, kind, opener = null) {
  settleEntry(S);
  if (!mayDecide(S)) {
    // The words that follow are meant for the entry: they must not decide in its stead.
    S.deafUntil = performance.now() + DEAF_MS;
    return;
  }
  // For the frame the keys stand at, also while the decision before it is on its way to the disk.
  Object.assign(S, { entry: kind, entryFor: S.items[S.at].content_hash, opener, typed: '', chosen: -1 });
  S.render(); S.focusEntry();
}
/** Take in what stands in an open entry; nothing typed is lost to a click or a key elsewhere. */
function settleEntry(S) {
  const kind = S.entry;
  if (!kind || S.isUnsaved || S.isLoading || S.isWaiting) return;
  const text = (S.typed ?? '').trim(), item = S.items.find((one) => one.content_hash === S.entryFor);
  S.entry = null;
  if (!item || kind === 'find') return;
  if (kind === 'tag' ? !text : text === (item.note ?? '')) return;
  push(S, kind, text, { content_hash: S.entryFor });
}
/** The tags of the frame an entry is for, without those on their way off. */
function tagsOn(S) {
  const item = S.items.find((one) => one.content_hash === S.entryFor);
  const isGoing = (tag) => S.outbox.some((e) => e.action === 'untag' && e.value === tag && e.content_hash === S.entryFor);
  return (item?.tags ?? []).filter((tag) => !isGoing(tag));
}
function takeOff(S, tag) {
  if (tag === undefined || S.isUnsaved || S.isLoading || S.isWaiting) return;
  push(S, 'untag', tag, { content_hash: S.entryFor });
  S.render();
}
const tagButtons = (S) => tagsOn(S).map((tag) => {
  const element = part('button', '', 'fc-tag'), cross = part('kbd', '✕');
  cross.setAttribute('aria-hidden', 'true');
  Object.assign(element, { type: 'button', title: `Take the tag ${tag} off` });
  element.setAttribute('aria-label', element.title);
  element.append(part('span', tag), cross);
  element.onclick = () => { element.closest('form').querySelector('input').focus(); takeOff(S, tag); };
  return element;
});
function closeEntry(S) { S.entry = null; S.focusQueue(); S.render(); }

// ---- one key -------------------------------------------------------------------------------
/** Esc takes one thing away: the entry, the zoom, the message; false if there was none. */
function clear(S) {
  if (S.entry) closeEntry(S);
  else if (isZoomed(S)) zoomTo(S, S.box, 1);
  else if (S.message && !S.isUnsaved || S.notice) { S.message = ''; S.notice = ''; S.render(); }
  else return false;
  return true;
}

function tell(S, message) { S.message = message; S.render(); return true; }

function onDigitRow(S, e, key) {
  if (!learnsLayout(e)) return false;
  S.render();
  // "2" typed with Shift after buttons said ⇧2 is the twelfth: nobody knows which was meant.
  return e.shiftKey && S.classes.length > 10 && tell(S,
    `On this keyboard Shift types the digits, so ${key} names the class beside ${key}; press it again. Others: ${signOf(S.keys.acts.find?.key ?? '')} and the name.`);
}

function run(S, e, key) {
  if (key === NO_NUMLOCK) {
    return tell(S, e.getModifierState?.('NumLock') ? 'The number pad names no class with Shift.' : 'NumLock is off: press it, then the number pad names classes.');
  }
  if (onDigitRow(S, e, key)) return true;
  const label = classOfKey(S, key), act = actOfKey(S, key);
  if (label !== undefined) decide(S, 'label', label);
  else if (act === 'tag' || act === 'note' || act === 'find') openEntry(S, act, e.code);
  else if (act && actsOf(S).includes(act)) ACTS[act][1](S);
  else return key === 'escape' && clear(S);
  return true;
}

function onKey(S, e) {
  if (S.closing?.open) return;  // its own button and Esc
  if (onPictureKey(S, e)) { e.preventDefault(); e.stopPropagation(); return; }
  const swallow = () => { e.preventDefault(); e.stopPropagation(); };
  if (S.isCardOpen?.()) { if (onCardKey(S, e)) swallow(); return; }
  const key = keyOf(e), target = e.composedPath()[0];
  if (isTextField(e)) {
    if (target.closest?.(OURS) && onEntryKey(S, e, key)) swallow();
    return;
  }
  if (!key || isCovered(OURS)) return;
  if (isOfControl(e, key, OURS)) {
    // Enter held on one of our buttons would press it again with every repeat.
    if (e.repeat && target.closest(OURS)) swallow();
    return;
  }
  if (e.repeat) { if (key !== 'tab' && (classOfKey(S, key) !== undefined || actOfKey(S, key))) swallow(); return; }
  if (performance.now() < (S.deafUntil ?? 0) && key !== 'escape') {
    S.deafUntil = performance.now() + DEAF_MS;
    swallow();
  } else if (run(S, e, key)) swallow();
}

/** A key inside an entry of ours; true if it was one of ours. */
function onEntryKey(S, e, key) {
  // The key that opened the entry, still held, is no letter of it.
  if (e.repeat && e.code === S.opener) return true;
  if (!e.repeat) S.opener = null;
  if (key === 'escape') { closeEntry(S); return true; }
  if (S.entry === 'tag' && key === 'backspace' && !S.typed) {
    if (!e.repeat) takeOff(S, tagsOn(S).at(-1));
    return true;
  }
  return S.entry === 'find' && onFindKey(S, e, key);
}
