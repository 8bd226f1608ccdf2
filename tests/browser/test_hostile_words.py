"""Words that would run, turn round or burst a page lie on every page as what they are: words."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys

import pytest

from core.records import Folder, SliceRule
from core.workflows import choices, grid, label_doubts, narrow, projects, saved_slices, scoring
from pages._shared import state
from pages._shared.words import JOINER
from tests.browser import acts
from tests.browser.conftest import ROOT

SCRIPT = "<script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://x","y")'
TURNED = "\u202egnp.exe\u202c עברית"
EMOJI = "👩🏽‍🔬🧲🇩🇪"
MARKDOWN = "[x](javascript:alert(1)) **b** :material/bug: $a$ `c` :red[d]"
LONG = "Wß" * 5_000
CLASSES = (f"{IMAGE} {TURNED}", FORMULA, f"{EMOJI} {'W' * 300}")
CAMERAS = (SCRIPT, f"{MARKDOWN} {TURNED}")
FOLDERS = ("<b>bold<b> & [x](y)", f"{TURNED} {EMOJI}")
PLACES = (IMAGE, FORMULA, LONG, "one\ntwo\r\nthree", f"{MARKDOWN}")
COLUMN = "<i>lens</i> & $soil$"

PAGES = [stem for _, _, pages in state.PAGES for stem, *_ in pages]

READY = {
    "queue": acts.REVIEW_KEYS_READY,
    "label_doubts": "document.querySelector('.fc-doubts')?.dataset.busy === 'false'",
}

# Before any script of the page: whoever calls one of these ran what he should have shown.
TRAP = """
globalThis.__ran = [];
for (const name of ['alert', 'confirm', 'prompt'])
  globalThis[name] = (...said) => { globalThis.__ran.push(`${name} ${said}`); };
"""
MADE_ELEMENTS = """
() => [...document.querySelectorAll('img[src="x"], a[href^="javascript:"], a[href^="http://x"]')]
  .map((e) => e.outerHTML)
  .concat([...document.querySelectorAll('body script')].map((e) => e.textContent)
  .filter((text) => text.includes('alert(1)')))
