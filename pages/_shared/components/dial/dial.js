// The newest slider position wins; one request is in flight at a time.
const WORDS = ['untouched', 'mild', 'mild', 'moderate', 'moderate', 'severe'];
const LEVELS = [0, 1, 2, 3, 4, 5];
// Never rounds up to 100 or down to 0 what is not quite there.
const percent = (sure) => (sure >= 0.995 && sure < 1 ? 'over 99 %' : sure > 0 && sure < 0.005 ? 'under 1 %' : `${Math.round(sure * 100)} %`);
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const small = (text) => text[0].toLowerCase() + text.slice(1);
const wordOf = (level) => WORDS[Math.ceil(level)];
const make = (tag, name, text = '') => {
  const element = document.createElement(tag);
  element.className = name; element.textContent = text;
  return element;
};

// One answer carries two pictures: the damaged frame, and from byte X-Seen on what the model sees.
async function ask(src, names, levels) {
  const chain = names.map((name, place) => `${name}:${levels[place]}`).join('+');
  const reply = await fetch(`${src}&chain=${encodeURIComponent(chain)}`);
  if (!reply.ok) {
    const { error } = await reply.json().catch(() => ({ error: 'The picture is not available.' }));
    throw new Error(error);
  }
  const both = await reply.blob(), border = Number(reply.headers.get('X-Seen'));
  return {
    answer: JSON.parse(reply.headers.get('X-Answer')),
    blob: both.slice(0, border, 'image/bmp'),
    seen: both.slice(border, both.size, 'image/bmp'),
  };
}

