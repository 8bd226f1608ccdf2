"""
Reviewers in browser windows and processes decide at once; nothing is lost, nobody waits.

    python -m tests.references.windows --seconds 60

Keys are typed into real queue pages (Chromium), one window after the other, while processes record
through core.workflows.queue as fast as they can. A write is timed in the window, from the request
to its answer.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import multiprocessing
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
from playwright.sync_api import sync_playwright

from core.project import Project
from core.store.database import connect
from tests.browser import acts
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.references import desk, writers
from tests.references.app_process import AppProcess, load_words

MOST = 0.1  # s, p95 of a write
FRAMES = 600
LISTEN = """
globalThis.__writes = [];
const plain = globalThis.fetch;
globalThis.fetch = async (...asked) => {
  const is_write = String(asked[0]).endsWith('/events');
  const from = performance.now();
  const reply = await plain(...asked);
  if (is_write) {
    const text = await reply.clone().text();
    globalThis.__writes.push({ id: JSON.parse(asked[1].body).id, ok: reply.ok, text,
                               ms: performance.now() - from });
  }
  return reply;
};
"""


@dataclass
class Room:
    """What came of it."""

    windows: int
    processes: int
    typed: int
    saved: int  # decisions the windows were told are saved
    by_processes: int
    stored: int
    missing: int
    twice: int
    complaints: list[str]
    window_p50: float  # s
    window_p95: float
    process_p95: float

    def is_whole(self) -> bool:
        """Every decision made was acknowledged and is stored once; nobody was refused."""
        return (
            self.typed == self.saved > 0
            and self.stored == self.saved + self.by_processes
            and not (self.missing or self.twice or self.complaints)
        )


def small_pictures(count: int) -> dict[str, bytes]:
    """JPEG files by content hash, each another pattern."""
    found = {}
    for number in range(count):
        blocks = np.random.default_rng(number).integers(0, 256, (12, 16, 3), np.uint8)
        file = io.BytesIO()
        PIL.Image.fromarray(blocks.repeat(20, axis=0).repeat(20, axis=1)).save(file, "JPEG")
        found[hashlib.sha256(file.getvalue()).hexdigest()] = file.getvalue()
    return found


def run(*, seconds: float, windows: int = 8, processes: int = 8, frames: int = FRAMES) -> Room:
    """Let them decide for so long."""
    pictures = small_pictures(frames)
    fork = multiprocessing.get_context("fork")
    with desk.desk(list(pictures)) as project:
        folder = project.folder.parent / "field"
        folder.mkdir()
        for digest, jpeg in pictures.items():
            (folder / f"{digest[:8]}.jpg").write_bytes(jpeg)
        app = AppProcess(Path(os.environ["FIELDCHECK_HOME"]))
        app.start()
        answers = fork.Queue()
        clerks = [
            fork.Process(target=writers.write, args=(project, seconds, n, answers, list(pictures)))
            for n in range(processes)
        ]
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                pages = [_window(browser, app.url) for _ in range(windows)]
                for clerk in clerks:
                    clerk.start()
                typed = _type(pages, until=time.perf_counter() + seconds)
                found = [answers.get(timeout=seconds + 60) for _ in clerks]
                for page in pages:
                    acts.wait_saved(page, seconds=60)
                writes = [one for page in pages for one in page.evaluate("globalThis.__writes")]
                browser.close()
        finally:
            app.kill()
            for clerk in clerks:
                clerk.join(timeout=10)
        return _counted(project, windows, typed, writes, found)


def _window(browser: Any, url: str) -> Any:
    """A reviewer's own window: own storage, own session, the queue open."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(LISTEN)
    acts.open_queue(page, url, "Random check")
    return page


def _type(pages: list[Any], *, until: float) -> int:
    """One key into each window in turn, again and again; how many."""
    typed = 0
    left = {page: len(acts.queue_hashes(page)) for page in pages}
    while time.perf_counter() < until and any(left.values()):
        for page in pages:
            if left[page]:
                page.keyboard.press(str(1 + typed % len(desk.CLASSES)))
                typed += 1
                left[page] -= 1
    return typed


def _counted(
    project: Project, windows: int, typed: int, writes: list[Any], found: list[Any]
) -> Room:
    with connect(project.database) as db:
        rows = list(db.query("SELECT id, client, sequence FROM reviews"))
    stored = {row["id"] for row in rows}
    saved = {one["id"] for one in writes if one["ok"]}
    by_processes = {identity for ids, _, _ in found for identity in ids}
    ms = np.array([one["ms"] for one in writes if one["ok"]])
    clerks = np.array([one for _, each, _ in found for one in each])
    return Room(
        windows=windows,
        processes=len(found),
        typed=typed,
        saved=len(saved),
        by_processes=len(by_processes),
        stored=len(stored),
        missing=len((saved | by_processes) - stored),
        twice=len(rows) - len({(row["client"], row["sequence"]) for row in rows}),
        complaints=[text for _, _, texts in found for text in texts]
        + [one["text"] for one in writes if not one["ok"]],
        window_p50=float(np.quantile(ms, 0.5)) / 1000,
        window_p95=float(np.quantile(ms, 0.95)) / 1000,
        process_p95=float(np.quantile(clerks, 0.95)) if len(clerks) else 0.0,
    )


def line(room: Room) -> str:
    """The room in words."""
    return (
        f"{room.windows} windows typed {room.typed} keys, {room.saved} saved, p50 "
        f"{room.window_p50 * 1000:.0f} ms, p95 {room.window_p95 * 1000:.0f} ms; {room.processes} "
        f"processes {room.by_processes} decisions, p95 {room.process_p95 * 1000:.0f} ms; "
        f"{room.stored} stored, {room.missing} missing, {room.twice} twice, "
        f"{len(room.complaints)} refused"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--windows", type=int, default=8)
    parser.add_argument("--processes", type=int, default=8)
    options = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("Chromium is not installed (Debian: apt-get install chromium).")
    room = run(seconds=options.seconds, windows=options.windows, processes=options.processes)
    print(f"{line(room)}; {load_words()}")
    print(*room.complaints[:5], sep="\n")
    sys.exit(0 if room.is_whole() and room.window_p95 <= MOST else 1)
