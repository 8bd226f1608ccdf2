"""
One sitting in one tab: frame after frame is dialled and reviewed; memory must not creep.

    python -m tests.references.soak --frames 1000

Prints the memory of the server every hundred frames, and ends with 1 if it stands more than 5 %
above what it was after the first hundred, or if a decision is missing. The tab's heap, nodes and
listeners (after a collection, of its own page only) are printed beside it and judge nothing: each
visit to a page with a fold adds some forty nodes that Streamlit 1.67 holds by itself.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from typing import Any

import PIL.Image
from playwright.sync_api import sync_playwright

from tests.browser import acts
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.references.app_process import ROOT, AppProcess, load_words

SAMPLE = ROOT / "sample_data"
SEVERITIES = ("2", "4", "5")
GROWTH = 0.05
EVERY = 100
SIDE = 640  # px; what a frame is shrunk to, so that a thousand are made and scored in a minute


@dataclass
class Sitting:
    """What was measured each `EVERY` frames; lists of one length."""

    frames: list[int] = field(default_factory=list)
    minutes: list[float] = field(default_factory=list)
    server_mb: list[float] = field(default_factory=list)
    heap_mb: list[float] = field(default_factory=list)
    nodes: list[int] = field(default_factory=list)
    listeners: list[int] = field(default_factory=list)
    blobs: list[int] = field(default_factory=list)  # pictures held by an address not given back
    decided: int = 0
    problems: list[str] = field(default_factory=list)

    def growth(self) -> tuple[float, float]:
        """Of the server and of the heap: the end over the first row, less 1."""
        return (
            self.server_mb[-1] / self.server_mb[0] - 1,
            self.heap_mb[-1] / self.heap_mb[0] - 1,
        )


def make_frames(folder: Path, frames: int) -> None:
    """So many different pictures: the sample's field frames, then the same mirrored and turned."""
    sources = sorted((SAMPLE / "field").rglob("*.jpg"))
    turns = (None, PIL.Image.Transpose.FLIP_LEFT_RIGHT, PIL.Image.Transpose.ROTATE_180)
    pictures = ((source, turn) for turn in turns for source in sources)
    for number, (source, turn) in zip(count(), islice(pictures, frames), strict=False):
        with PIL.Image.open(source) as opened:
            image = opened.convert("RGB")
        image.thumbnail((SIDE, SIDE))
        image = image if turn is None else image.transpose(turn)
        place = folder / f"cam{number % 4}" / f"{number:05}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        image.save(place, quality=90)


def make_project(home: Path, frames: int) -> Path:
    """A scored project of that many frames with the sample's model; its database."""
    from core.workflows import projects, scoring

    make_frames(home / "pictures" / "field", frames)
    model = next((SAMPLE / "model").glob("*.safetensors"))
    project = projects.create_project(
        model=model,
        field=home / "pictures" / "field",
        reference=SAMPLE / "reference",
        folder=home / "project",
        title="Soak",
    )
    scoring.prepare(project)
    return project.database


def sit(page: Any, app: AppProcess, *, frames: int, every: int, on_row: Any) -> Sitting:
    """Dial `every` frames, review as many, measure; again until `frames` are done."""
    found, began = Sitting(), time.monotonic()
    page.on("pageerror", lambda error: found.problems.append(str(error)))
    devtools = page.context.new_cdp_session(page)
    acts.open_queue(page, app.url, "Random check")
    for done in range(every, frames + 1, every):
        _go(page, "Dial")
        page.wait_for_function("document.querySelectorAll('.fc-line path').length === 6")
        for _ in range(every):
            _dial_next(page)
        _go(page, "Queue")
        page.wait_for_function(acts.REVIEW_KEYS_READY)
        for number in range(every):
            _decide(page, str(1 + number % 6))
        acts.wait_saved(page)
        acts.settle(page)
        devtools.send("HeapProfiler.collectGarbage")
        counters = devtools.send("Memory.getDOMCounters")
        found.frames.append(done)
        found.minutes.append((time.monotonic() - began) / 60)
        found.server_mb.append(app.memory())
        found.heap_mb.append(devtools.send("Runtime.getHeapUsage")["usedSize"] / 2**20)
        found.nodes.append(counters["nodes"])
        found.listeners.append(counters["jsEventListeners"])
        found.blobs.append(page.evaluate("globalThis.__held.size"))
        on_row(found)
    return found