"""
SIDEWAYS = """
() => {
  const main = document.querySelector('[data-testid=stMain]'), root = document.documentElement;
  return [root.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth];
}
"""


@pytest.fixture
def hostile(server, tmp_path, colour_model, colour_picture, monkeypatch):
    """A scored project whose every name is one of those, in the server's home."""
    monkeypatch.setenv("FIELDCHECK_HOME", str(server.home))
    root = tmp_path / "<u>where & it lies<u>"
    model = colour_model(root / f"{FOLDERS[0]}.onnx")
    sidecar = {
        "architecture": None, "classes": list(CLASSES),
        "input": {
            "channels": "RGB", "resize": 32, "interpolation": "bilinear", "crop": 32,
            "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0],
        },
    }  # fmt: skip
    model.with_suffix(".model.json").write_text(json.dumps(sidecar), encoding="utf-8")
    rows = []
    for number in range(24):
        place = root / "field" / FOLDERS[number % 2] / f"{number:02} {SCRIPT.replace('/', '')}.jpg"
        colour_picture(place, ("red", "green", "blue")[number % 3], seed=number)
        label = CLASSES[(number + number % 5 // 4) % 3] if number % 7 else PLACES[number % 5]
        rows.append({
            "path": place.relative_to(root).as_posix(), "label": label,
            "camera": CAMERAS[number % 2], "taken_at": f"2026-03-02 {number:02}:00:00",
            "place": PLACES[number % 5], COLUMN: PLACES[number % 4],
        })  # fmt: skip
    for number in range(30):
        place = root / "reference" / FOLDERS[number % 2] / f"{number:03}.jpg"
        colour_picture(place, ("red", "green", "blue")[number % 3], seed=1000 + number)
        rows.append({
            "path": place.relative_to(root).as_posix(), "label": CLASSES[number % 3],
            "camera": CAMERAS[number % 2], "taken_at": f"2026-03-02 10:{number:02}:00",
            "place": "", COLUMN: "",
        })  # fmt: skip
    with (root / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    project = projects.create_project(
        model=model, field=root / "field", reference=root / "reference",
        metadata=root / "metadata.csv", title=f"{IMAGE} {MARKDOWN} {TURNED}", folder=root / "p",
    )  # fmt: skip
    scoring.prepare(project)
    choices.set_reviewer(project, SCRIPT)
    hashes = list(grid.every(project)["content_hash"])
    for tag in (SCRIPT, FORMULA, MARKDOWN, TURNED, LONG[:9_000], "nul\x00in it"):
        grid.tag_frames(project, hashes[:5], tag)
    rule = narrow.with_values(SliceRule(), "camera", [SCRIPT])
    saved_slices.save_slice(project, f"{IMAGE} {TURNED}", [rule])
    label_doubts.prepare(project)
    return project


@pytest.mark.usefixtures("hostile")
def test_hostile_words_are_inert_and_whole_on_every_page(page, server):
    server.start()
    page.add_init_script(TRAP)
    page.on("dialog", lambda dialog: page.problems.append(f"a dialog: {dialog.message}"))
    said, wrong = {}, []
    for stem in PAGES:
        acts.open_page(page, server.url, "" if stem == "overview" else stem)
        acts.settle(page)
        if stem in READY:
            page.wait_for_function(READY[stem])
        said[stem] = page.locator("body").inner_text()

        if page.evaluate(SIDEWAYS) != [0, 0]:
            wrong.append((stem, "sideways", page.evaluate(SIDEWAYS)))
        wrong += [(stem, "ran", one) for one in page.evaluate("globalThis.__ran")]
        wrong += [(stem, "made", one) for one in page.evaluate(MADE_ELEMENTS)]
        wrong += [(stem, "broke", said[stem])] if "Something went wrong" in said[stem] else []
    assert wrong == []
    assert page.problems == []
    title = f"Project: {IMAGE} {MARKDOWN} {TURNED}"
    for stem, text in said.items():
        assert title in text.replace(JOINER, ""), stem
    shown = said["slices"].replace(JOINER, "")
    assert COLUMN in shown
    assert f"Class: {FORMULA}" in shown or f"Class: {CLASSES[0]}" in shown


def open_entry(page, key: str) -> None:
    """The list of orders may still be closing, and takes the keys until it has."""
    field = page.locator(".fc-entry input")
    acts.until(lambda: page.keyboard.press(key) or field.is_visible())


def test_hostile_words_typed_into_the_queue_are_shown_and_stored_whole(page, server, hostile):
    server.start()
    page.add_init_script(TRAP)
    acts.open_queue(page, server.url, "Newest first")
    page.wait_for_function(acts.REVIEW_KEYS_READY)
    for key, text in (("n", f"{SCRIPT} {TURNED} {LONG}"[:10_000]), ("t", f"{IMAGE} {EMOJI}")):
        open_entry(page, key)
        page.locator(".fc-entry input").fill(text)
        page.keyboard.press("Enter")
        acts.wait_saved(page)
    shown = page.locator(".fc-state").inner_text()

    assert SCRIPT in shown and IMAGE in shown
    assert [row[2] for row in acts.standing(hostile.database)][-2:] == [
        f"{SCRIPT} {TURNED} {LONG}"[:10_000], f"{IMAGE} {EMOJI}",
    ]  # fmt: skip
    page.keyboard.press("1")
    acts.wait_saved(page)
    assert acts.standing(hostile.database)[-1][2] == CLASSES[0]
    assert page.evaluate("globalThis.__ran") == []
    assert page.evaluate(MADE_ELEMENTS) == []
    assert page.evaluate(SIDEWAYS) == [0, 0]
    assert page.problems == []


def test_commands_print_hostile_words_as_they_are(server, hostile):
    def said(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "core.cli", *arguments, "--project", str(hostile.folder)],
            cwd=ROOT, env={**os.environ, "FIELDCHECK_HOME": str(server.home)},
            capture_output=True, text=True, check=False, encoding="utf-8",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    rows = json.loads(said("slices", "--by", "camera", "--json"))
    assert {row["value"] for row in rows} == set(CAMERAS)
    reviews = json.loads(said("reviews", "list", "--json"))
    assert {row["value"] for row in reviews} >= {SCRIPT, FORMULA, LONG[:9_000], "nul\x00in it"}
    assert {row["reviewer"] for row in reviews} == {SCRIPT}
    assert Folder.FIELD.value in {row["folder"] for row in reviews}
