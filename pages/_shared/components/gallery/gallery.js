// Real buttons, so that keyboard and screen readers work; text only through textContent.
export default function gallery({ data, parentElement: root, setStateValue }) {
  const box = root.querySelector('.fc-gallery');
  const shown = JSON.stringify(data.items);
  if (box.dataset.shown === shown) return () => {};
  box.dataset.shown = shown;
  box.replaceChildren(...data.items.map((item) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.setAttribute('aria-pressed', 'false');
    button.dataset.hash = item.hash;
    const img = document.createElement('img');
    img.loading = 'lazy'; img.alt = ''; img.src = item.src;
    const text = document.createElement('span');
    text.textContent = item.caption;
    button.append(img, text);
    button.onclick = () => {
      box.querySelectorAll('button').forEach((b) => b.setAttribute('aria-pressed', String(b === button)));
      setStateValue('picked', item.hash);
    };
    return button;
  }));
  return () => {};
}
