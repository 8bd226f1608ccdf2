"""The picture of the queue: zoom, pan, the model's view, its clip, look-alikes; keys decide on."""

from __future__ import annotations

import pytest

from tests.browser import acts


@pytest.fixture
def open_queue(page, sample_server):
    acts.open_queue(page, sample_server.url, "Random check")
    page.wait_for_selector(".fc-around.fc-here")
    return page


VIEW = "new DOMMatrix(getComputedStyle(document.querySelector('.fc-picture > img')).transform)"


def scale(page) -> float:
    return float(page.evaluate(f"{VIEW}.a"))


def shift(page) -> tuple[float, float]:
    x, y = page.evaluate(f"(() => {{ const m = {VIEW}; return [m.e, m.f] }})()")
    return x, y


def middle(page) -> tuple[float, float]:
    box = page.locator(".fc-picture").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def places(page) -> list[dict[str, float]]:
    return page.evaluate(
        "['.fc-picture', '.fc-panel', '.fc-around', '.fc-classes'].map((s) => "
        "document.querySelector(s).getBoundingClientRect().toJSON())"
    )


def test_z_zooms_to_whole_pixels_and_fits_again(open_queue):
    page = open_queue
    before = places(page)
    assert scale(page) == 1

    page.keyboard.press("z")
    page.wait_for_selector(".fc-picture > .fc-full")

    assert scale(page) > 1.4
    width = page.evaluate("document.querySelector('.fc-full').naturalWidth")
    box = page.locator(".fc-picture > img").first.bounding_box()
    fitted = min(box["width"] / width, box["height"] / (width * 3 / 4))
    assert fitted == pytest.approx(round(fitted), abs=0.01), "a pixel is whole screen pixels"
    assert f"Zoomed {round(fitted)}:1" in page.locator(".fc-badge").inner_text()
    assert page.get_by_role("button", name="Z Zoom").get_attribute("aria-pressed") == "true"
    assert places(page) == before, "nothing moves"

    page.keyboard.press("z")
    assert scale(page) == 1 and page.locator(".fc-badge").inner_text() == ""


def test_the_wheel_zooms_at_the_pointer_and_a_drag_moves_it(open_queue):
    page = open_queue
    x, y = middle(page)
    page.mouse.move(x + 100, y)
    for _ in range(4):
        page.mouse.wheel(0, -120)
    acts.until(lambda: scale(page) > 1.5)
    left = shift(page)[0]
    box = page.locator(".fc-picture").bounding_box()
    assert left == pytest.approx((box["width"] / 2 + 100) * (1 - scale(page)), abs=2)

    page.mouse.down()
    page.mouse.move(x + 40, y + 10, steps=3)
    page.mouse.up()
    assert shift(page)[0] == pytest.approx(left - 60, abs=2)

    page.mouse.down()
    page.mouse.move(x + 3000, y, steps=3)
    page.mouse.up()
    assert shift(page)[0] == pytest.approx(0, abs=1), "the picture's edge stays at the box's"

    page.mouse.dblclick(x, y)
    acts.until(lambda: scale(page) == 1)


