"""A selection is opened, sorted, three frames chosen, tagged, taken back, and stored on disk."""

from __future__ import annotations

import sqlite3

from tests.browser import acts

FRAME = ".fc-grid [role=option]"


def hashes(page) -> list[str]:
    return page.locator(FRAME).evaluate_all("all => all.map((one) => one.dataset.hash)")


def tagged(path) -> list[str]:
    with sqlite3.connect(path) as db:
        return [
            digest
            for (digest,) in db.execute(
                "SELECT content_hash FROM reviews AS r WHERE action = 'hard_case' AND NOT EXISTS "
                "(SELECT 1 FROM reviews AS u WHERE u.undoes = r.id)"
            )
        ]


def choose_three_and_tag(page) -> list[str]:
    page.locator(FRAME).nth(1).click()
    page.locator(FRAME).nth(3).click(modifiers=["Shift"])
    page.get_by_text("3 chosen").wait_for()
    page.get_by_role("button", name="Tag 3").click()
    page.get_by_text("on 3 frames").wait_for()
    return hashes(page)[1:4]


def test_frames_are_sorted_chosen_tagged_taken_back_and_still_tagged_after_a_reload(
    page, sample_server, sample_database
):
    acts.open_page(page, sample_server.url, "slices?question=every")
    page.wait_for_selector(FRAME)
    acts.settle(page)  # a choice made while the page is redrawn is lost
    before = hashes(page)
    acts.choose(page, "Sort by", "Brightness (0 to 1)")
    acts.until(lambda: hashes(page) != before)
    acts.settle(page)

    chosen = choose_three_and_tag(page)
    assert sorted(tagged(sample_database)) == sorted(chosen)
    assert page.locator(".fc-grid .fc-tags span").count() == 3

    page.get_by_role("button", name="Undo tag on 3").click()
    page.get_by_text("Taken back").wait_for()
    assert tagged(sample_database) == []
    acts.until(lambda: page.locator(".fc-grid .fc-tags span").count() == 0)

    page.get_by_role("button", name="Tag 3").click()
    page.get_by_text("on 3 frames").wait_for()
    page.reload()
    page.wait_for_selector(FRAME)
    page.get_by_role("button", name="Undo tag on 3").wait_for()
    assert sorted(tagged(sample_database)) == sorted(chosen)
    assert page.problems == []


def test_keys_move_choose_extend_take_all_and_none(page, sample_server):
    acts.open_page(page, sample_server.url, "slices?question=every")
    page.wait_for_selector(FRAME)
    acts.settle(page)
    page.locator(FRAME).first.focus()

    def chosen() -> list[int]:
        return page.locator(FRAME).evaluate_all(
            "all => all.flatMap((one, at) => one.ariaSelected === 'true' ? [at] : [])"
        )

    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert chosen() == [1]
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert chosen() == [1, 2, 3]
    page.get_by_text("3 chosen").wait_for()
    page.keyboard.press("a")
    page.get_by_text("24 chosen").wait_for()
    acts.until(lambda: len(chosen()) == 24)  # the run that said so may draw the grid anew just now
    page.keyboard.press("Escape")
    page.get_by_text(" 0 chosen").wait_for()
    acts.until(lambda: chosen() == [])
    assert page.problems == []
