// Rules this file keeps:
// 1. A key settles the event that is shown, and no key counts until its decision is on disk.
// 2. All reviews of one decision have one client name, so that one step takes them back, on any day.
// 3. What is not answered waits here (and in localStorage) and is sent again with the same names.
const OUTBOX = 'fieldcheck.outbox.';  // as the queue's: whichever page opens next sends what waits
const CLIENT = 'doubts-';
const WORDS = { label: 'Labelled', agree: 'Labelled', unsure: 'Unclear', skip: 'Skipped' };
const MARKS = {
  confirmed: '● confirmed', suspected: '◐ suspected', not_enough: '○ not enough frames',
  none_found: '✓ nothing found',
};
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const boxName = (S, client) => `${OUTBOX}${S.data.project}.${client}`;
const keep = (S, reviews) => {
  try { localStorage.setItem(boxName(S, reviews[0].client), JSON.stringify(reviews)); } catch { /* private mode */ }
};
const forget = (S, reviews) => {
  try { localStorage.removeItem(boxName(S, reviews[0].client)); } catch { /* private mode */ }
};
const query = (S) => new URLSearchParams({
  folder: S.data.folder, source: S.data.source, mode: S.data.mode, narrow: S.data.narrow,
});

// ---- talking to the server -----------------------------------------------------------------
const post = (S, reviews) => fetch(`/api/doubts/${S.data.token}/events?${query(S)}`, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(reviews),
});

async function sendWaiting(S) {
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(`${OUTBOX}${S.data.project}.`)) continue;
    let reviews = [];
    try { reviews = JSON.parse(localStorage.getItem(name) ?? '[]'); } catch { /* not ours */ }
    const reply = reviews.length ? await post(S, reviews) : null;
    if (!reply || reply.ok || reply.status === 400) localStorage.removeItem(name);
  }
}

async function load(S) {
  S.isBusy = true; S.message = ''; S.render();
  try {
    await sendWaiting(S);
    const reply = await fetch(`/api/doubts/${S.data.token}?${query(S)}`);
    const answer = await reply.json();
    if (!reply.ok) throw new Error(answer.error);
    Object.assign(S, answer);
    S.at = nextOpen(S, 0);
  } catch (problem) {
    S.message = `The events cannot be read. ${problem.message}`;
  }
  S.isLoaded = true; S.isBusy = false; S.render();
}

/** Send one decision until it is on disk; the server's answer, or null if it was refused. */
async function commit(S, reviews) {
  S.isBusy = true; S.message = ''; keep(S, reviews); S.render();
  for (let wait = 250; ; wait = Math.min(wait * 2, 3000)) {
    let reply = null, answer = {};
    try { reply = await post(S, reviews); answer = await reply.json(); } catch { /* not reached */ }
    if (reply?.ok || reply?.status === 400) {
      forget(S, reviews);
      S.isBusy = false;
      S.message = reply.ok ? '' : `Not saved: ${answer.error}`;
      if (!reply.ok) return null;
      Object.assign(S, { figures: answer.figures, hard: answer.hard, history: answer.history });
      for (const event of S.events) for (const frame of event.frames) Object.assign(frame, answer.standing[frame.content_hash]);
      return answer;
    }
    S.message = `Not saved yet. ${answer.error ?? 'Fieldcheck does not answer.'} Your decision is kept here and sent again.`;
    S.render();
    await pause(wait);
  }
}

// ---- deciding --------------------------------------------------------------------------------
const isOpen = (event) => event.frames.some((frame) => !frame.decision);
const nextOpen = (S, from) => {
  const found = S.events.findIndex((event, at) => at >= from && isOpen(event));
  return found < 0 ? S.events.length : found;
};

async function decide(S, action, value) {
  const event = S.events[S.at];
  if (S.isBusy || !event) return;
  const client = `${CLIENT}${crypto.randomUUID()}`;
  const reviews = event.frames.map((frame, place) => ({
    id: crypto.randomUUID(), client, sequence: place + 1, content_hash: frame.content_hash,
    action, value: value ?? null, undoes: null,
  }));
  if (await commit(S, reviews)) S.at = S.events[S.at + 1] && !isOpen(S.events[S.at + 1]) ? nextOpen(S, S.at + 1) : S.at + 1;
  S.render();
}

