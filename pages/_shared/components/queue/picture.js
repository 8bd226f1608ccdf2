// ---- pictures --------------------------------------------------------------------------------
function pictureOf(S, item) {
  let picture = S.pictures.get(item.content_hash);
  if (!picture) {
    picture = new Image();
    picture.alt = ''; picture.draggable = false;
    picture.src = `/api/pictures/${S.token}/${item.content_hash}?size=display`;
    picture.ready = picture.decode().catch(() => {});
    S.pictures.set(item.content_hash, picture);
    if (S.pictures.size > 24) S.pictures.delete(S.pictures.keys().next().value);
  }
  return picture;
}
// Another frame in view begins fitted, whole and with nothing over it.
function showPicture(S, box, item) {
  const isOther = box.dataset.hash !== item?.content_hash;
  S.box = box;
  if (item) {
    const picture = pictureOf(S, item);
    if (isOther || box.firstChild !== picture) box.replaceChildren(picture);
    box.dataset.hash = item.content_hash;
    if (isOther) picture.ready.then(() => { if (S.box?.firstChild === picture) layOut(S, S.box); });
  } else { box.replaceChildren(); delete box.dataset.hash; }
  if (isOther || !S.view) { closeLook(S); freshView(S, box); }
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
    if (answer.keys?.is_new) S.notice = NEW_ORDER;
  } catch (problem) {
    S.message = `The queue cannot be read. ${problem.message}`;
  }
  S.isLoading = false;
  S.render();
}

