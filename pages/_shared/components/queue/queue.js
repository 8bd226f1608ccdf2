// Rules this file keeps:
// 1. A key makes an event for the frame at the logical position `S.at`, at once and in press order.
// 2. Events wait in `S.outbox` (and in localStorage) and are sent one by one, in order.
// 3. A picture is painted only after every decision before it was committed and answered.
// 4. A refused or unanswered event stops the queue until it is settled; nothing is decided unseen.
const queues = globalThis.__fieldcheckQueues ??= new Map();  // outlives an unmount of the component
const DECIDES = new Set(['label', 'agree', 'unsure', 'skip']);
const WORDS = { label: 'Labelled', agree: 'Agreed:', unsure: 'Marked wrong but unsure', skip: 'Skipped' };
const OUTBOX = 'fieldcheck.outbox.';
const AHEAD = 3;
const MOST_CLASSES = 20;

const newQueue = (data) => ({
  client: crypto.randomUUID(), sequence: 0, token: data.token, project: data.project,
  items: [], classes: [], history: [], at: 0, shown: -1, outbox: [], pictures: new Map(),
  decided: 0, total: 0, coming: 0, isSending: false, isUnsaved: false, isLoading: true, isWaiting: false,
  message: '', entry: null, started: null, render: () => {},
});

// ---- what waits in the browser -------------------------------------------------------------
const boxName = (S) => `${OUTBOX}${S.project}.${S.client}`;
const keepOutbox = (S) => {
  try {
    if (S.outbox.length) localStorage.setItem(boxName(S), JSON.stringify(S.outbox));
    else localStorage.removeItem(boxName(S));
  } catch { /* private mode: the outbox in memory still holds it */ }
};
const orphans = (S) => {
  // Decisions a closed or crashed tab could not send. Sending one twice changes nothing.
  const found = [];
  for (let k = 0; k < localStorage.length; k += 1) {
    const name = localStorage.key(k);
    if (name.startsWith(`${OUTBOX}${S.project}.`) && name !== boxName(S)) found.push(name);
  }
  return found;
};

// ---- talking to the server -----------------------------------------------------------------
const post = (S, event) => fetch(`/api/queue/${S.token}/events`, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(event),
});
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function sendOrphans(S) {
  for (const name of orphans(S)) {
    let events = [];
    try { events = JSON.parse(localStorage.getItem(name) ?? '[]'); } catch { /* not ours */ }
    while (events.length) {
      const reply = await post(S, events[0]);
      if (!reply.ok && reply.status !== 400) return;
      events.shift();
      if (events.length) localStorage.setItem(name, JSON.stringify(events));
      else localStorage.removeItem(name);
    }
  }
}

async function send(S) {
  if (S.isSending) return;
  S.isSending = true;
  let wait = 250;
  while (S.outbox.length) {
    const event = S.outbox[0];
    let reply = null, answer = {};
    try { reply = await post(S, event); answer = await reply.json(); } catch { /* not reached */ }
    if (reply?.ok) {
      S.outbox.shift(); keepOutbox(S);
      S.isUnsaved = false; S.message = ''; wait = 250;
      committed(S, event, answer);
    } else if (reply?.status === 400) {
      refused(S, event, answer.error);
    } else {
      S.isUnsaved = true;
      S.message = `Not saved yet: ${S.outbox.length}. ${answer.error ?? 'Fieldcheck does not answer.'} Your decision is kept here and sent again.`;
      S.render();
      await pause(wait); wait = Math.min(wait * 2, 3000);
    }
  }
  S.isSending = false;
}

function committed(S, event, answer) {
  const index = S.items.findIndex((item) => item.content_hash === event.content_hash);
  const item = S.items[index];
  if (event.action === 'undo') {
    S.history = S.history.filter((past) => past.id !== event.undoes);
    undone(S, index, answer.item);
  } else {
    S.history.unshift({ id: event.id, content_hash: event.content_hash, action: event.action, value: event.value });
    if (item) apply(S, item, event);
    if (DECIDES.has(event.action)) S.shown = index + 1;
  }
  S.isWaiting = false;
  S.render();
}

