// ---- around the frame: its clip, its look-alikes ---------------------------------------------
// Asked for only once the picture is painted and the queue has been calm for a moment, so that
// nothing here can stand between a key and the next picture.
const BLIND = 'To be decided blind: the answer and look-alikes are hidden.';
const UNREAD = 'What lies around this frame cannot be read just now.';
const CALM = 120, THUMBS_AT_ONCE = 2, AROUND_KEPT = 4;

const isHidden = (item) => Boolean(item?.is_blind && !item.decision);
const aroundKey = (item) => item && `${item.content_hash}${isHidden(item) ? '|blind' : ''}`;

// What is told of a frame, asked once; null if it could not be had.
function aroundOf(S, item) {
  const key = aroundKey(item);
  let kept = S.around.get(key);
  if (kept) { S.around.delete(key); S.around.set(key, kept); }  // the last asked for is kept longest
  else {
    const stop = new AbortController();
    const url = `/api/around/${S.token}/${item.content_hash}${isHidden(item) ? '?blind=1' : ''}`;
    kept = { stop, told: null };
    kept.asked = fetch(url, { signal: stop.signal, priority: 'low' })
      .then((reply) => (reply.ok ? reply.json() : Promise.reject(new Error(reply.statusText))))
      .then((told) => { kept.told = told; return told; })
      .catch(() => { if (S.around.get(key) === kept) S.around.delete(key); return null; });
    S.around.set(key, kept);
    if (S.around.size > AROUND_KEPT) S.around.delete(S.around.keys().next().value);
  }
  return kept.asked;
}

// Called with every painting; does something only when another frame came into view.
function lookAround(S, get) {
  const item = S.items[S.shown], key = aroundKey(item);
  if (S.aroundShown === key && get('.fc-around').dataset.key === (key ?? '')) { markDecided(S, get); return; }
  S.aroundShown = key;
  get('.fc-around').dataset.key = key ?? '';
  clearTimeout(S.aroundWait);
  S.thumbs?.splice(0);
  S.around.forEach((kept, of) => { if (of !== key && !kept.told) { kept.stop.abort(); S.around.delete(of); } });
  clearAround(get);
  if (!item) return;
  const isStill = () => S.aroundShown === key && get('.fc-around')?.dataset.key === key;
  S.aroundWait = setTimeout(async () => {
    // The pictures that come next go first.
    await Promise.all(S.items.slice(S.shown, S.shown + 1 + AHEAD).map((one) => pictureOf(S, one).ready));
    await new Promise(requestAnimationFrame);
    while (isStill() && S.at !== S.shown) await pause(CALM);  // decided already; the next one follows
    if (!isStill()) return;
    const told = await aroundOf(S, item);
    if (!isStill()) return;
    if (!told) { get('.fc-clip p').textContent = UNREAD; get('.fc-around').classList.add('fc-here'); return; }
    showAround(S, get, told);
    layOut(S, S.box);
    const next = S.items[S.shown + 1];
    if (next) S.aroundWait = setTimeout(() => { if (isStill()) aroundOf(S, next); }, CALM);
  }, CALM);
}
function clearAround(get) {
  get('.fc-around').classList.remove('fc-here');
  for (const place of ['.fc-clip p', '.fc-clip div', '.fc-twins p', '.fc-twins div']) get(place).replaceChildren();
}
function showAround(S, get, told) {
  const strip = told.strip.frames, twins = told.suggestion?.frames ?? [];
  get('.fc-clip p').textContent = told.strip.title;
  get('.fc-clip div').replaceChildren(...strip.map((frame, at) => thumb(S, frame, frame.offset ?? '', () => openLook(S, get, strip, at))));
  const said = get('.fc-twins p'), statement = told.suggestion?.statement;
  said.textContent = statement ? `${statement.headline} ${statement.next_step}` : BLIND;
  get('.fc-twins div').replaceChildren(...twins.map((frame, at) => thumb(S, frame, frame.label, () => openLook(S, get, twins, at))));
  markDecided(S, get);
  get('.fc-around').classList.add('fc-here');
  const here = get('.fc-clip .fc-this'), row = get('.fc-clip div');
  if (here) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}