def test_two_fingers_zoom_and_one_moves(chromium, sample_server):
    context = chromium.new_context(viewport={"width": 1024, "height": 768}, has_touch=True)
    tablet = context.new_page()
    acts.open_queue(tablet, sample_server.url, "Random check")
    tablet.wait_for_selector(".fc-around.fc-here")
    x, y = middle(tablet)
    touch = context.new_cdp_session(tablet)

    def put(kind, *points):
        held = [{"x": left, "y": top, "id": n} for n, (left, top) in enumerate(points)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": held})

    put("touchStart", (x - 40, y), (x + 40, y))
    for wide in (50, 60, 80, 100, 100):
        put("touchMove", (x - wide, y), (x + wide, y))
        tablet.wait_for_timeout(50)  # a browser tells of fingers once a frame
    put("touchEnd")
    acts.until(lambda: scale(tablet) == pytest.approx(2.5, abs=0.2), seconds=10)

    before = shift(tablet)[0]
    put("touchStart", (x, y))
    for right in (20, 30, 30):
        put("touchMove", (x + right, y))
        tablet.wait_for_timeout(50)
    put("touchEnd")
    acts.until(lambda: shift(tablet)[0] == pytest.approx(before + 30, abs=3), seconds=10)
    tablet.get_by_role("button", name="Z Zoom").tap()
    acts.until(lambda: scale(tablet) == 1)
    context.close()


def test_keys_decide_while_zoomed_and_the_next_picture_begins_fitted(open_queue, sample_database):
    page = open_queue
    frames = acts.queue_hashes(page)
    page.keyboard.press("z")
    page.keyboard.press("b")
    page.wait_for_selector(".fc-model img")
    before = shift(page)
    page.keyboard.press("Shift+ArrowRight")
    assert shift(page)[0] < before[0]
    assert acts.shown_frame(page) == frames[0], "Shift and an arrow move the picture, not the queue"

    page.keyboard.press("2")
    acts.wait_saved(page)
    acts.until(lambda: acts.shown_frame(page) == frames[1])

    assert acts.standing(sample_database) == [(frames[0], "label", "Measuring tape")]
    assert scale(page) == 1
    assert page.locator(".fc-model, .fc-full").count() == 0
    assert page.locator(".fc-actions [aria-pressed=true]").count() == 0
    assert page.problems == []


def test_b_shows_what_the_model_sees_in_its_place(open_queue):
    page = open_queue
    page.keyboard.press("b")
    page.wait_for_function("document.querySelector('.fc-model img')?.naturalWidth > 0")

    seen = page.locator(".fc-model img").bounding_box()
    whole = page.locator(".fc-model > div").bounding_box()
    assert seen["width"] == pytest.approx(seen["height"], abs=1), "the model's square"
    assert seen["height"] == pytest.approx(whole["height"] * 224 / 256, abs=1)
    assert seen["x"] > whole["x"] and seen["y"] > whole["y"]
    assert "The model sees 224 × 224 pixels" in page.locator(".fc-badge").inner_text()
    page.get_by_role("button", name="B Model sees").click()
    assert page.locator(".fc-model").count() == 0


def test_a_neighbour_is_looked_at_without_deciding_or_moving(open_queue, sample_database):
    page = open_queue
    frame = acts.shown_frame(page)
    strip = page.locator(".fc-clip .fc-thumb")
    here = page.locator(".fc-clip .fc-this")
    assert strip.count() > 1 and here.get_attribute("data-hash") == frame
    assert here.inner_text() == "this one"
    other = page.locator(".fc-clip .fc-thumb:not(.fc-this)").first
    other.click()

    look = page.locator(".fc-look[open]")
    assert other.get_attribute("data-hash") in look.locator("img").get_attribute("src")
    box, over = page.locator(".fc-picture").bounding_box(), look.bounding_box()
    assert over == pytest.approx(box, abs=1), "in the place of the picture, to compare"
    for key in ("1", "a", " ", "Backspace", "z", "ArrowRight"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    page.wait_for_selector(".fc-look", state="hidden")
    page.wait_for_timeout(200)

    assert acts.shown_frame(page) == frame
    assert acts.standing(sample_database) == []
    page.keyboard.press("3")
    acts.wait_saved(page)
    assert [row[0] for row in acts.standing(sample_database)] == [frame]


def test_look_alikes_come_with_pictures_labels_and_a_sentence(open_queue):
    page = open_queue
    twins = page.locator(".fc-twins .fc-thumb")
    page.wait_for_function(
        "[...document.querySelectorAll('.fc-twins img')].filter((i) => i.naturalWidth).length === 5"
    )
    labels = [text.strip() for text in twins.all_inner_texts()]
    sentence = page.locator(".fc-twins p").inner_text()
    most = max(set(labels), key=labels.count)

    assert "most similar labelled frames" in sentence
    if labels.count(most) > 2:
        assert f"are {most}" in sentence
    clip = page.locator(".fc-clip .fc-thumb").evaluate_all("all => all.map((e) => e.dataset.hash)")
    assert not set(clip) & set(twins.evaluate_all("all => all.map((e) => e.dataset.hash)"))
    twins.nth(1).click()
    assert f"Labelled {labels[1]}" in page.locator(".fc-look p").inner_text()


def test_the_next_frames_surroundings_replace_the_last_ones_and_mark_what_was_decided(open_queue):
    page = open_queue
    first = acts.shown_frame(page)
    page.keyboard.press("1")
    acts.wait_saved(page)
    page.wait_for_function(
        "(hash) => document.querySelector('.fc-around.fc-here')?.dataset.key && "
        "!document.querySelector('.fc-around').dataset.key.startsWith(hash)", arg=first,
    )  # fmt: skip
    assert page.locator(".fc-clip .fc-this").get_attribute("data-hash") == acts.shown_frame(page)

    page.keyboard.press("ArrowLeft")
    page.wait_for_selector(".fc-clip .fc-this.fc-decided")
    assert "now Hammer" in page.locator(".fc-state").inner_text()


def test_a_blind_frame_hides_look_alikes_and_its_folder_until_it_is_decided(page, sample_server):
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    def make_blind(route):
        told = route.fetch().json()
        for item in told["items"]:
            item["is_blind"] = True
        route.fulfill(json=told)

    page.route("**/api/queue/*?order=*", make_blind)
    acts.open_queue(page, sample_server.url, "Random check")
    page.wait_for_selector(".fc-around.fc-here")

    around = [url for url in asked if "/api/around/" in url]
    assert around and all(url.endswith("?blind=1") for url in around)
    assert page.locator(".fc-twins .fc-thumb").count() == 0
    assert "blind" in page.locator(".fc-twins p").inner_text()
    assert ".jpg" not in page.locator(".fc-facts").inner_text()
    page.keyboard.press("1")
    acts.wait_saved(page)
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector(".fc-twins .fc-thumb")
    assert ".jpg" in page.locator(".fc-facts").inner_text()


def test_nothing_around_is_asked_of_frames_that_keys_have_decided_already(open_queue):
    page = open_queue
    frames = acts.queue_hashes(page)
    page.wait_for_timeout(600)
    page.requests_made.clear()
    page.evaluate("""() => { for (const key of '123456') document.body.dispatchEvent(
        new KeyboardEvent('keydown', {key, code: `Digit${key}`, bubbles: true})) }""")
    acts.until(lambda: acts.shown_frame(page) == frames[6])
    page.wait_for_selector(".fc-around.fc-here")

    asked = [url.split("?")[0][-64:] for url in page.requests_made if "/api/around/" in url]
    assert frames[6] in asked
    assert not set(asked) & set(frames[1:6])


def test_only_the_order_in_view_keeps_decoded_pictures(open_queue):
    kept = open_queue.evaluate(
        "[...globalThis.__fieldcheckQueues.values()].map((one) => one.pictures.size)"
    )

    assert kept[:-1] == [0] * (len(kept) - 1) and len(kept) > 1
    assert kept[-1] > 0