function apply(S, item, event) {
  if (DECIDES.has(event.action)) {
    if (!item.decision) S.decided += 1;
    item.decision = event.action;
    item.label_now = event.action === 'label' || event.action === 'agree' ? event.value : null;
  }
  if (event.action === 'hard_case') item.hard_case = event.value === 'on';
  if (event.action === 'tag') item.tags = [...new Set([...item.tags, event.value])].sort();
  if (event.action === 'note') item.note = event.value || null;
}

function undone(S, index, fresh) {
  if (fresh && index >= 0) {
    if (S.items[index].decision && !fresh.decision) S.decided -= 1;
    S.items[index] = { ...fresh, reason: S.items[index].reason };  // why it is in this queue stays
    S.shown = index;
    if (!S.outbox.length) S.at = index;
  } else if (fresh) {  // decided on another day: bring it back in front
    S.items.splice(S.at, 0, fresh);
    S.shown = S.at;
    if (!fresh.decision) { S.decided -= 1; }
  }
}

function refused(S, event, reason) {
  // The server will never take it: say so, go back to its frame, forget what was typed behind it.
  S.outbox = []; keepOutbox(S);
  S.history = S.history.filter((past) => past.id !== event.undoes);
  const index = S.items.findIndex((item) => item.content_hash === event.content_hash);
  if (index >= 0) { S.at = index; S.shown = index; }
  S.isWaiting = false;
  S.message = `Not saved: ${reason} Decide this frame again.`;
  S.render();
}

// ---- deciding --------------------------------------------------------------------------------
function push(S, action, value, extra = {}) {
  const item = S.items[S.at];
  const event = {
    id: crypto.randomUUID(), client: S.client, sequence: S.sequence += 1,
    content_hash: extra.content_hash ?? item.content_hash, action, value: value ?? null,
    undoes: extra.undoes ?? null,
  };
  S.outbox.push(event); keepOutbox(S);
  S.message = '';
  send(S);
  return event;
}

const mayDecide = (S) => !S.isLoading && !S.isUnsaved && !S.isWaiting && S.at < S.items.length;

function decide(S, action, value) {
  if (!mayDecide(S)) return;
  S.started ??= performance.now();
  push(S, action, value);
  S.at += 1;
}
function add(S, action, value) { if (mayDecide(S)) { push(S, action, value); S.render(); } }

function undo(S) {
  if (S.isLoading || S.isUnsaved || S.isWaiting) return;
  const gone = new Set(S.outbox.filter((e) => e.action === 'undo').map((e) => e.undoes));
  const waiting = S.outbox.filter((e) => e.action !== 'undo').reverse();
  const past = [...waiting, ...S.history].find((event) => !gone.has(event.id));
  if (!past) { S.message = 'There is nothing to undo.'; S.render(); return; }
  const index = S.items.findIndex((item) => item.content_hash === past.content_hash);
  if (index >= 0) S.at = index;
  else S.isWaiting = true;  // its frame comes back with the answer; take no key before
  push(S, 'undo', null, { content_hash: past.content_hash, undoes: past.id });
}
function browse(S, step) {
  if (S.outbox.length || S.isLoading) return;
  S.at = Math.min(Math.max(S.at + step, 0), S.items.length);
  S.shown = S.at; S.message = ''; S.render();
}

// ---- keys ------------------------------------------------------------------------------------
function classOfKey(S, e) {
  // A digit by its sign first (numeric pads, layouts whose digits need Shift), then by its place.
  const place = /^Digit(\d)$/.exec(e.code)?.[1];
  const digit = /^\d$/.test(e.key) ? e.key : place;
  if (digit === undefined) return undefined;
  const isSecondTen = e.shiftKey && !/^\d$/.test(e.key);
  return S.classes[(digit === '0' ? 9 : Number(digit) - 1) + (isSecondTen ? 10 : 0)];
}
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

