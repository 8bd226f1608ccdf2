// ---- the session: one quiet line under the frame -----------------------------------------------
// Asked for once keys have rested, so that no decision ever waits for it.
const SESSION_REST = 2000;

// Called with every painting; asks only when something was committed since.
function tellSession(S, place) {
  const line = place.querySelector('span'), end = place.querySelector('button');
  line.textContent = S.session;
  end.hidden = !S.session;
  end.onclick = (e) => { e.currentTarget.blur(); endSession(S); };
  if (S.isLoading || S.sessionAt === S.saves) return;
  S.sessionAt = S.saves;
  clearTimeout(S.sessionWait);
  S.sessionWait = setTimeout(async () => {
    const at = S.saves, answer = await askSession(S);
    if (at !== S.saves || answer.line === undefined) return;
    S.session = answer.line ?? '';
    S.render();
  }, SESSION_REST);
}
async function askSession(S, method = 'GET') {
  try {
    const reply = await fetch(`/api/queue/${S.token}/session`, { method, priority: 'low' });
    return await reply.json();
  } catch { return { error: 'Fieldcheck does not answer.' }; }
}

async function endSession(S) {
  settleEntry(S);
  while (S.outbox.length && !S.isUnsaved) await pause(20);  // what was decided last belongs to it
  if (S.isUnsaved) return;
  const { title, lines, error } = await askSession(S, 'POST');
  if (error) { S.message = `The session has not ended. ${error}`; S.render(); return; }
  S.session = '';
  S.render();
  const dialog = S.closing, close = plainButton('Back to the queue', () => dialog.close(), 'close');
  const head = part('h2', title);
  head.id = 'fc-closing-title';
  close.append(part('kbd', 'Esc'));
  dialog.replaceChildren(head, ...lines.map((line) => part('p', line)), close);
  dialog.onclose = () => S.focusQueue();
  dialog.showModal();
  close.focus();
}
