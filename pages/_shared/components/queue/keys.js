// ---- keys ------------------------------------------------------------------------------------
function classOfKey(S, e) {
  // A digit by its sign first (numeric pads, layouts whose digits need Shift), then by its place.
  const place = /^Digit(\d)$/.exec(e.code)?.[1];
  const digit = /^\d$/.test(e.key) ? e.key : place;
  if (digit === undefined) return undefined;
  const isSecondTen = e.shiftKey && !/^\d$/.test(e.key);
  return S.classes[(digit === '0' ? 9 : Number(digit) - 1) + (isSecondTen ? 10 : 0)];
}
const VIEWS = { zoom: (S) => toggleZoom(S), model: (S) => toggleModelView(S) };  // decide nothing
const KEYS = {
  a: ['Agree', (S) => decide(S, 'agree', S.items[S.at]?.leaning)],
  x: ['Unsure', (S) => decide(S, 'unsure')],
  ' ': ['Skip', (S) => decide(S, 'skip')],
  backspace: ['Undo', undo],
  f: ['Hard case', (S) => add(S, 'hard_case', isHard(S) ? 'off' : 'on')],
  t: ['Tag', (S) => openEntry(S, 'tag')],
  n: ['Note', (S) => openEntry(S, 'note')],
  arrowleft: ['Back', (S) => browse(S, -1)],
  arrowright: ['Forward', (S) => browse(S, 1)],
  z: ['Zoom', VIEWS.zoom],
  b: ['Model sees', VIEWS.model],
  h: ['Keys', (S) => S.card()],
};
const NAMES = { ' ': 'Space', backspace: '⌫', arrowleft: '←', arrowright: '→' };
const nameOf = (key) => NAMES[key] ?? key.toUpperCase();
const isHard = (S) => {
  const item = S.items[S.at];
  const waiting = S.outbox.filter((e) => e.action === 'hard_case' && e.content_hash === item?.content_hash);
  return waiting.length ? waiting.at(-1).value === 'on' : Boolean(item?.hard_case);
};
function openEntry(S, kind) {
  if (!mayDecide(S) || S.outbox.length) return;
  S.entry = kind; S.render(); S.focusEntry();
}

function onKey(S, e) {
  if (onPictureKey(S, e)) { e.preventDefault(); e.stopPropagation(); return; }
  if (e.repeat || e.ctrlKey || e.metaKey || e.altKey) return;
  const target = e.composedPath()[0];
  if (target.matches?.('input, textarea, select, [contenteditable=true]')) {
    if (e.key === 'Escape' && S.entry) { S.entry = null; S.render(); }
    return;
  }
  if (document.querySelector('dialog.fc-card[open]')) { if (e.key.toLowerCase() === 'h') S.card(); return; }
  if (document.querySelector('[role=dialog], [data-baseweb=popover] [role=listbox]')) return;
  const label = classOfKey(S, e);
  const action = KEYS[e.key.toLowerCase()];
  // Space and Enter on a focused button belong to that button.
  if (e.key === ' ' && target.matches?.('button, a, summary, [role=button], [role=radio], [role=option]') && !target.closest('.fc-queue')) return;
  if (label !== undefined) decide(S, 'label', label);
  else if (action) action[1](S);
  else return;
  e.preventDefault(); e.stopPropagation();
}