export default function dial({ data, parentElement: root, setStateValue }) {
  const get = (selector) => root.querySelector(selector);
  const before = get('.fc-before'), after = get('.fc-after'), seen = get('.fc-seen');
  const S = root.fieldcheck ??= {
    src: null, names: [], titles: [], looks: [], levels: [], active: 0, round: null,
    wanted: null, busy: false, urls: new Map(), clean: null, strip: null,
  };
  const commit = () => setStateValue('turned', { levels: [...S.levels], active: S.active, round: S.round });
  S.commit = commit;
  const id = () => [S.src, ...S.names].join();
  const none = () => S.names.map(() => 0);
  const sliders = () => [...root.querySelectorAll('.fc-slider')];

  const show = (img, blob) => {
    const old = S.urls.get(img), url = URL.createObjectURL(blob);
    S.urls.set(img, url);
    img.src = url;
    return img.decode().catch(() => {}).then(() => { if (old) URL.revokeObjectURL(old); });
  };
  // The browser holds a picture as long as its address is not given back, shown or not.
  const forget = (images) => images.forEach((img) => {
    const url = S.urls.get(img);
    if (url) URL.revokeObjectURL(url);
    S.urls.delete(img);
  });
  const isTipped = (answer) => Boolean(S.clean) && answer.leaning !== S.clean.leaning;
  const say = (element, answer) => {
    const tipped = isTipped(answer);
    element.textContent = tipped ? `⚠ Now ${answer.words}` : capital(answer.words);
    element.classList.toggle('fc-tipped', tipped);
  };
  const bars = (answer) => {
    get('.fc-bars').replaceChildren(...answer.top3.map(({ label, confidence }) => {
      const row = make('div', 'fc-bar'), track = make('span', 'fc-bar-track'), fill = make('div', 'fc-bar-fill');
      fill.style.width = `${confidence * 100}%`; track.append(fill);
      row.append(make('span', 'fc-bar-name', label), track, make('span', 'fc-bar-sure', `${percent(confidence)} sure`));
      return row;
    }));
  };
  const caption = () => {
    const on = S.levels.flatMap((level, place) => level ? [`${S.titles[place]} ${level.toFixed(1)} (${wordOf(level)})`] : []);
    get('.fc-after-caption').textContent = on.map((text, place) => place ? small(text) : text).join(', then ') || 'Move the slider to damage it';
    get('.fc-looks').textContent = `${S.titles[S.active]}: ${small(S.looks[S.active])}`;
    sliders().forEach((row, place) => {
      row.querySelector('output').textContent = `${S.levels[place].toFixed(1)} of 5, ${wordOf(S.levels[place])}`;
      row.classList.toggle('fc-active', S.names.length > 1 && place === S.active);
    });
    root.querySelectorAll('.fc-strip button').forEach((b) => b.setAttribute('aria-pressed', String(Number(b.dataset.level) === S.levels[S.active])));
  };

  // Words at once, pictures as soon as they are decoded; of two on their way the newer one stays.
  const present = async ({ answer, blob, seen: small }, level) => {
    const turn = S.turn = (S.turn ?? 0) + 1;
    const painted = Promise.all([show(after, blob), show(seen, small)]);
    say(get('.fc-says-after'), answer);
    bars(answer);
    await painted;
    if (S.turn === turn) after.dataset.severity = level;  // an older one may be decoded later
  };
  const pump = async () => {
    if (S.busy) return;
    S.busy = true;
    try {
      while (S.wanted !== null) {
        const levels = S.wanted, asked = id();
        S.wanted = null;
        try {
          const found = await ask(S.src, S.names, levels);
          if (asked !== id()) continue;
          const painted = present(found, levels[S.active]);
          if (S.wanted === null) await painted;
        } catch (problem) {
          get('.fc-says-after').textContent = problem.message;
        }
      }
    } finally { S.busy = false; }
  };
  const want = () => { caption(); S.wanted = [...S.levels]; return pump(); };
  const turn = (place, level) => {
    S.active = place; S.levels[place] = level;
    return want();
  };
  // Where other damages changed, or another one is turned, the strip belongs to what was before.
  const settle = () => { clearTimeout(S.settled); S.settled = null; S.commit(); strip(); };
  // Python is told once the last picture is painted: its rerun would hold that picture back.
  const settleSoon = (wait = 100) => {
    clearTimeout(S.settled);
    S.settled = setTimeout(() => S.busy ? settleSoon() : settle(), wait);
  };
  // What is still to be told is told before anything else is; before a link it is not told at all:
  // told after the click it would lead back to this page.
  const leave = (event) => {
    if (!S.settled || root.contains(event.target)) return;
    if (event.target.closest?.('a')) { clearTimeout(S.settled); S.settled = null; } else settle();
  };
  // A line from level to level; an orange mark where the answer is another.
  const line = (answers) => {
    const draw = (name, attributes) => {
      const element = document.createElementNS('http://www.w3.org/2000/svg', name);
      Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
      return element;
    };
    const place = ({ confidence }, level) => [50 + 100 * level, 70 - 64 * confidence];
    const floor = draw('line', { x1: 0, x2: 600, y1: 70, y2: 70 });
    const path = draw('polyline', { points: answers.map((a, n) => place(a, n).join()).join(' ') });
    const marks = answers.map((answer, level) => {
      const [x, y] = place(answer, level);
      return draw('path', { class: isTipped(answer) ? 'fc-mark-tipped' : 'fc-mark-same', d: `M${x} ${y}h0.01` });
    });
    get('.fc-line').replaceChildren(floor, path, ...marks);
    const first = answers.findIndex(isTipped);
    get('.fc-line-says').textContent = `How sure it says it is, from ${small(S.titles[S.active])} 0 on the left to 5 on the right`
      + (first >= 0 ? `; orange from ${first} on, where the answer is another.` : '; the answer stays the same.');
  };

  // All six levels of the active damage, one after the other, once the hand rests; a click goes there.
  const strip = async () => {
    const others = S.levels.map((level, place) => place === S.active ? null : level);
    const key = [id(), S.active, ...others].join();
    if (key === S.strip) return;
    S.strip = key;
    const active = S.active;
    const buttons = LEVELS.map((level) => {
      const button = make('button', ''), img = document.createElement('img');
      button.type = 'button'; button.dataset.level = level;
      img.alt = ''; img.hidden = true;
      button.append(img, make('span', '', `${level}`));
      button.onclick = () => { sliders()[active].querySelector('input').value = level; turn(active, level); settle(); };
      return button;
    });
    forget(root.querySelectorAll('.fc-strip img'));
    get('.fc-strip').replaceChildren(...buttons);
    get('.fc-line').replaceChildren();
    const answers = [];
    caption();
    for (const [level, button] of buttons.entries()) {
      while (S.busy) await new Promise((done) => setTimeout(done, 60));
      if (key !== S.strip) return;
      try {
        const levels = others.map((other) => other ?? level);
        const { answer, blob } = await ask(S.src, S.names, levels);
        if (key !== S.strip) return;
        answers.push(answer);
        await show(button.firstChild, blob);
        if (!button.isConnected) forget([button.firstChild]);
        button.firstChild.hidden = false;
        const tipped = isTipped(answer);
        button.lastChild.textContent = `${level}: ${tipped ? '⚠ ' : ''}${answer.answer}`;
        button.classList.toggle('fc-tipped', tipped);
        button.setAttribute('aria-label', `${S.titles[active]} ${level}: ${answer.words}`);
      } catch { return; }
    }
    line(answers);
  };

  const jump = (level) => {
    const slider = sliders()[S.active].querySelector('input');
    slider.value = Math.min(5, Math.max(0, level));
    turn(S.active, Number(slider.value));
    settleSoon(250);  // a held key asks for one rerun, not for twenty
  };
  const peek = (isHeld) => {
    const clean = get('.fc-clean');
    clean.src = before.src; clean.hidden = !isHeld; after.hidden = isHeld;
    if (isHeld) get('.fc-after-caption').textContent = 'As it is'; else caption();
  };
  const isTyping = () => document.activeElement?.closest(
    'input:not([type=range]), textarea, select, [contenteditable=true], [role=combobox], [role=listbox]');
  const STEPS = { ArrowUp: 0.5, ArrowDown: -0.5 };
  const FRAMES = { ArrowLeft: '.st-key-dial_previous button', ArrowRight: '.st-key-dial_next button' };
  const listen = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping()) return;
    if (event.type === 'keyup') { if (event.code === 'KeyB') peek(false); return; }
    const digit = /^(?:Digit|Numpad)([0-5])$/.exec(event.code)?.[1];
    if (event.key in STEPS) jump(S.levels[S.active] + STEPS[event.key]);
    else if (event.key in FRAMES) {
      S.isUntold ||= Boolean(S.settled);  // told with the new frame: told now, it would bring this one back
      clearTimeout(S.settled); S.settled = null;
      document.querySelector(FRAMES[event.key])?.click();
    }
    else if (digit !== undefined) jump(Number(digit));
    else if (event.code === 'KeyB') { if (!event.repeat) peek(true); }
    else return;
    event.preventDefault(); event.stopPropagation();
  };
  root.fieldcheckOff?.();
  document.addEventListener('keydown', listen, true);
  document.addEventListener('keyup', listen, true);
  document.addEventListener('pointerdown', leave, true);
  root.fieldcheckOff = () => {
    document.removeEventListener('keydown', listen, true);
    document.removeEventListener('keyup', listen, true);
    document.removeEventListener('pointerdown', leave, true);
  };

  const rows = () => S.titles.map((title, place) => {
    const row = make('label', 'fc-slider'), input = document.createElement('input');
    Object.assign(input, { type: 'range', min: 0, max: 5, step: 0.5 });
    input.setAttribute('list', 'fc-levels');
    input.setAttribute('aria-label', `${title}, severity 0 to 5`);
    input.value = S.levels[place];
    input.oninput = () => turn(place, Number(input.value));
    input.onchange = () => settleSoon();
    input.onfocus = () => { if (S.active !== place) { S.active = place; caption(); settle(); } };
    row.append(make('span', 'fc-slider-name', title), input, make('output', ''));
    return row;
  });

  const names = data.damages.map(({ name }) => name);
  const isAnother = S.src !== data.src || S.names.join() !== names.join();
  const isPreset = S.round !== data.round;
  if (isAnother || isPreset) {
    // Sliders stay where they are, so that frames and damages compare at one severity.
    S.levels = names.map((_, place) => isPreset ? data.levels[place] ?? 0 : S.levels[place] ?? 0);
    S.active = isPreset ? 0 : Math.min(S.active, names.length - 1);
    S.round = data.round; S.src = data.src; S.names = names; S.strip = null;
    S.titles = data.damages.map(({ title }) => title); S.looks = data.damages.map(({ looks }) => looks);
    S.clean = null;
    get('.fc-sliders').replaceChildren(...rows());
    const asked = id();
    (async () => {
      try {
        const { answer, blob } = await ask(S.src, S.names, none());
        if (asked !== id()) return;
        S.clean = answer;
        await show(before, blob);
        const verdict = !data.label ? '' : answer.leaning === data.label ? ' ✓ as labelled' : ` ✗ labelled ${data.label}`;
        get('.fc-says-before').textContent = capital(`${answer.words}${verdict}`);
        await want();
        if (S.isUntold) { S.isUntold = false; settle(); } else strip();
      } catch (problem) { get('.fc-says-before').textContent = problem.message; }
    })();
  }
  return () => {
    root.fieldcheckOff?.(); root.fieldcheckOff = null;
    // Called on every rerun too; what is still on the page a moment later keeps its pictures.
    setTimeout(() => { if (!root.isConnected) forget([...S.urls.keys()]); });
  };
}