def _go(page: Any, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_selector(f"h1:has-text('{'next' if name == 'Queue' else 'dusk'}')")
    acts.settle(page)


def _dial_next(page: Any) -> None:
    before = page.evaluate("document.querySelector('.fc-before').src")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(src) => document.querySelector('.fc-before')?.src !== src", arg=before)
    for level in SEVERITIES:
        page.keyboard.press(level)
        page.wait_for_function(
            "(level) => document.querySelector('.fc-after')?.dataset.severity === level", arg=level
        )


def _decide(page: Any, key: str) -> None:
    before = page.evaluate("document.querySelector('.fc-picture').dataset.hash")
    page.keyboard.press(key)
    page.wait_for_function(
        "(hash) => document.querySelector('.fc-picture')?.dataset.hash !== hash", arg=before
    )


def passes(found: Sitting) -> bool:
    """Whether the server's memory held still while every frame was reviewed."""
    return found.growth()[0] <= GROWTH and found.decided == found.frames[-1]


HEAD = "frames   minutes   server MB   tab heap MB   DOM nodes   listeners   pictures held   load"
COUNT_BLOBS = """
globalThis.__held = new Set();
const { createObjectURL, revokeObjectURL } = URL;
URL.createObjectURL = (made) => {
  const url = createObjectURL.call(URL, made);
  globalThis.__held.add(url);
  return url;
};
URL.revokeObjectURL = (url) => { globalThis.__held.delete(url); revokeObjectURL.call(URL, url); };
"""


def row(found: Sitting) -> str:
    """The last measurement as a line of the table."""
    return (
        f"{found.frames[-1]:6}   {found.minutes[-1]:7.1f}   {found.server_mb[-1]:9.1f}   "
        f"{found.heap_mb[-1]:11.1f}   {found.nodes[-1]:9}   {found.listeners[-1]:9}   "
        f"{found.blobs[-1]:13}   {load_words()}"
    )


def run(frames: int, *, every: int = EVERY, on_row: Any = lambda found: None) -> Sitting:
    """The whole sitting, on a home of its own."""
    home = Path(tempfile.mkdtemp(prefix="fieldcheck-soak-"))
    before = os.environ.get("FIELDCHECK_HOME")
    os.environ["FIELDCHECK_HOME"] = str(home)
    app = AppProcess(home)
    try:
        database = make_project(home, frames)
        app.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(120_000)
            page.add_init_script(COUNT_BLOBS)
            found = sit(page, app, frames=frames, every=every, on_row=on_row)
            browser.close()
        found.decided = len(acts.standing(database))
        return found
    finally:
        app.kill()
        shutil.rmtree(home, ignore_errors=True)
        if before is None:
            os.environ.pop("FIELDCHECK_HOME", None)
        else:
            os.environ["FIELDCHECK_HOME"] = before


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--every", type=int, default=EVERY)
    options = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("Chromium is not installed (Debian: apt-get install chromium).")
    print(HEAD, flush=True)
    sitting = run(
        options.frames, every=options.every, on_row=lambda found: print(row(found), flush=True)
    )
    server, heap = sitting.growth()
    print(
        f"{sitting.decided} decisions stored; from {sitting.frames[0]} to {sitting.frames[-1]} "
        f"frames the server {server:+.1%}, the tab's heap {heap:+.1%}"
    )
    print(*sitting.problems[:5], sep="\n")
    sys.exit(0 if passes(sitting) else 1)
