// Times an act in the page until the new picture is painted (load, next frame, then a task).
globalThis.__paint = (() => {
  const painted = (img) => new Promise((done) => {
    const after = () => requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => done(performance.now());
      channel.port2.postMessage(0);
    });
    if (img.complete && img.naturalWidth) after(); else img.addEventListener('load', after, { once: true });
  });
  const changed = (target, options) => new Promise((done) => {
    const observer = new MutationObserver(() => { observer.disconnect(); done(); });
    observer.observe(target, options);
  });
  return {
    async dial(level) {
      const slider = document.querySelector('.fc-slider input'), img = document.querySelector('.fc-after');
      const seen = changed(img, { attributes: true, attributeFilter: ['src'] });
      const start = performance.now();
      slider.value = level; slider.dispatchEvent(new Event('input', { bubbles: true }));
      await seen;
      return await painted(img) - start;
    },
    async key(key) {
      const box = document.querySelector('.fc-picture');
      const seen = changed(box, { childList: true });
      const start = performance.now();
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code: `Digit${key}`, bubbles: true }));
      await seen;
      return await painted(box.querySelector('img')) - start;
    },
  };
})();
