// One page of frames; what is chosen is shown at once and told to Python with every change.
const KEYS = 'Arrows move · Space chooses · Shift + arrows or Shift + click extend · A all on this page · Esc none · Enter or double-click opens on the Dial';

function part(name, text) {
  const element = document.createElement('span');
  element.className = name; element.textContent = text;
  return element;
}

function card(item) {
  const box = document.createElement('div');
  box.setAttribute('role', 'option');
  box.dataset.hash = item.hash;
  const tags = item.tags.map((tag) => `tagged ${tag}`).join(', ');
  const decided = item.decided ? `labelled ${item.decided}` : '';
  box.setAttribute('aria-label', [item.note, item.sentence, item.path, decided, tags].filter(Boolean).join('. '));
  box.title = item.path;
  const img = document.createElement('img');
  img.loading = 'lazy'; img.alt = ''; img.draggable = false; img.src = item.src;
  const labels = document.createElement('span');
  labels.className = 'fc-tags';
  if (item.decided) labels.append(part('', `✎ ${item.decided}`));
  labels.append(...item.tags.map((tag) => part('', `⚑ ${tag}`)));
  const note = item.note ? [part('fc-note', item.note)] : [];
  box.append(img, part('fc-tick', ''), ...note, part('fc-sentence', `${item.is_wrong ? '✗ ' : ''}${item.sentence}`),
    part('fc-file', item.path.split('/').pop()), labels);
  return box;
}

function columnsOf(boxes) {
  const top = boxes[0].offsetTop;
  const next = boxes.findIndex((box) => box.offsetTop > top);
  return next < 0 ? boxes.length : next;
}

export default function grid({ data, parentElement: root, setStateValue, setTriggerValue }) {
  const list = root.querySelector('.fc-grid');
  root.querySelector('.fc-grid-keys').textContent = KEYS;
  const S = root.fieldcheckGrid ??= { view: null, shown: '', chosen: new Set(), at: 0, anchor: 0 };
  S.hashes = data.items.map((item) => item.hash);
  const boxes = () => [...list.children];

  const paint = () => boxes().forEach((box, place) => {
    box.setAttribute('aria-selected', String(S.chosen.has(box.dataset.hash)));
    box.tabIndex = place === S.at ? 0 : -1;
  });
  const tell = () => {
    paint();
    setStateValue('chosen', { view: S.view, hashes: S.hashes.filter((hash) => S.chosen.has(hash)) });
  };
  const go = (place) => { S.at = place; paint(); boxes()[place].focus(); };
  const flip = (place) => {
    const hash = S.hashes[place];
    if (!S.chosen.delete(hash)) S.chosen.add(hash);
    S.anchor = place; tell();
  };
  const extend = (place) => {
    const [from, to] = [Math.min(S.anchor, place), Math.max(S.anchor, place)];
    S.hashes.slice(from, to + 1).forEach((hash) => S.chosen.add(hash));
    tell();
  };

  if (S.view !== data.view) { S.view = data.view; S.chosen = new Set(data.chosen); }
  const shown = JSON.stringify(data.items);
  if (S.shown !== shown) {
    const isSamePage = boxes().map((box) => box.dataset.hash).join() === S.hashes.join();
    const hadFocus = list.contains(document.activeElement);
    if (!isSamePage) { S.at = 0; S.anchor = 0; }
    list.replaceChildren(...data.items.map(card));
    S.shown = shown;
    if (hadFocus && boxes().length) boxes()[S.at].focus({ preventScroll: true });
  }
  paint();

  const placeOf = (event) => boxes().indexOf(event.target.closest('[role=option]'));
  list.onclick = (event) => {
    const place = placeOf(event);
    if (place < 0) return;
    go(place);
    if (event.shiftKey) extend(place); else if (event.detail < 2) flip(place);
  };
  list.ondblclick = (event) => { if (placeOf(event) >= 0) setTriggerValue('opened', S.hashes[placeOf(event)]); };
  list.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !S.hashes.length) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columnsOf(boxes()), ArrowDown: columnsOf(boxes()),
      Home: -S.hashes.length, End: S.hashes.length }[event.key];
    if (step !== undefined) {
      const place = Math.min(Math.max(S.at + step, 0), S.hashes.length - 1);
      go(place);
      if (event.shiftKey) extend(place); else S.anchor = place;
    } else if (event.key === ' ') flip(S.at);
    else if (event.key.toLowerCase() === 'a') { S.hashes.forEach((hash) => S.chosen.add(hash)); tell(); }
    else if (event.key === 'Escape') { S.chosen.clear(); tell(); }
    else if (event.key === 'Enter') setTriggerValue('opened', S.hashes[S.at]);
    else return;
    event.preventDefault(); event.stopPropagation();
  };
  return () => {};
}