// ---- pictures --------------------------------------------------------------------------------
function pictureOf(S, item) {
  let picture = S.pictures.get(item.content_hash);
  if (!picture) {
    picture = new Image();
    picture.alt = '';
    picture.src = `/api/pictures/${S.token}/${item.content_hash}?size=display`;
    picture.ready = picture.decode().catch(() => {});
    S.pictures.set(item.content_hash, picture);
    if (S.pictures.size > 24) S.pictures.delete(S.pictures.keys().next().value);
  }
  return picture;
}
const prefetch = (S) => S.items.slice(S.shown, S.shown + 1 + AHEAD).forEach((item) => pictureOf(S, item));

// Nothing on screen and nothing on its way: only then may the list be exchanged.
const isEmpty = (S) => !S.outbox.length && !S.isSending && !S.isWaiting && S.shown >= S.items.length;

async function load(S, data, isQuiet = false) {
  if (!isQuiet) { S.isLoading = true; S.message = ''; S.render(); }
  try {
    await sendOrphans(S);
    const narrow = encodeURIComponent(data.narrow);
    const query = `order=${data.order}&decided=${data.decided ? 1 : 0}&narrow=${narrow}`;
    const reply = await fetch(`/api/queue/${S.token}?${query}`);
    const answer = await reply.json();
    if (!reply.ok) throw new Error(answer.error);
    if (isQuiet && !isEmpty(S)) return;
    Object.assign(S, answer, { at: 0, shown: 0 });
  } catch (problem) {
    S.message = `The queue cannot be read. ${problem.message}`;
  }
  S.isLoading = false;
  S.render();
}

// ---- the page --------------------------------------------------------------------------------
function button(key, text, onclick, pressed) {
  const element = document.createElement('button');
  element.type = 'button';
  const cap = document.createElement('kbd'); cap.textContent = key;
  const name = document.createElement('span'); name.textContent = text; name.title = text;
  element.append(cap, name);
  element.onclick = (e) => { onclick(); e.currentTarget.blur(); };
  if (pressed !== undefined) element.setAttribute('aria-pressed', String(pressed));
  return element;
}
const classKey = (index) => (index < 10 ? String((index + 1) % 10) : index < MOST_CLASSES ? `⇧${(index + 1) % 10}` : '');

function stateLine(item) {
  const parts = [];
  if (item.decision) parts.push(`✓ ${WORDS[item.decision]} ${item.label_now ?? ''}`.trim());
  if (item.hard_case) parts.push('⚑ Hard case');
  if (item.tags.length) parts.push(`Tags: ${item.tags.join(', ')}`);
  if (item.note) parts.push(`Note: ${item.note}`);
  return parts.join(' · ');
}
function minutesLeft(S) {
  const done = S.sequence, left = S.items.length - S.shown;
  if (done < 5 || !S.started) return '';
  const minutes = ((performance.now() - S.started) / done) * left / 60000;
  return `, about ${minutes < 1 ? 'a minute' : `${Math.ceil(minutes)} minutes`} left`;
}

