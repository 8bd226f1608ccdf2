// ---- zoom, pan, and what the model sees ------------------------------------------------------
// A view is a scale against the fitted picture and a shift in px of its box; every layer of the
// box (the picture, the same in full size, the model's part) takes it through one variable.
const ZOOM_STEP = 1.25, MOST_ZOOM = 8, PAN_SHARE = 0.15;
const DISPLAY_SIDE = 1280;  // px, the longer side of pictures as the route shrinks them
const NO_VIEW = { scale: 1, x: 0, y: 0 };

function freshView(S, box) {
  S.view = { ...NO_VIEW }; S.isModelView = false; S.fingers = new Map();
  S.full = null;
  layOut(S, box);
}

// Where the fitted picture lies in its box, and how many screen px one pixel of the file gets.
function fitOf(S, box) {
  const picture = S.full?.naturalWidth ? S.full : box.firstChild;
  const width = S.around.get(aroundKey(S.items[S.shown]))?.told?.width ?? picture?.naturalWidth;
  if (!picture?.naturalWidth || !box.clientWidth) return null;
  const scale = Math.min(box.clientWidth / picture.naturalWidth, box.clientHeight / picture.naturalHeight);
  const wide = picture.naturalWidth * scale, tall = picture.naturalHeight * scale;
  return {
    wide, tall, left: (box.clientWidth - wide) / 2, top: (box.clientHeight - tall) / 2,
    pixel: (wide / width) * devicePixelRatio,
  };
}
// The step Z goes to: 1:1, or for a picture smaller than its box the next whole multiple.
function closeUp(fit) {
  const one = 1 / fit.pixel;
  return one >= 1.3 ? one : Math.ceil(1.5 / one) * one;
}
const mostZoom = (fit) => Math.max(closeUp(fit), MOST_ZOOM / fit.pixel, MOST_ZOOM / 2);
const isZoomed = (S) => (S.view?.scale ?? 1) > 1;

function zoomTo(S, box, scale, x = box.clientWidth / 2, y = box.clientHeight / 2) {
  const fit = fitOf(S, box);
  if (!fit) return;
  const next = Math.min(Math.max(scale, 1), mostZoom(fit)), by = next / S.view.scale;
  S.view = next < 1.02 ? { ...NO_VIEW } : { scale: next, x: x - (x - S.view.x) * by, y: y - (y - S.view.y) * by };
  if (isZoomed(S)) loadFull(S, box);
  layOut(S, box);
}
function panBy(S, box, x, y) {
  S.view = { ...S.view, x: S.view.x + x, y: S.view.y + y };
  layOut(S, box);
}
async function toggleZoom(S, at) {
  const box = S.box, item = S.items[S.shown], point = at ?? S.pointer ?? {};
  if (!box || !item) return;
  // Shrunk for the screen: how large the file's own picture is must be asked.
  if (Math.max(box.firstChild.naturalWidth, box.firstChild.naturalHeight) >= DISPLAY_SIDE) await aroundOf(S, item);
  const fit = box.dataset.hash === item.content_hash && fitOf(S, box);
  if (!fit) return;
  zoomTo(S, box, isZoomed(S) ? 1 : closeUp(fit), point.x, point.y);
}

// The picture never leaves its box: a smaller side is centred, a larger one covers it.
function held(shift, scale, start, size, room) {
  const long = size * scale;
  if (long <= room) return (room - long) / 2 - start * scale;
  return Math.min(-start * scale, Math.max(room - long - start * scale, shift));
}
function layOut(S, box) {
  const fit = fitOf(S, box), { scale } = S.view;
  if (fit && scale > 1) {
    S.view.x = held(S.view.x, scale, fit.left, fit.wide, box.clientWidth);
    S.view.y = held(S.view.y, scale, fit.top, fit.tall, box.clientHeight);
  }
  box.style.setProperty('--fc-view', scale > 1 ? `translate(${S.view.x}px, ${S.view.y}px) scale(${scale})` : 'none');
  box.classList.toggle('fc-zoomed', scale > 1);
  box.classList.toggle('fc-pixels', Boolean(fit) && fit.pixel * scale >= 2 && scale > 1);
  layModelView(S, box, fit);
  const said = [];
  if (scale > 1 && fit) said.push(`Zoomed ${ratio(fit.pixel * scale)} · drag to move`);
  if (S.isModelView) said.push(S.around.get(aroundKey(S.items[S.shown]))?.told?.seen?.words ?? 'What the model sees …');
  box.parentElement.querySelector('.fc-badge').textContent = said.join(' · ');
  markViews(S, box.closest('.fc-queue').querySelector('.fc-actions'));
}
// The buttons of the views say whether they are on.
function markViews(S, actions) {
  for (const act of ['zoom', 'model']) {
    actions.querySelector(`[data-name=${act}]`)?.setAttribute('aria-pressed', String(isOn[act](S)));
  }
}
const short = (number) => String(Math.round(number * 10) / 10);
const ratio = (pixel) => (pixel >= 0.97 ? `${short(pixel)}:1` : `1:${short(1 / pixel)}`);

