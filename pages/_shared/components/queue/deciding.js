// ---- deciding --------------------------------------------------------------------------------
function push(S, action, value, extra = {}) {
  const item = S.items[S.at];
  const event = {
    id: crypto.randomUUID(), client: S.client, sequence: S.sequence += 1,
    content_hash: extra.content_hash ?? item.content_hash, action, value: value ?? null,
    undoes: extra.undoes ?? null, asked: extra.asked ?? (DECIDES.has(action) ? item?.asked ?? null : null),
  };
  S.outbox.push(event); keepOutbox(S);
  S.message = '';
  send(S);
  return event;
}

const mayDecide = (S) => !S.isLoading && !S.isUnsaved && !S.isWaiting && S.at < S.items.length;

function decide(S, action, value) {
  settleEntry(S);
  if (!mayDecide(S)) return;
  if (action === 'agree' && S.items[S.at].is_blind) {
    S.message = 'Look first: the answer is hidden, so there is nothing to agree with. Name the class you see.';
    S.render();
    return;
  }
  S.started ??= performance.now();
  push(S, action, value);
  S.at += 1;
}
function add(S, action, value) { settleEntry(S); if (mayDecide(S)) { push(S, action, value); S.render(); } }

function undo(S) {
  settleEntry(S);
  if (S.isLoading || S.isUnsaved || S.isWaiting) return;
  const gone = new Set(S.outbox.filter((e) => e.action === 'undo').map((e) => e.undoes));
  const waiting = S.outbox.filter((e) => e.action !== 'undo').reverse();
  const past = [...waiting, ...S.history].find((event) => !gone.has(event.id));
  if (!past) { S.message = 'There is nothing to undo.'; S.render(); return; }
  const index = S.items.findIndex((item) => item.content_hash === past.content_hash);
  if (index >= 0) S.at = index;
  else S.isWaiting = true;  // its frame comes back with the answer; take no key before
  // A frame still to be decided blind stays so when a tag is taken off it.
  push(S, 'undo', null, { content_hash: past.content_hash, undoes: past.id, asked: S.items[index]?.asked });
}
function browse(S, step) {
  settleEntry(S);
  if (S.outbox.length || S.isLoading) return;
  S.at = Math.min(Math.max(S.at + step, 0), S.items.length);
  S.shown = S.at; S.message = ''; S.render();
  if (S.items[S.at]?.wasAsked) S.seen.add(S.items[S.at].content_hash);  // no blind look any more
}

