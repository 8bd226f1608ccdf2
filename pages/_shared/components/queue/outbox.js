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
      S.isUnsaved = false; S.message = ''; S.saves += 1; wait = 250;
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
    S.history.unshift({ id: event.id, content_hash: event.content_hash });
    if (item && answer.item) S.items[index] = opened(item, answer.item);
    if (item) apply(S, S.items[index], event);
    if (DECIDES.has(event.action)) S.shown = index + 1;
  }
  S.isWaiting = false;
  S.render();
}

// A frame asked blind or once more is shown whole as soon as it is decided.
const opened = (item, fresh) => ({
  ...fresh, reason: item.is_blind ? fresh.reason : item.reason, decision: item.decision, wasAsked: item.asked,
});

function apply(S, item, event) {
  if (DECIDES.has(event.action)) {
    if (!item.decision) S.decided += 1;
    item.decision = event.action;
    item.label_now = event.action === 'label' || event.action === 'agree' ? event.value : null;
  }
  if (event.action === 'hard_case') item.hard_case = event.value === 'on';
  if (event.action === 'tag') item.tags = [...new Set([...item.tags, event.value])].sort();
  if (event.action === 'untag') item.tags = item.tags.filter((tag) => tag !== event.value);
  if (event.action === 'note') item.note = event.value || null;
}

function undone(S, index, fresh) {
  if (fresh && index >= 0) {
    const was = S.items[index], isOpen = S.seen.has(was.content_hash) || !fresh.asked;
    if (was.decision && !fresh.decision) S.decided -= 1;
    // Why it is in this queue stays; what was seen open cannot be asked blind again.
    S.items[index] = isOpen
      ? { ...(fresh.asked ? { ...was, decision: null, label_now: null } : fresh), reason: was.reason, asked: null }
      : fresh;
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

