// Remembers when the dial's picture or answer was last painted anew, and when the hand let go.
globalThis.__drag = (() => {
  const paints = [], S = { letGo: 0, watched: null };
  const after = (stamp) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => stamp(performance.now());
    channel.port2.postMessage(0);
  });
  const watch = () => {
    const img = document.querySelector('.fc-after');
    if (!img || img === S.watched) return;
    S.watched = img;
    let shown = img.src;
    img.addEventListener('load', () => {
      if (img.src === shown) return;
      shown = img.src;
      after((at) => paints.push(at));
    });
    new MutationObserver(() => after((at) => paints.push(at))).observe(
      document.querySelector('.fc-says-after'), { childList: true, characterData: true, subtree: true });
  };
  document.addEventListener('pointerup', () => { S.letGo = performance.now(); }, true);
  // A picture and its answer come within one frame of each other: one update.
  const updates = (from, to) => paints.filter((at, n) => at >= from && at <= to && !(n && at - paints[n - 1] < 8)).length;
  return {
    start() {
      watch();
      paints.length = 0;
      performance.clearResourceTimings();
      performance.setResourceTimingBufferSize(2000);
      S.start = performance.now();
    },
    // Once nothing was painted for `rest` ms: what this drag came to.
    async end(rest = 700) {
      let last = -1;
      while (paints.length !== last || performance.now() - (paints.at(-1) ?? S.letGo) < rest) {
        last = paints.length;
        await new Promise((done) => setTimeout(done, 50));
      }
      const asked = performance.getEntriesByType('resource').filter((e) => e.name.includes('/api/dial/'));
      return {
        seconds: (S.letGo - S.start) / 1000,
        updates: updates(S.start, S.letGo),
        settled: Math.max(0, (paints.at(-1) ?? 0) - S.letGo),
        server: asked.map((e) => e.responseStart - e.requestStart),
        transfer: asked.map((e) => e.responseEnd - e.responseStart),
        queued: asked.map((e) => e.requestStart - e.startTime),
      };
    },
  };
})();