function thumb(S, frame, text, onclick) {
  const element = document.createElement('button'), picture = new Image(), line = document.createElement('span');
  element.type = 'button'; element.className = 'fc-thumb'; element.dataset.hash = frame.content_hash;
  element.title = [frame.path, frame.is_reviewed ? 'label from a review' : ''].filter(Boolean).join(' · ');
  picture.alt = ''; line.textContent = text;
  if (frame.is_here) { element.classList.add('fc-this'); element.setAttribute('aria-current', 'true'); }
  element.append(picture, line);
  element.onclick = (e) => { e.currentTarget.blur(); onclick(); };
  loadThumb(S, picture, `/api/pictures/${S.token}/${frame.content_hash}?size=thumb`);
  return element;
}
// Two at a time: a browser has six connections to a server, and decisions need one.
function loadThumb(S, picture, src) {
  S.thumbs ??= []; S.thumbsOut ??= 0;
  S.thumbs.push([picture, src]);
  const more = () => {
    while (S.thumbsOut < THUMBS_AT_ONCE && S.thumbs.length) {
      const [next, from] = S.thumbs.shift();
      S.thumbsOut += 1;
      next.onload = () => { S.thumbsOut -= 1; more(); };
      next.onerror = () => { S.thumbsOut -= 1; next.closest('.fc-thumb')?.classList.add('fc-gone'); more(); };
      next.fetchPriority = 'low'; next.src = from;
    }
  };
  more();
}
// What this tab knows of decisions is newer than what was told.
function markDecided(S, get) {
  const told = S.around.get(S.aroundShown)?.told;
  if (!told) return;
  const mine = new Map(S.items.map((item) => [item.content_hash, item]));
  told.strip.frames.forEach((frame, at) => {
    const known = mine.get(frame.content_hash);
    const element = get('.fc-clip div').children[at];
    element?.classList.toggle('fc-decided', known ? Boolean(known.decision) : frame.is_decided);
  });
}

// ---- a closer look at one of them ------------------------------------------------------------
// A modal dialog over the picture: all else rests, so no key can decide a frame that is covered.
function openLook(S, get, frames, at) {
  const dialog = get('.fc-look'), edge = S.box.getBoundingClientRect();
  Object.assign(dialog.style, { left: `${edge.left}px`, top: `${edge.top}px`, width: `${edge.width}px`, height: `${edge.height}px` });
  S.look = { dialog, frames, at, isOpen: true };
  dialog.onclose = () => { if (S.look) S.look.isOpen = false; get('.fc-queue')?.focus({ preventScroll: true }); };
  dialog.onclick = () => dialog.close();
  showLook(S);
  if (!dialog.open) dialog.showModal();
}
function showLook(S) {
  const { dialog, frames, at } = S.look, frame = frames[at];
  const picture = dialog.querySelector('img'), words = [frame.is_here ? 'The frame to decide' : frame.offset && `This clip, ${frame.offset}`];
  if (frame.label) words.push(`${frame.is_reviewed ? 'Reviewed as' : 'Labelled'} ${frame.label}`);
  words.push(frame.path);
  const say = (...more) => { dialog.querySelector('p span').textContent = [...words, ...more].filter(Boolean).join(' · '); };
  picture.onerror = () => say('its file is gone or broken');
  picture.src = `/api/pictures/${S.token}/${frame.content_hash}?size=display`;
  say();
}
function onLookKey(S, e) {
  if (e.ctrlKey || e.metaKey || e.altKey || /^F\d/.test(e.key)) return false;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
  if (e.key === 'Escape' || e.key === 'Enter') S.look.dialog.close();
  else if (step) {
    S.look.at = Math.min(Math.max(S.look.at + step, 0), S.look.frames.length - 1);
    showLook(S);
  }
  return true;  // no other key means anything while the frame to decide is covered
}
function closeLook(S) {
  if (S.look?.isOpen) S.look.dialog.close();
  S.look = null;
}
