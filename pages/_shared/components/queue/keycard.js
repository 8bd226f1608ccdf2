// ---- the key card, and changing keys on it -----------------------------------------------------
const SEVERAL = 20;  // rows of classes shown at once; others are found by name

function part(tag, text = '', name = '') {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name) element.className = name;
  return element;
}
const plainButton = (text, onclick, name) => {
  const element = part('button', '', 'fc-plain');
  element.type = 'button'; element.dataset.name = name ?? text;
  element.append(part('span', text));
  element.onclick = onclick;
  return element;
};

function toggleCard(S, card) {
  if (card.open) { card.close(); return; }
  Object.assign(S, { isChanging: false, asking: null, keySaid: '', keyFilter: '' });
  renderCard(S, card);
  card.onclose = () => { S.asking = null; S.isChanging = false; };
  card.oncancel = (e) => { if (S.asking) e.preventDefault(); };  // Esc leaves the row first
  card.showModal();
  card.querySelector('.fc-card-close').focus();
}

function renderCard(S, card) {
  const held = card.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  const top = card.querySelector('.fc-card-rows')?.scrollTop ?? 0;
  const head = part('div', '', 'fc-card-head'), close = plainButton('Close', () => card.close());
  const title = part('h2', S.isChanging ? 'Change keys' : 'Keys');
  title.id = 'fc-card-title';
  card.setAttribute('aria-labelledby', 'fc-card-title');
  close.classList.add('fc-card-close');
  close.append(part('kbd', 'Esc'));
  head.append(title, close);
  card.replaceChildren(head, ...(S.isChanging ? changing(S, card) : listing(S, card)));
  card.querySelector('.fc-card-rows').scrollTop = top;
  if (held !== null) [...card.querySelectorAll('[data-name]')].find((one) => one.dataset.name === held)?.focus();
}

function listing(S, card) {
  const list = part('dl', '', 'fc-card-rows');
  const row = (key, text) => {
    const cap = part('dt');
    cap.append(part('kbd', key));
    list.append(cap, part('dd', text));
  };
  const several = S.classes.length > 10;
  row(`1 … ${signOf(PLACES[Math.min(S.classes.length, 10) - 1] ?? '1')}`, 'It is this class: save and next');
  if (several && KEYBOARD.shiftTypesDigits) row(signOf(S.keys.acts.find?.key ?? ''), 'More classes, by name: here Shift types the digits');
  else if (several) row(`⇧1 … ${signOf(PLACES[Math.min(S.classes.length, 20) - 1])}`, 'The next ten classes');
  Object.entries(S.keys.letters).forEach(([label, key]) => row(signOf(key), label));
  actsOf(S).forEach((act) => row(signOf(S.keys.acts[act].key), S.keys.acts[act].title));
  row('Esc', 'Take away an entry, the zoom or a message');
  const foot = part('div', '', 'fc-card-foot');
  foot.append(plainButton('Change keys', () => { S.isChanging = true; renderCard(S, card); card.querySelector('.fc-card-rows button')?.focus(); }));
  return [list, foot];
}