async function undo(S) {
  if (S.isBusy || !S.isLoaded) return;
  const past = S.history[0];
  if (!past) { S.message = 'There is nothing to undo.'; S.render(); return; }
  const client = `undo-${crypto.randomUUID()}`;
  const reviews = past.map((review, place) => ({
    id: crypto.randomUUID(), client, sequence: place + 1, content_hash: review.content_hash,
    action: 'undo', value: null, undoes: review.id,
  }));
  if (await commit(S, reviews)) {
    const names = new Set(past.map((review) => review.content_hash));
    const index = S.events.findIndex((event) => event.frames.some((frame) => names.has(frame.content_hash)));
    if (index >= 0) S.at = index;
  }
  S.render();
}
function browse(S, step) {
  if (S.isBusy) return;
  S.at = Math.min(Math.max(S.at + step, 0), S.events.length); S.message = ''; S.render();
}

// The keys are the queue's, as the project has them (core/workflows/keymap.py).
const ACTS = {
  agree: ['Label is right', (S) => decide(S, 'label', S.events[S.at]?.label)],
  unsure: ['Unclear', (S) => decide(S, 'unsure')],
  undo: ['Undo', undo],
  back: ['Back', (S) => browse(S, -1)],
  forward: ['Forward', (S) => browse(S, 1)],
};
const OURS = '.fc-doubts';
const NO_KEYS = { acts: {}, letters: {} };

function onKey(S, e) {
  if (e.repeat || isTextField(e) || isCovered(OURS)) return;
  const key = keyOf(e);
  if (!key || isOfControl(e, key, OURS)) return;
  if (learnsLayout(e)) S.render();
  const label = classOfKey(S, key), act = actOfKey(S, key);
  if (label !== undefined) decide(S, 'label', label);
  else if (ACTS[act]) ACTS[act][1](S);
  else return;
  e.preventDefault(); e.stopPropagation();
}

// ---- the page --------------------------------------------------------------------------------
const make = (tag, text = '', name = '') => {
  const element = document.createElement(tag);
  element.textContent = text; if (name) element.className = name;
  return element;
};
function picture(S, digest, size, alt) {
  const img = make('img');
  img.src = `/api/pictures/${S.data.token}/${digest}?size=${size}`;
  img.alt = alt;
  return img;
}
const percent = (share) => (share < 0.01 ? 'under 1 %' : share > 0.99 ? '> 99 %' : `${Math.round(share * 100)} %`);
const topOf = ([first, ...others]) => `The model: ${percent(first[1])} sure it is ${first[0]}`
  + (others.length ? `; next ${others.map(([label, sure]) => `${label} (${percent(sure)} sure)`).join(', ')}.` : '.');
const stateOf = (frame) => [
  frame.decision ? `✓ ${WORDS[frame.decision]} ${frame.label_now ?? ''}`.trim() : '',
  frame.hard_case ? '⚑ Hard case' : '',
].filter(Boolean).join(' · ');

function framesOf(S, event) {
  return event.frames.map((frame, place) => {
    const figure = make('figure');
    const size = event.frames.length < 3 && place < 2 ? 'display' : 'thumb';
    figure.append(picture(S, frame.content_hash, size, `Frame ${place + 1} of ${event.frames.length}`));
    if (stateOf(frame)) figure.append(make('figcaption', stateOf(frame)));
    return figure;
  });
}
function alikeOf(S, event) {
  return Object.entries(event.look_alikes).map(([label, digests]) => {
    const box = make('div'), row = make('div');
    row.append(...digests.map((digest) => picture(S, digest, 'thumb', `Labelled ${label}`)));
    box.append(make('p', `Nearest labelled ${label}`, 'fc-whose'));
    box.append(digests.length ? row : make('p', `No other picture is labelled ${label}.`));
    return box;
  });
}
function progressOf(S) {
  if (!S.isLoaded) return 'Loading …';
  const what = S.is_check ? 'frame' : 'event';
  const done = S.events.filter((event) => !isOpen(event)).length;
  return `${done} of ${S.events.length} ${what}${S.events.length === 1 ? '' : 's'} settled`;
}

