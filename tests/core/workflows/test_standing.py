"""What stands is read once per state of the reviews, and never a state too old."""

from __future__ import annotations

import pytest

from core.store import reviews as review_store
from core.workflows import merging, queue, scores, sessions, standing


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """The names of the slow readings, as they happen."""
    found: list[str] = []
    for name in ("current_reviews", "standing_decisions"):
        work = getattr(review_store, name)
        monkeypatch.setattr(
            review_store,
            name,
            lambda *given, work=work, name=name, **more: found.append(name) or work(*given, **more),
        )
    return found


def test_it_is_read_anew_after_a_decision_an_undo_and_a_merge_and_not_otherwise(
    tiny_project, decide, reads, tmp_path
):
    def labels() -> list:
        again = standing.reviewed(tiny_project)
        assert list(standing.decisions_of(tiny_project)["value"]) == list(again["label"].dropna())
        return list(again["label"].dropna())

    decide(tiny_project, "cam1/003.jpg", "label", "blue")
    other = tmp_path / "other.db"
    other.write_bytes(tiny_project.database.read_bytes())
    log = tiny_project.database.with_name(tiny_project.database.name + "-wal")
    if log.is_file():
        (tmp_path / "other.db-wal").write_bytes(log.read_bytes())
    reads.clear()
    assert labels() == labels() == ["blue"]
    assert sorted(reads) == ["current_reviews", "standing_decisions"]
    queue.undo_last(tiny_project)
    assert labels() == []
    decide(tiny_project, "cam1/004.jpg", "label", "red")
    assert labels() == ["red"]
    assert merging.merge(tiny_project, other).new == 0
    assert labels() == ["red"]
    assert len(reads) == 6


def test_what_a_caller_changes_stays_the_callers(tiny_project, decide):
    decide(tiny_project, "cam1/003.jpg", "label", "blue")

    mine = scores.reviewed(tiny_project)
    mine["label"] = "changed"
    mine.loc[0, "decision"] = "changed"

    again = scores.reviewed(tiny_project).iloc[0]
    assert (again["label"], again["decision"]) == ("blue", "label")


def test_a_session_is_told_as_it_stands_now(tiny_project, decide):
    decide(tiny_project, "cam1/003.jpg", "label", "blue")
    assert sessions.current(tiny_project).tally.frames == 1
    decide(tiny_project, "cam1/004.jpg", "label", "blue")
    assert sessions.current(tiny_project).tally.frames == 2