// Only a picture zoomed into is fetched in its own size, and laid over the one that fits.
function loadFull(S, box) {
  const item = S.items[S.shown];
  if (S.full || !item) return;
  const full = S.full = new Image();
  full.alt = ''; full.draggable = false; full.className = 'fc-full';
  full.src = `/api/pictures/${S.token}/${item.content_hash}?size=full`;
  full.decode().then(() => {
    if (S.full !== full || box.dataset.hash !== item.content_hash) return;
    box.firstChild.after(full);
    layOut(S, box);
  }, () => { /* the smaller one stays */ });
}

// ---- what the model sees ---------------------------------------------------------------------
async function toggleModelView(S) {
  const box = S.box, item = S.items[S.shown];
  if (!box || !item) return;
  S.isModelView = !S.isModelView;
  layOut(S, box);
  if (!S.isModelView) return;
  await aroundOf(S, item);
  if (S.box?.dataset.hash === item.content_hash && S.isModelView) layOut(S, box);
}
function layModelView(S, box, fit) {
  const item = S.items[S.shown], seen = S.isModelView && S.around.get(aroundKey(item))?.told?.seen;
  let layer = box.querySelector('.fc-model');
  if (!seen || !fit) { layer?.remove(); return; }
  if (!layer) {
    layer = document.createElement('div'); layer.className = 'fc-model';
    const cut = document.createElement('div'), part = new Image();
    part.alt = 'What the model sees'; part.draggable = false;
    part.src = `/api/pictures/${S.token}/${item.content_hash}?size=seen`;
    const made = layer;
    part.onerror = () => made.remove();
    cut.append(part); layer.append(cut); box.append(layer);
  }
  const cut = layer.firstChild, part = cut.firstChild, px = (value) => `${value}px`, share = (value) => `${value * 100}%`;
  Object.assign(cut.style, { left: px(fit.left), top: px(fit.top), width: px(fit.wide), height: px(fit.tall) });
  Object.assign(part.style, { left: share(seen.left), top: share(seen.top), width: share(seen.width), height: share(seen.height) });
}

// ---- mouse, fingers, keys --------------------------------------------------------------------
function wirePicture(root, box) {
  if (box.isWired) return;
  box.isWired = true;
  const live = () => root.fieldcheckQueue, inBox = (e) => {
    const edge = box.getBoundingClientRect();
    return { x: e.clientX - edge.left, y: e.clientY - edge.top };
  };
  const isOff = () => !live()?.view || !box.dataset.hash;
  box.addEventListener('wheel', (e) => {
    const S = live();
    // Nothing to zoom out of: the wheel scrolls the page as everywhere.
    if (isOff() || (!isZoomed(S) && e.deltaY > 0)) return;
    e.preventDefault();
    const pace = e.ctrlKey ? 0.01 : e.deltaMode ? 0.05 : 0.0025, { x, y } = inBox(e);
    const by = Math.min(Math.max(Math.exp(-e.deltaY * pace), 1 / ZOOM_STEP), ZOOM_STEP);
    zoomTo(S, box, S.view.scale * by, x, y);
  }, { passive: false });
  box.addEventListener('pointerdown', (e) => {
    if (isOff() || e.button) return;
    box.setPointerCapture(e.pointerId);
    live().fingers.set(e.pointerId, inBox(e));
  });
  box.addEventListener('pointermove', (e) => {
    const S = live(), now = inBox(e);
    if (isOff()) return;
    if (e.pointerType === 'mouse') S.pointer = now;
    const was = S.fingers.get(e.pointerId);
    if (!was) return;
    const other = [...S.fingers].find(([id]) => id !== e.pointerId)?.[1];
    S.fingers.set(e.pointerId, now);
    if (other) {
      const gap = (a) => Math.max(Math.hypot(a.x - other.x, a.y - other.y), 1);
      zoomTo(S, box, S.view.scale * (gap(now) / gap(was)), (now.x + other.x) / 2, (now.y + other.y) / 2);
    }
    if (isZoomed(S)) panBy(S, box, (now.x - was.x) / (other ? 2 : 1), (now.y - was.y) / (other ? 2 : 1));
  });
  const lift = (e) => live()?.fingers?.delete(e.pointerId);
  ['pointerup', 'pointercancel', 'lostpointercapture'].forEach((name) => box.addEventListener(name, lift));
  box.addEventListener('pointerleave', () => { const S = live(); if (S) S.pointer = null; });
  box.addEventListener('dblclick', (e) => { if (!isOff()) toggleZoom(live(), inBox(e)); });
  new ResizeObserver(() => { if (!isOff()) layOut(live(), box); }).observe(box);
}

// Keys of the picture's own that are no decision: Shift and arrows move it while it is zoomed.
function onPictureKey(S, e) {
  if (S.look?.isOpen) return onLookKey(S, e);
  const target = e.composedPath()[0];
  if (!e.shiftKey || !e.key.startsWith('Arrow') || !isZoomed(S) || target.matches?.('input, textarea')) return false;
  const step = { x: S.box.clientWidth * PAN_SHARE, y: S.box.clientHeight * PAN_SHARE };
  const way = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
  panBy(S, S.box, way[0] * step.x, way[1] * step.y);
  return true;
}