export default function doubts({ data, parentElement: root }) {
  const name = JSON.stringify(data);
  const isNew = root.fieldcheckDoubts?.name !== name;
  const S = root.fieldcheckDoubts = isNew
    ? { name, data, events: [], classes: [], keys: NO_KEYS, history: [], figures: [], hard: 0, at: 0, message: '' }
    : root.fieldcheckDoubts;
  globalThis.__fieldcheckDoubts = S;
  const get = (selector) => root.querySelector(selector);

  S.render = () => {
    if (root.fieldcheckDoubts !== S || !get('.fc-doubts')) return;
    const event = S.events[S.at], section = get('.fc-doubts'), box = get('.fc-frames');
    section.dataset.busy = String(Boolean(S.isBusy) || !S.isLoaded);
    section.dataset.hash = event?.frames[0].content_hash ?? '';
    const drawn = event ? JSON.stringify(event) : '';
    if (box.dataset.drawn !== drawn) {
      box.dataset.drawn = drawn;
      box.classList.toggle('fc-one', event?.frames.length === 1);
      box.classList.toggle('fc-few', [2, 3, 4].includes(event?.frames.length));
      box.replaceChildren(...(event ? framesOf(S, event) : []));
      get('.fc-alike').replaceChildren(...(event ? alikeOf(S, event) : []));
    }
    const first = event?.frames[0];
    get('.fc-facts').textContent = first ? [first.path, first.camera, first.taken_at].filter(Boolean).join(' · ') + (event.frames.length > 1 ? ` · and ${event.frames.length - 1} more like it` : '') : '';
    get('.fc-progress').textContent = progressOf(S);
    get('.fc-reason').textContent = event ? (S.is_check ? `The label says ${event.label}. Is it right?` : event.reason) : S.isLoaded && !S.message ? 'Nothing left here.' : '';
    get('.fc-top').textContent = event?.top3.length ? topOf(event.top3) : '';
    get('.fc-state').textContent = event && !isOpen(event) ? stateOf(first) : '';
    get('.fc-message').textContent = S.message;
    const classes = get('.fc-classes');
    classes.classList.toggle('fc-many', S.classes.length > 6);
    exchange(classes, S.classes.map((label, place) => keyButton(keyOfClass(S, label, place), label,
      () => decide(S, 'label', label), { pressed: event ? first.label_now === label : undefined, name: `class ${label}` })));
    exchange(get('.fc-actions'), Object.entries(ACTS).filter(([act]) => S.keys.acts[act]).map(([act, [text, run]]) => keyButton(
      S.keys.acts[act].key, text, () => run(S), { name: act })));
    get('.fc-figures').replaceChildren(...S.figures.map((one) => {
      const finding = make('div', '', `fc-finding fc-${one.state}`);
      finding.append(make('span', MARKS[one.state], 'fc-mark'), make('p', one.headline), make('p', one.next_step, 'fc-next'));
      return finding;
    }));
    if (S.hard) {
      const offer = keyButton('', `⚑ Keep ${S.hard} of the model's errors as hard cases`, () => keepHard(S));
      offer.dataset.offer = 'hard';
      get('.fc-figures').append(offer);
    }
  };

  const listen = (e) => onKey(S, e);
  root.fieldcheckOff?.();
  document.addEventListener('keydown', listen, true);
  root.fieldcheckOff = () => document.removeEventListener('keydown', listen, true);
  if (isNew) {
    const focused = document.activeElement;
    if (!focused?.closest('[data-testid=stTextInput], textarea')) get('.fc-doubts').focus({ preventScroll: true });
    load(S);
  } else S.render();
  return () => { root.fieldcheckOff?.(); root.fieldcheckOff = null; };
}

async function keepHard(S) {
  if (S.isBusy) return;
  S.isBusy = true;
  try {
    const reply = await fetch(`/api/doubts/${S.data.token}/hard?${query(S)}`, { method: 'POST' });
    const answer = await reply.json();
    if (!reply.ok) throw new Error(answer.error);
    S.isBusy = false;
    await load(S);
  } catch (problem) { S.isBusy = false; S.message = `Not saved: ${problem.message}`; S.render(); }
}
