// Rules this file keeps:
// 1. A key makes an event for the frame at the logical position `S.at`, at once and in press order.
// 2. Events wait in `S.outbox` (and in localStorage) and are sent one by one, in order.
// 3. A picture is painted only after every decision before it was committed and answered.
// 4. A refused or unanswered event stops the queue until it is settled; nothing is decided unseen.
const queues = globalThis.__fieldcheckQueues ??= new Map();  // outlives an unmount of the component
const DECIDES = new Set(['label', 'agree', 'unsure', 'skip']);
const WORDS = { label: 'Labelled', agree: 'Agreed:', unsure: 'Unclear', skip: 'Skipped' };
const OUTBOX = 'fieldcheck.outbox.';
const AHEAD = 3;

const newQueue = (data) => ({
  client: crypto.randomUUID(), sequence: 0, token: data.token, project: data.project,
  items: [], classes: [], history: [], at: 0, shown: -1, outbox: [], pictures: new Map(), around: new Map(),
  seen: new Set(), pace: null, decided: 0, total: 0, coming: 0, isSending: false, isUnsaved: false, isLoading: true, isWaiting: false,
  saves: 0, session: '', message: '', notice: '', entry: null, keys: NO_KEYS, started: null, render: () => {},
});

// ---- the page --------------------------------------------------------------------------------
// Before and after: "was Pliers, now Wrench".
const changeOf = ({ label, label_now: now }) => (label && now && label !== now ? `was ${label}, now ${now}` : now ?? '');
function stateLine(item) {
  const parts = [];
  if (item.decision) parts.push(`✓ ${WORDS[item.decision]} ${changeOf(item)}`.trim());
  if (item.hard_case) parts.push('⚑ Hard case');
  if (item.tags.length) parts.push(`Tags: ${item.tags.join(', ')}`);
  if (item.note) parts.push(`Note: ${item.note}`);
  return parts.join(' · ');
}
function minutesLeft(S) {
  const done = S.sequence, left = S.items.length - S.shown;
  if (!left || (!S.pace && (done < 5 || !S.started))) return '';
  const each = done < 5 || !S.started ? S.pace * 1000 : (performance.now() - S.started) / done;
  const minutes = each * left / 60000;
  return `, about ${minutes < 1 ? 'a minute' : `${Math.ceil(minutes)} minutes`} left`;
}

export default function queue({ data, parentElement: root }) {
  const name = `${data.project}|${data.order}|${data.decided}|${data.round}|${data.narrow}`;
  let S = queues.get(name);
  const isNew = !S;
  if (isNew) queues.set(name, S = newQueue(data));
  root.fieldcheckQueue = S;
  // Another home gives another token; whatever still waits for this project goes through it.
  queues.forEach((other) => {
    if (other.project === data.project) other.token = data.token;
    if (other !== S) other.pictures.clear();  // decoded ones of an order that is not in view
  });
  const get = (selector) => root.querySelector(selector);

  S.sessionAt = null;  // it may have ended on another page
  S.closing = get('.fc-closing');
  S.cardElement = () => get('.fc-card');
  S.card = () => toggleCard(S, S.cardElement());
  S.isCardOpen = () => Boolean(S.cardElement()?.open);
  S.focusQueue = () => get('.fc-queue').focus({ preventScroll: true });
  S.focusEntry = () => {
    const field = get(S.entry === 'find' ? '.fc-find input' : '.fc-entry input');
    const item = S.items.find((one) => one.content_hash === S.entryFor);
    field.value = S.typed = S.entry === 'note' ? item?.note ?? '' : '';
    if (ENTRIES[S.entry]) offer(field);
    field.focus();
  };
  const offer = (field) => {  // the failure modes, where a tag is typed
    get('#fc-tags').replaceChildren(...(data.tags ?? []).map((tag) => Object.assign(document.createElement('option'), { value: tag })));
    if (S.entry === 'tag') field.setAttribute('list', 'fc-tags'); else field.removeAttribute('list');
  };

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
    showPicture(S, box, item);
    prefetch(S);
    get('.fc-facts').textContent = item ? [isHidden(item) ? null : item.path, item.camera, item.taken_at].filter(Boolean).join(' · ') : '';
    get('.fc-progress').textContent = S.isLoading ? 'Loading the queue …' : `${S.decided} of ${S.total}${S.coming ? ' so far' : ''} decided${minutesLeft(S)}`;
    get('.fc-reason').textContent = item ? item.reason : S.isLoading ? '' : nothing();
    if (!item && !S.isLoading) refill();
    get('.fc-state').textContent = item ? stateLine(item) : '';
    get('.fc-message').textContent = S.message;
    renderNotice(S, get('.fc-progress'));
    const classes = get('.fc-classes');
    classes.classList.toggle('fc-many', S.classes.length > 6);  // one column would leave the screen
    exchange(classes, classButtons(S, item));
    exchange(get('.fc-actions'), actButtons(S, item));
    renderFind(S, root);
    lookAround(S, get);
    tellSession(S, get('.fc-session'));
    const entry = get('.fc-entry');
    entry.hidden = !ENTRIES[S.entry];
    const chips = S.entry === 'tag' ? tagButtons(S) : [];
    entry.querySelector('span').textContent = `${ENTRIES[S.entry] ?? ''}${chips.length ? '; ⌫ takes the last one off' : ''}`;
    get('.fc-tags').replaceChildren(...chips);
  };
  get('.fc-entry input').oninput = (e) => { S.typed = e.currentTarget.value; };
  get('.fc-entry').onsubmit = (e) => {
    e.preventDefault();
    settleEntry(S); S.focusQueue(); S.render();
  };

  wirePicture(root, get('.fc-picture'));
  for (const field of root.querySelectorAll('.fc-entry input, .fc-find input')) field.value = S.typed ?? '';  // left open, come back to
  const listen = (e) => onKey(S, e);
  root.fieldcheckOff?.();
  document.addEventListener('keydown', listen, true);
  root.fieldcheckOff = () => document.removeEventListener('keydown', listen, true);

  if (isNew) {
    // Keys must work at once after an order was chosen; a text field being filled keeps its focus.
    const focused = document.activeElement;
    if (!focused?.closest('[data-testid=stTextInput], textarea')) S.focusQueue();
    load(S, data);
  } else S.render();
  if (S.outbox.length) send(S);
  return () => { root.fieldcheckOff?.(); root.fieldcheckOff = null; };
}