export default function queue({ data, parentElement: root }) {
  const name = `${data.project}|${data.order}|${data.decided}|${data.round}|${data.narrow}`;
  let S = queues.get(name);
  const isNew = !S;
  if (isNew) queues.set(name, S = newQueue(data));
  root.fieldcheckQueue = S;
  // Another home gives another token; whatever still waits for this project goes through it.
  queues.forEach((other) => { if (other.project === data.project) other.token = data.token; });
  const get = (selector) => root.querySelector(selector);

  S.card = () => {
    const card = get('.fc-card');
    if (card.open) { card.close(); return; }
    const list = document.createElement('dl');
    const row = (key, text) => {
      const dt = document.createElement('dt'), cap = document.createElement('kbd'), dd = document.createElement('dd');
      cap.textContent = key; dt.append(cap); dd.textContent = text; list.append(dt, dd);
    };
    row('1 … 0', 'It is this class: save and next');
    if (S.classes.length > 10) row('⇧1 … ⇧0', 'The next ten classes');
    Object.entries(KEYS).forEach(([key, [text]]) => row(nameOf(key), text));
    row('Esc', 'Close');
    card.replaceChildren(list); card.showModal();
  };
  S.focusEntry = () => { const field = get('.fc-entry input'); field.value = S.entry === 'note' ? S.items[S.at]?.note ?? '' : ''; field.focus(); };

  // While the model still answers, what it has answered since is fetched once the list is at its end.
  const refill = () => {
    if (!S.coming || S.refill || (data.decided && S.items.length)) return;
    S.refill = setTimeout(async () => {
      S.refill = null;
      if (root.fieldcheckQueue !== S || !root.isConnected) return;
      if (isEmpty(S)) await load(S, data, true); else refill();
    }, 2000);
  };
  const nothing = () => {
    if (S.coming) return `${S.coming} ${S.coming === 1 ? 'frame has' : 'frames have'} no answer yet; they come in here as the model gives them.`;
    return S.total ? 'All done here. Choose another order above.' : 'Nothing to look at in this order. Choose another one above.';
  };

  S.render = () => {
    if (root.fieldcheckQueue !== S) return;
    const item = S.items[S.shown];
    const box = get('.fc-picture');
    if (!box) return;
    box.classList.toggle('fc-all-done', !item && !S.isLoading && !S.message && !S.coming);
    if (item) {
      const picture = pictureOf(S, item);
      if (box.firstChild !== picture) box.replaceChildren(picture);
      box.dataset.hash = item.content_hash;
    } else { box.replaceChildren(); delete box.dataset.hash; }
    prefetch(S);
    get('.fc-facts').textContent = item ? [item.path, item.camera, item.taken_at].filter(Boolean).join(' · ') : '';
    get('.fc-progress').textContent = S.isLoading ? 'Loading the queue …' : `${S.decided} of ${S.total}${S.coming ? ' so far' : ''} decided${minutesLeft(S)}`;
    get('.fc-reason').textContent = item ? item.reason : S.isLoading ? '' : nothing();
    if (!item && !S.isLoading) refill();
    get('.fc-state').textContent = item ? stateLine(item) : '';
    get('.fc-message').textContent = S.message;
    const classes = get('.fc-classes');
    classes.classList.toggle('fc-many', S.classes.length > 6);  // one column would leave the screen
    classes.replaceChildren(...S.classes.map((label, index) => button(
      classKey(index), label, () => decide(S, 'label', label), item ? item.label_now === label : undefined)));
    get('.fc-actions').replaceChildren(...Object.entries(KEYS).map(([key, [text, act]]) => button(
      nameOf(key), text, () => act(S), key === 'f' && item ? isHard(S) : undefined)));
    const entry = get('.fc-entry');
    entry.hidden = !S.entry;
    entry.querySelector('span').textContent = S.entry === 'tag' ? 'Tag this frame' : 'Note for this frame';
  };
  get('.fc-entry').onsubmit = (e) => {
    e.preventDefault();
    const text = get('.fc-entry input').value.trim(), kind = S.entry;
    S.entry = null;
    if (kind === 'note' || text) add(S, kind, text);
    get('.fc-queue').focus({ preventScroll: true });
    S.render();
  };

  const listen = (e) => onKey(S, e);
  root.fieldcheckOff?.();
  document.addEventListener('keydown', listen, true);
  root.fieldcheckOff = () => document.removeEventListener('keydown', listen, true);

  if (isNew) {
    // Keys must work at once after an order was chosen; a text field being filled keeps its focus.
    const focused = document.activeElement;
    if (!focused?.closest('[data-testid=stTextInput], textarea')) get('.fc-queue').focus({ preventScroll: true });
    load(S, data);
  } else S.render();
  if (S.outbox.length) send(S);
  return () => { root.fieldcheckOff?.(); root.fieldcheckOff = null; };
}
