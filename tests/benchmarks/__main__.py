"""
How fast the app is here: `python -m tests.benchmarks` prints the figures, asserts nothing.

Start to first page, dial step to painted picture, key to next painted picture (in real Chromium,
on the sample project), and frames scored per second beside a naive PyTorch loop on the same frames.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
STEPS = 40
MODEL = ROOT / "sample_data" / "model" / "tools_lite0.safetensors"


def say(name: str, milliseconds: list[float]) -> None:
    ordered = sorted(milliseconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(
        f"{name:44} p50 {statistics.median(ordered):7.1f} ms   p95 {p95:7.1f} ms   "
        f"(n {len(ordered)})"
    )


def rate(how: str) -> float:
    """Frames per second of this process on 256 sample frames, after a few to warm up."""
    run = naive_loop() if how == "naive" else ours()
    paths = sorted((ROOT / "sample_data" / "field").rglob("*.jpg"))[:256]
    run(paths[:16])
    started = time.perf_counter()
    run(paths)
    return len(paths) / (time.perf_counter() - started)


def naive_loop() -> Callable[[list[Path]], None]:
    """What one would write in an afternoon: Pillow, torchvision, one picture at a time."""
    import timm
    import torch
    from PIL import Image
    from safetensors.torch import load_file
    from torchvision import transforms

    sidecar = json.loads(MODEL.with_suffix(".model.json").read_text(encoding="utf-8"))
    given = sidecar["input"]
    prepare = transforms.Compose(
        [
            transforms.Resize(given["resize"], transforms.InterpolationMode.BICUBIC),
            transforms.CenterCrop(given["crop"]),
            transforms.ToTensor(),
            transforms.Normalize(given["mean"], given["std"]),
        ]
    )
    name = sidecar["architecture"].removeprefix("timm:")
    network = timm.create_model(name, num_classes=len(sidecar["classes"])).eval()
    network.load_state_dict(load_file(MODEL))

    def run(paths: list[Path]) -> None:
        with torch.inference_mode():
            for path in paths:
                network(prepare(Image.open(path).convert("RGB"))[None]).argmax().item()

    return run


def ours() -> Callable[[list[Path]], None]:
    from core.engines.local import score_files
    from core.models.loading import load_model

    classifier = load_model(MODEL)
    return lambda paths: score_files(
        classifier, [(str(p), p) for p in paths],
        on_batch=lambda batch, done: None, on_broken=lambda key, reason: None,
    )  # fmt: skip


def scoring(home: Path) -> None:
    """
    Frames per second of the pipeline and of a naive loop, turn about, on one machine.

    Each in its own process: Fieldcheck tames PyTorch's threads when it starts, a loop does not.
    """
    rates: dict[str, list[float]] = {"naive": [], "ours": []}
    for how in ["naive", "ours"] * 5:
        command = [sys.executable, "-m", "tests.benchmarks", how]
        said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        rates[how].append(float(said.stdout))
    slow, fast = (statistics.median(found) for found in rates.values())
    print(f"{'frames per second, naive PyTorch loop':44} {slow:7.1f}")
    print(
        f"{'frames per second, ours (decode to answer)':44} {fast:7.1f}   ratio {fast / slow:.2f}"
    )

    from core.workflows import projects, scoring

    os.environ["FIELDCHECK_HOME"] = str(home)
    project = projects.open_sample()
    seconds = scoring.prepare(project)
    print(f"{'sample project, indexed, scored and stored':44} {seconds:7.1f} s")


def browser(home: Path) -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser import acts
    from tests.browser.conftest import CHROMIUM, FLAGS, Server

    server = Server(home)
    hook = (ROOT / "tests" / "benchmarks" / "paint.js").read_text()
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = chromium.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(hook)
            network = page.context.new_cdp_session(page)
            network.send("Network.enable")
            network.send("Network.setCacheDisabled", {"cacheDisabled": True})  # every step anew
            started = time.perf_counter()
            server.start()
            answered = time.perf_counter()
            page.goto(server.url)
            page.get_by_text("How good is it here?").wait_for()
            page.wait_for_selector(".fc-finding, .fc-share, [data-testid=stAlert]")
            done = time.perf_counter()
            print(f"{'server answers after':44} {answered - started:7.2f} s")
            print(f"{'first useful page after (cold browser)':44} {done - started:7.2f} s")
            acts.settle(page)
            time.sleep(8)  # the model comes in beside the first page

            acts.open_page(page, server.url, "dial")
            page.wait_for_function("document.querySelectorAll('.fc-strip img[src]').length === 6")
            time.sleep(1)
            say("dial step to painted picture and answer", dial_steps(page))

            acts.open_queue(page, server.url, "Random check")
            time.sleep(1)
            say("key to next painted picture (saved first)", key_steps(page))
            chromium.close()
    finally:
        server.kill()


def dial_steps(page: object) -> list[float]:
    times = []
    for step in range(STEPS):
        level = [1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 0.5][step % 10]
        times.append(page.evaluate("(level) => globalThis.__paint.dial(level)", level))
        time.sleep(0.15)
    return times


def key_steps(page: object) -> list[float]:
    times = []
    for step in range(STEPS):
        times.append(page.evaluate("(key) => globalThis.__paint.key(key)", str(1 + step % 6)))
        time.sleep(0.25)
    return times


if __name__ == "__main__" and len(sys.argv) > 1:
    print(rate(sys.argv[1]))
elif __name__ == "__main__":
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        scoring(Path(folder))
        browser(Path(folder))
    print(f"load average {os.getloadavg()[0]:.1f}")
