// The newest slider position wins; one request is in flight at a time.
const WORDS = ['untouched', 'mild', 'mild', 'moderate', 'moderate', 'severe'];
// Never rounds up to 100 or down to 0 what is not quite there.
const percent = (sure) => (sure >= 0.995 && sure < 1 ? 'over 99 %' : sure > 0 && sure < 0.005 ? 'under 1 %' : `${Math.round(sure * 100)} %`);
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const wordOf = (level) => WORDS[Math.ceil(level)];

async function ask(src, level) {
  const reply = await fetch(`${src}&severity=${level}`);
  if (!reply.ok) {
    const { error } = await reply.json().catch(() => ({ error: 'The picture is not available.' }));
    throw new Error(error);
  }
  return { answer: JSON.parse(reply.headers.get('X-Answer')), blob: await reply.blob() };
}

export default function dial({ data, parentElement: root, setStateValue }) {
  const get = (selector) => root.querySelector(selector);
  const slider = get('input'), before = get('.fc-before'), after = get('.fc-after');
  const S = root.fieldcheck ??= { src: null, wanted: null, busy: false, urls: new Map(), clean: null };
  S.commit = setStateValue;

  get('.fc-slider-name').textContent = data.title;
  slider.setAttribute('aria-label', `${data.title}, severity 0 to 5`);

  const show = (img, blob) => {
    const old = S.urls.get(img), url = URL.createObjectURL(blob);
    S.urls.set(img, url);
    img.src = url;
    return img.decode().catch(() => {}).then(() => { if (old) URL.revokeObjectURL(old); });
  };
  const say = (element, answer) => {
    const tipped = S.clean && answer.answer !== S.clean.answer;
    element.textContent = tipped ? `⚠ Now ${percent(answer.confidence)} sure it is ${answer.answer}` : capital(`${percent(answer.confidence)} sure it is ${answer.answer}`);
    element.classList.toggle('fc-tipped', Boolean(tipped));
  };
  const bars = (answer) => {
    get('.fc-bars').replaceChildren(...answer.top3.map(({ label, confidence }) => {
      const row = document.createElement('div'); row.className = 'fc-bar';
      const name = document.createElement('span'); name.className = 'fc-bar-name'; name.textContent = label;
      const track = document.createElement('span'); track.className = 'fc-bar-track';
      const fill = document.createElement('div'); fill.className = 'fc-bar-fill';
      fill.style.width = `${confidence * 100}%`; track.append(fill);
      const sure = document.createElement('span'); sure.className = 'fc-bar-sure'; sure.textContent = `${percent(confidence)} sure`;
      row.append(name, track, sure);
      return row;
    }));
  };
  const caption = (level) => {
    get('output').textContent = `${level.toFixed(1)} of 5, ${wordOf(level)}`;
    get('.fc-after-caption').textContent = level ? `${data.title} ${level.toFixed(1)} (${wordOf(level)})` : 'Move the slider to damage it';
    root.querySelectorAll('.fc-strip button').forEach((b) => b.setAttribute('aria-pressed', String(Number(b.dataset.level) === level)));
  };

  const pump = async () => {
    if (S.busy) return;
    S.busy = true;
    try {
      while (S.wanted !== null) {
        const level = S.wanted, src = S.src;
        S.wanted = null;
        try {
          const { answer, blob } = await ask(src, level);
          if (src !== S.src) continue;
          if (S.clean === null) {
            S.clean = level === 0 ? answer : (await ask(src, 0)).answer;
          }
          await show(after, blob);
          after.dataset.severity = level;
          say(get('.fc-says-after'), answer);
          bars(answer);
        } catch (problem) {
          get('.fc-says-after').textContent = problem.message;
        }
      }
    } finally { S.busy = false; }
  };
  const want = (level) => { caption(level); S.wanted = level; return pump(); };
  slider.oninput = () => want(Number(slider.value));
  slider.onchange = () => S.commit('severity', Number(slider.value));

  // All six levels, one after the other, once the hand rests; a click goes there.
  const strip = async (src) => {
    const buttons = [0, 1, 2, 3, 4, 5].map((level) => {
      const button = document.createElement('button');
      button.type = 'button'; button.dataset.level = level;
      const img = document.createElement('img'); img.alt = ''; img.hidden = true;
      const text = document.createElement('span'); text.textContent = `${level}`;
      button.append(img, text);
      button.onclick = () => { slider.value = level; want(level); S.commit('severity', level); };
      return button;
    });
    get('.fc-strip').replaceChildren(...buttons);
    caption(Number(slider.value));
    for (const [level, button] of buttons.entries()) {
      while (S.busy) await new Promise((done) => setTimeout(done, 60));
      if (src !== S.src) return;
      try {
        const { answer, blob } = await ask(src, level);
        if (src !== S.src) return;
        await show(button.firstChild, blob);
        button.firstChild.hidden = false;
        const tipped = answer.answer !== S.clean?.answer;
        button.lastChild.textContent = `${level}: ${tipped ? '⚠ ' : ''}${answer.answer}`;
        button.classList.toggle('fc-tipped', tipped);
        button.setAttribute('aria-label', `Severity ${level}: ${percent(answer.confidence)} sure it is ${answer.answer}`);
      } catch { return; }
    }
  };

  if (S.src !== data.src) {
    // The slider stays where it is, so that frames and damages compare at one severity.
    if (S.src === null) slider.value = 0;
    S.src = data.src; S.clean = null;
    const src = data.src;
    (async () => {
      try {
        const { answer, blob } = await ask(src, 0);
        if (src !== S.src) return;
        S.clean = answer;
        await show(before, blob);
        const verdict = !data.label ? '' : answer.answer === data.label ? ' ✓ as labelled' : ` ✗ labelled ${data.label}`;
        get('.fc-says-before').textContent = capital(`${percent(answer.confidence)} sure it is ${answer.answer}${verdict}`);
        await want(Number(slider.value));
        strip(src);
      } catch (problem) { get('.fc-says-before').textContent = problem.message; }
    })();
  }
  return () => {};
}
