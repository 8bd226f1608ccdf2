"""A page as a person opens it: through app.py, with the long work left out."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.records import Review
from core.workflows import queue
from core.workflows.projects import Project

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def start_job(monkeypatch) -> Callable[..., object]:
    """Nothing is indexed, scored or warmed up by itself; the real start is what this gives."""
    from pages._shared import jobs, server

    start = jobs.start
    monkeypatch.setattr(jobs, "start", lambda project: jobs.Job(is_over=True))
    monkeypatch.setattr(server, "warm_up", lambda load: None)
    return start


@pytest.fixture
def show(caplog) -> Iterator[Callable[[str], AppTest]]:
    """show("dial") opens that page; a bug behind a page fails the test, however politely told."""

    def open_page(stem: str) -> AppTest:
        path = next(ROOT.glob(f"pages/*/{stem}.py")).relative_to(ROOT)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
        return app if stem == "overview" else app.switch_page(path.as_posix()).run()

    with caplog.at_level(logging.ERROR, logger="fieldcheck"):
        yield open_page

    bugs = [record.exc_text or record.getMessage() for record in caplog.get_records("call")]
    assert bugs == [], bugs


def decide(project: Project, frame: int, action: str, value: str | None = None) -> Review:
    """One decision about the project's n-th field frame, as the queue records it."""
    digest = queue.queue(project, order="random", with_decided=True).items[frame].content_hash
    event = {
        "id": str(uuid.uuid4()), "client": str(uuid.uuid4()), "sequence": 1,
        "content_hash": digest, "action": action, "value": value,
    }  # fmt: skip
    return queue.record(project, event)
