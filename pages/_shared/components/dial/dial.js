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
    const tipped = S.clean && answer.leaning !== S.clean.leaning;
    element.textContent = tipped ? `⚠ Now ${answer.words}` : capital(answer.words);
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

  // A line from level to level; an orange mark where the answer is another.
  const line = (answers) => {
    const make = (name, attributes) => {
      const element = document.createElementNS('http://www.w3.org/2000/svg', name);
      Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
      return element;
    };
    const place = ({ confidence }, level) => [50 + 100 * level, 70 - 64 * confidence];
    const floor = make('line', { x1: 0, x2: 600, y1: 70, y2: 70 });
    const path = make('polyline', { points: answers.map((a, n) => place(a, n).join()).join(' ') });
    const marks = answers.map((answer, level) => {
      const [x, y] = place(answer, level);
      const isSame = answer.leaning === answers[0].leaning;
      return make('path', { class: isSame ? 'fc-mark-same' : 'fc-mark-tipped', d: `M${x} ${y}h0.01` });
    });
    get('.fc-line').replaceChildren(floor, path, ...marks);
    const first = answers.findIndex((a) => a.leaning !== answers[0].leaning);
    get('.fc-line-says').textContent = 'How sure it says it is, from severity 0 on the left to 5 on the right'
      + (first > 0 ? `; orange from ${first} on, where the answer is another.` : '; the answer stays the same.');
  };

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
    get('.fc-line').replaceChildren();
    const answers = [];
    caption(Number(slider.value));
    for (const [level, button] of buttons.entries()) {
      while (S.busy) await new Promise((done) => setTimeout(done, 60));
      if (src !== S.src) return;
      try {
        const { answer, blob } = await ask(src, level);
        if (src !== S.src) return;
        answers.push(answer);
        await show(button.firstChild, blob);
        button.firstChild.hidden = false;
        const tipped = answer.leaning !== S.clean?.leaning;
        button.lastChild.textContent = `${level}: ${tipped ? '⚠ ' : ''}${answer.answer}`;
        button.classList.toggle('fc-tipped', tipped);
        button.setAttribute('aria-label', `Severity ${level}: ${answer.words}`);
      } catch { return; }
    }
    line(answers);
  };

  const jump = (level) => {
    slider.value = Math.min(5, Math.max(0, level));
    want(Number(slider.value));
    clearTimeout(S.settled);  // a held key asks for one rerun, not for twenty
    S.settled = setTimeout(() => S.commit('severity', Number(slider.value)), 250);
  };
  const peek = (isHeld) => {
    const clean = get('.fc-clean');
    clean.src = before.src; clean.hidden = !isHeld; after.hidden = isHeld;
    if (isHeld) get('.fc-after-caption').textContent = 'As it is'; else caption(Number(slider.value));
  };
  const isTyping = () => document.activeElement?.closest(
    'input:not([type=range]), textarea, select, [contenteditable=true], [role=combobox], [role=listbox]');
  const STEPS = { ArrowUp: 0.5, ArrowDown: -0.5 };
  const FRAMES = { ArrowLeft: '.st-key-dial_previous button', ArrowRight: '.st-key-dial_next button' };
  const listen = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping()) return;
    if (event.type === 'keyup') { if (event.code === 'KeyB') peek(false); return; }
    const digit = /^(?:Digit|Numpad)([0-5])$/.exec(event.code)?.[1];
    if (event.key in STEPS) jump(Number(slider.value) + STEPS[event.key]);
    else if (event.key in FRAMES) document.querySelector(FRAMES[event.key])?.click();
    else if (digit !== undefined) jump(Number(digit));
    else if (event.code === 'KeyB') { if (!event.repeat) peek(true); }
    else return;
    event.preventDefault(); event.stopPropagation();
  };
  root.fieldcheckOff?.();
  document.addEventListener('keydown', listen, true);
  document.addEventListener('keyup', listen, true);
  root.fieldcheckOff = () => {
    document.removeEventListener('keydown', listen, true);
    document.removeEventListener('keyup', listen, true);
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
        const verdict = !data.label ? '' : answer.leaning === data.label ? ' ✓ as labelled' : ` ✗ labelled ${data.label}`;
        get('.fc-says-before').textContent = capital(`${answer.words}${verdict}`);
        await want(Number(slider.value));
        strip(src);
      } catch (problem) { get('.fc-says-before').textContent = problem.message; }
    })();
  }
  return () => { root.fieldcheckOff?.(); root.fieldcheckOff = null; };
}
