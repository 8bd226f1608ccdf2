"""What a person does in the browser, in the words of the tests."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import TimeoutError as TooLate

REVIEW_KEYS_READY = "document.querySelector('.fc-picture')?.dataset.hash !== undefined"
QUEUES_SHOWN = "globalThis.__fieldcheckQueues.size"


def settle(page: Any, *, seconds: float = 60) -> None:
    """Wait until Streamlit has finished its run."""
    page.wait_for_selector(
        "[data-testid=stApp][data-test-script-state=notRunning]", timeout=seconds * 1000
    )


def open_page(page: Any, url: str, stem: str = "") -> None:
    page.goto(f"{url}/{stem}")
    page.wait_for_selector("h1")
    settle(page)


def open_queue(page: Any, url: str, order: str | None = None) -> None:
    open_page(page, url, "queue")
    page.wait_for_function(REVIEW_KEYS_READY)
    if order:
        shown = page.evaluate(QUEUES_SHOWN)
        choose(page, "Order", order)
        page.wait_for_function(f"({QUEUES_SHOWN}) !== {shown}")
        page.wait_for_function(REVIEW_KEYS_READY)
        time.sleep(0.5)
        settle(page)  # a rerun that came late loads the queue once more
    page.wait_for_function(
        "!document.querySelector('.fc-progress').textContent.includes('Loading')"
    )


def choose(page: Any, label: str, option: str) -> None:
    choice = page.get_by_role("option", name=option).first
    for _ in range(5):  # a rerun that ends just now closes the list again
        page.get_by_label(label, exact=True).first.click()
        try:
            choice.click(timeout=5_000)
            break
        except TooLate:
            page.keyboard.press("Escape")
    else:
        raise TimeoutError(f"{option} could not be chosen as {label}")
    settle(page)


def shown_frame(page: Any) -> str:
    """Content hash of the picture on the queue page."""
    return str(page.evaluate("document.querySelector('.fc-picture').dataset.hash"))


def queue_hashes(page: Any) -> list[str]:
    """Content hashes of this tab's queue, in order."""
    return list(
        page.evaluate(
            "[...globalThis.__fieldcheckQueues.values()].at(-1).items.map((i) => i.content_hash)"
        )
    )


def wait_saved(page: Any, *, seconds: float = 30) -> None:
    """Wait until nothing is waiting to be saved."""
    page.wait_for_function(
        "[...globalThis.__fieldcheckQueues.values()].every((q) => !q.outbox.length)",
        timeout=seconds * 1000,
    )


def standing(database: Path) -> list[tuple[str, str, str | None]]:
    """(content hash, action, value) of every review that was not undone, oldest first."""
    with sqlite3.connect(database) as db:
        return db.execute(
            "SELECT content_hash, action, value FROM reviews WHERE action != 'undo' AND id NOT IN "
            "(SELECT undoes FROM reviews WHERE undoes IS NOT NULL) ORDER BY position"
        ).fetchall()


def until(check: Callable[[], bool], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            raise TimeoutError("it did not happen in time")
        time.sleep(0.1)