function changing(S, card) {
  const rows = part('div', '', 'fc-card-rows fc-card-change');
  const row = (what, title, key) => {
    const isAsking = S.asking?.name === what.name;
    const element = keyButton(key, title, () => ask(S, card, isAsking ? null : { ...what, title }), { pressed: isAsking, name: what.name });
    element.querySelector('kbd').hidden = false;
    element.querySelector('kbd').textContent = isAsking ? '…' : signOf(key) || '–';
    return element;
  };
  const acts = part('div', '', 'fc-card-group'), classes = part('div', '', 'fc-card-group');
  acts.setAttribute('role', 'group'); acts.setAttribute('aria-label', 'Keys of the acts');
  classes.setAttribute('role', 'group'); classes.setAttribute('aria-label', 'Keys of the classes');
  acts.append(...actsOf(S).map((act) => row({ name: `act ${act}`, act }, S.keys.acts[act].title, S.keys.acts[act].key)));
  const shown = classesLike(S.classes, S.keyFilter).slice(0, SEVERAL);
  classes.append(...shown.map((label) => row({ name: `class ${label}`, label }, label, keyOfClass(S, label))));
  const filter = part('label', '', 'fc-card-filter');
  if (S.classes.length > SEVERAL) {
    const field = part('input');
    Object.assign(field, { type: 'text', autocomplete: 'off', value: S.keyFilter });
    field.dataset.name = 'filter';
    field.oninput = () => { S.keyFilter = field.value; renderCard(S, card); };
    filter.append(part('span', `Find one of ${S.classes.length.toLocaleString('en')} classes`), field);
  }
  rows.append(part('h3', 'Acts'), acts, part('h3', 'Classes'), ...(filter.firstChild ? [filter] : []), classes);
  const said = part('p', S.asking ? asked(S.asking) : 'Choose a row, then press its new key. Kept in this project, for everybody who reviews it.', 'fc-card-said');
  said.setAttribute('role', 'status');
  const trouble = part('p', S.keySaid, 'fc-card-trouble');
  trouble.setAttribute('role', 'alert');
  const foot = part('div', '', 'fc-card-foot');
  foot.append(
    plainButton('Classes by use', () => changeKeys(S, card, { learn: true }), 'learn'),
    plainButton('Usual keys', () => changeKeys(S, card, { reset: true }), 'reset'),
    plainButton('Done', () => card.close(), 'done'));
  foot.children[0].title = 'Puts the classes given most often on 1, 2, 3 …, as it is today';
  foot.children[1].title = 'Every key as it was at first, the classes as the model has them';
  return [said, trouble, rows, foot];
}
const asked = (what) => `Press the new key of “${what.title}”${what.label === undefined ? '' : ': a digit, changing places, or a letter'}. Esc leaves it as it is.`;

function ask(S, card, what) { S.asking = what; S.keySaid = ''; renderCard(S, card); }

/** A key while the card is open; true if it was taken. */
function onCardKey(S, e) {
  const card = S.cardElement(), key = keyOf(e);
  if (!S.asking) {
    if (isTextField(e) || e.repeat || key !== S.keys.acts.card?.key) return false;
    card.close();
    return true;
  }
  if (key === 'tab') { ask(S, card, null); return false; }
  if (e.repeat || /^(Shift|Control|Alt|Meta|CapsLock|NumLock|AltGraph)$/.test(e.key)) return true;
  if (key === 'escape') { ask(S, card, null); return true; }
  if (learnsLayout(e)) S.render();
  if (!key || key === NO_NUMLOCK || key === 'enter') { S.keySaid = 'This key cannot be used. Press another one.'; renderCard(S, card); return true; }
  const { act, label } = S.asking;
  changeKeys(S, card, act ? { act, key } : { label, key });
  return true;
}

async function changeKeys(S, card, change) {
  let answer = {}, isDone = false;
  try {
    const reply = await fetch(`/api/queue/${S.token}/keys`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(change),
    });
    answer = await reply.json();
    isDone = reply.ok;
  } catch { answer.error = 'Fieldcheck does not answer. Nothing was changed.'; }
  if (isDone) {
    S.asking = null; S.keySaid = '';
    takeKeys(S.project, answer);
    keyNews.postMessage({ project: S.project, answer });  // this project's other windows
  } else S.keySaid = answer.error;
  if (card.open) renderCard(S, card);
}

/** Every queue of the project in this window shows and obeys the changed keys. */
function takeKeys(project, answer) {
  queues.forEach((S) => {
    if (S.project !== project || !S.items) return;
    Object.assign(S, { classes: answer.classes, keys: answer.keys });
    S.render();
  });
}
const keyNews = globalThis.__fieldcheckKeyNews ??= new BroadcastChannel('fieldcheck.keys');
keyNews.onmessage = (e) => takeKeys(e.data.project, e.data.answer);
