"""The whole job on real photos, by hand: open, score, dial, relabel, kill, restart, export."""

from __future__ import annotations

import csv
import io
import re
import time
from pathlib import Path

import pytest

from tests.browser import acts

SHARED = Path(__file__).resolve().parents[3] / "shared"
GROCERY = SHARED / "grocery"
pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="../shared with the grocery photos is not there"
)


def fill_path(page, label: str, path: Path) -> None:
    box = page.get_by_role("textbox", name=label, exact=True)
    box.fill(str(path))
    box.press("Enter")
    acts.settle(page)


def open_grocery(page, url: str, model: Path) -> None:
    acts.open_page(page, url)
    page.get_by_role("button", name="Open your own").click()
    fill_path(page, "Model file", model)
    fill_path(page, "Field frames", GROCERY / "field")
    page.get_by_text("400 pictures.").wait_for()
    fill_path(page, "Reference frames (optional)", GROCERY / "reference")
    page.get_by_text("233 pictures.").wait_for()


def test_the_whole_job_by_hand(page, server):  # noqa: PLR0915 - one job, from end to end
    server.start()
    open_grocery(page, server.url, GROCERY / "model" / "grocery_lite0.safetensors")
    page.get_by_text("10 classes: Apple, Banana").wait_for()
    page.get_by_role("button", name="Open project").click()

    # 231 of 233 and 353 of 400, with what the issue allows
    page.get_by_text(re.compile(r"Right in 35[1-5] of 400 field frames")).wait_for(timeout=240_000)
    page.get_by_text(re.compile(r"Right in 23[0-2] of 233 reference frames")).wait_for()

    # the dial follows the hand: picture and answer change with the button still down
    page.get_by_role("link", name="Dial").click()
    page.wait_for_function("document.querySelector('.fc-says-after')?.textContent.includes('sure')")
    page.wait_for_function("document.querySelectorAll('.fc-strip img[src]').length === 6")
    slider = page.locator(".fc-slider input")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    seen = []
    page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(
            box["x"] + 8 + (box["width"] - 16) * step / 10, box["y"] + box["height"] / 2
        )
        page.wait_for_function(
            f"document.querySelector('.fc-after').dataset.severity == {step / 2}"
        )
        picture = page.locator(".fc-after").get_attribute("src")
        seen.append((picture, page.locator(".fc-says-after").inner_text()))
    page.mouse.up()

    assert len({picture for picture, _ in seen}) == 10
    assert len({answer for _, answer in seen}) >= 2

    # relabel ten by keyboard only, undo two, tag one as a hard case
    page.get_by_role("link", name="Queue").click()
    page.wait_for_function(acts.REVIEW_KEYS_READY)
    frames = acts.queue_hashes(page)
    last_key = page.locator(".fc-actions button").last.bounding_box()
    assert last_key["y"] + last_key["height"] <= 900, "ten classes and all keys on one screen"
    for key in "1234567890":
        page.keyboard.press(key)
    acts.wait_saved(page)
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    acts.wait_saved(page)
    assert acts.shown_frame(page) == frames[8]
    page.keyboard.press("f")
    acts.wait_saved(page)

    database = next((server.home / "projects").glob("*/fieldcheck.db"))
    classes = ["Apple", "Banana", "Kiwi", "Lemon", "Melon", "Orange", "Pear", "Pepper"]
    expected = [(h, "label", c) for h, c in zip(frames, classes, strict=False)]
    expected.append((frames[8], "hard_case", "on"))

    server.kill()
    assert acts.standing(database) == expected
    server.start()
    page.reload()
    page.wait_for_function(acts.REVIEW_KEYS_READY)

    assert acts.standing(database) == expected
    page.get_by_text(re.compile(r"^8 of \d+ decided")).wait_for()
    assert acts.shown_frame(page) == frames[8], "work goes on at the first frame not decided"
    assert page.get_by_text("⚑ Hard case").is_visible()

    page.get_by_role("link", name="Export").click()
    page.get_by_text("Everything reviewed: 9 pictures").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("Download fieldcheck")).click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))

    assert {(r["content_hash"], r["label_now"]) for r in rows if r["decision"]} == {
        (h, c) for h, _, c in expected[:8]
    }
    assert [r["content_hash"] for r in rows if r["hard_case"] == "True"] == [frames[8]]
    assert page.problems == []
    assert all(url.startswith((server.url, "blob:", "data:")) for url in page.requests_made)


def test_a_model_without_a_sidecar_is_tried_out_and_the_person_asked(page, server, tmp_path):
    bare = tmp_path / "unknown.safetensors"
    bare.write_bytes((GROCERY / "model" / "grocery_lite0.safetensors").read_bytes())
    server.start()
    open_grocery(page, server.url, bare)
    page.get_by_text("A model with 10 answers").wait_for()
    started = time.monotonic()
    page.get_by_role("button", name="Find out how to read it").click()
    best = page.locator(".st-key-open_candidate label").nth(1)
    best.wait_for(timeout=180_000)
    print(f"\ntrying every fitting architecture took {time.monotonic() - started:.1f} s")

    assert "tf_efficientnet_lite0" in best.inner_text()
    assert "mean 0.5, 0.5, 0.5" in best.inner_text()
    assert best.locator("input").is_checked()

    page.get_by_role("button", name="Open project").click()
    page.get_by_text(re.compile(r"Right in 35[1-5] of 400 field frames")).wait_for(timeout=240_000)
    page.get_by_text(re.compile(r"Right in 23[0-2] of 233 reference frames")).wait_for()
