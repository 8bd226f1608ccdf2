"""
Does the dial follow the hand? `python -m tests.benchmarks.drag` prints it, asserts nothing.

Real Chromium, the app as its own process, the sample's Lite0 on frames of 1280x960. A mouse drags
the slider over 50 positions in 3 seconds and lets go: updates a second while it drags, and the time
from letting go to the last picture and answer painted. The browser's cache is off, so that every
position is damaged and answered anew. Then where one step's time goes, on the server's side and in
this process alone.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from core.corruptions import CORRUPTIONS, corrupt
from core.frames.images import decode, encode_bmp, working_image
from core.models.loading import load_model
from core.models.preprocessing import preprocess
from core.workflows import projects, scoring

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "sample_data" / "model" / "tools_lite0.safetensors"
DAMAGES = ("jpeg_compression", "field_rain", "motion_blur")  # cheap, medium, costly
POSITIONS = 50
SECONDS = 3.0
FRAMES = 12


def frames(folder: Path) -> None:
    """Sample frames enlarged to what field cameras give."""
    folder.mkdir(parents=True)
    for rank, path in enumerate(sorted((ROOT / "sample_data" / "field").rglob("*.jpg"))[:FRAMES]):
        with Pillow.open(path) as opened:
            large = opened.convert("RGB").resize((1280, 960), Pillow.Resampling.BICUBIC)
        large.save(folder / f"{rank:02}.jpg", quality=92)


def quantiles(values: list[float]) -> str:
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"p50 {statistics.median(ordered):6.1f}  p95 {p95:6.1f}"


def drag(page: Any) -> dict[str, Any]:
    """Up and down the slider, one stop after the other, and let go at the last."""
    handle = page.locator(".fc-slider input[type=range]").first
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    stops = round(5 / 0.5)

    def place(stop: int) -> tuple[float, float]:
        x = box["x"] + 8 + (box["width"] - 16) * stop / stops
        return x, box["y"] + box["height"] / 2

    page.mouse.move(*place(0))
    page.mouse.down()
    time.sleep(0.4)  # severity 0 is shown before the count begins
    page.evaluate("globalThis.__drag.start()")
    started = time.perf_counter()
    for rank in range(1, POSITIONS + 1):
        turn, stop = divmod(rank, stops)
        time.sleep(max(0.0, started + SECONDS * rank / POSITIONS - time.perf_counter()))
        page.mouse.move(*place(stop if turn % 2 == 0 else stops - stop))
    page.mouse.up()  # at once: the last position has still to be damaged and answered
    found: dict[str, Any] = page.evaluate("globalThis.__drag.end()")
    return found


def browser(home: Path, damages: list[str], n_drags: int) -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser import acts
    from tests.browser.conftest import CHROMIUM, FLAGS, Server

    server = Server(home)
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = chromium.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(path=ROOT / "tests" / "benchmarks" / "drag.js")
            page.set_default_timeout(120_000)
            network = page.context.new_cdp_session(page)
            network.send("Network.enable")
            network.send("Network.setCacheDisabled", {"cacheDisabled": True})
            server.start()
            acts.open_page(page, server.url, "dial")
            page.wait_for_function("document.querySelectorAll('.fc-strip img[src]').length === 6")
            time.sleep(8)  # the model and what the damages need come in beside the page
            for name in damages:
                choose(page, CORRUPTIONS[name].title)
                page.wait_for_function("document.querySelectorAll('.fc-line path').length === 6")
                acts.settle(page)
                time.sleep(1)
                drag(page)  # to warm up
                say(name, [drag(page) for _ in range(n_drags)])
            chromium.close()
    finally:
        server.kill()


def choose(page: Any, title: str) -> None:
    """Type, because a long list shows only what fits on screen."""
    box = page.locator(".st-key-dial_corruptions")
    for _ in range(box.locator("[data-testid=stMultiSelect] [aria-label^=Remove]").count()):
        box.locator("[aria-label^=Remove]").first.click()
    field = box.locator("input").first
    field.click()
    field.fill(title)
    page.get_by_role("option", name=title).first.click()
    page.wait_for_function(
        "(t) => [...document.querySelectorAll('.fc-slider-name')].some((e) => e.textContent === t)",
        arg=title,
    )


def say(name: str, drags: list[dict[str, Any]]) -> None:
    rates = [found["updates"] / found["seconds"] for found in drags]
    print(
        f"{name:18} updates/s {statistics.median(rates):5.1f} (least {min(rates):.1f})   "
        f"let go to last paint, ms: {quantiles([found['settled'] for found in drags])} "
        f"(n {len(drags)})"
    )
    for part, what in (("queued", "waits in the browser"), ("server", "server"),
                       ("transfer", "transfer")):  # fmt: skip
        values = [value for found in drags for value in found[part]]
        print(f"    {what:24} ms: {quantiles(values)} (n {len(values)})")
    print(f"    load average {os.getloadavg()[0]:.1f}")


def parts(picture: Path, damages: list[str]) -> None:
    """What the route does for one step, each part alone in this process, wall and CPU."""
    classifier = load_model(MODEL)
    image = working_image(decode(picture))
    print(f"one step in this process, working picture {image.shape[1]}x{image.shape[0]}")
    batch = preprocess(image, classifier.spec.input)[None]
    works: list[tuple[str, Callable[[float], object]]] = [
        *((f"damage: {name}", _damage(image, name)) for name in damages),
        ("prepare for the model", lambda level: preprocess(image, classifier.spec.input)),
        ("model", lambda level: classifier.forward(batch)),
        ("encode BMP", lambda level: encode_bmp(image)),
    ]
    for what, work in works:
        wall, cpu = [], []
        for rank in range(31):
            started, busy = time.perf_counter(), time.process_time()
            work(0.5 + 4.5 * (rank % 10) / 10)
            if rank:
                wall.append(1e3 * (time.perf_counter() - started))
                cpu.append(1e3 * (time.process_time() - busy))
        print(f"    {what:28} wall ms: {quantiles(wall)}   CPU ms: {quantiles(cpu)}")


def _damage(image: Any, name: str) -> Callable[[float], object]:
    return lambda level: corrupt(image, name, severity=level, seed=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drags", type=int, default=20)
    parser.add_argument("--damages", default=",".join(DAMAGES))
    options = parser.parse_args()
    damages = options.damages.split(",")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        os.environ["FIELDCHECK_HOME"] = str(home)
        frames(home / "frames")
        project = projects.create_project(model=MODEL, field=home / "frames", title="Large")
        scoring.prepare(project)
        parts(min((home / "frames").iterdir()), damages)
        browser(home, damages, options.drags)


if __name__ == "__main__":
    main()
