"""Any sequence of decisions leaves what a plain Python model of them says."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.errors import ReviewError
from core.records import Action, Review
from core.store.database import connect
from core.store.merging import merge, reviews_in
from core.store.reviews import current_reviews, record_review

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
LAPTOPS = st.sampled_from([0, 1])
PICTURES = st.sampled_from(["p", "q"])
WORDS = st.text(
    st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5
)  # everything but half letters


class Desk(RuleBasedStateMachine):
    """Two laptops, each a database and beside it a set of the events it has seen."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="desk-"))
        self.paths = [self.folder / "0.db", self.folder / "1.db"]
        self.seen: list[set[str]] = [set(), set()]
        self.events: dict[str, Review] = {}
        self.rank: dict[str, tuple[datetime, str]] = {}
        self.sequence = 0
        self.clock = START
        for path in self.paths:
            with connect(path):
                pass

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def send(self, laptop: int, action: Action, picture: str, value=None, undoes=None) -> Review:
        self.sequence += 1
        event = Review(
            str(uuid.uuid4()), "tab", self.sequence, picture, action, value, f"r{laptop}",
            self.clock, undoes,
        )  # fmt: skip
        with connect(self.paths[laptop]) as db:
            record_review(db, event)
        last = max((self.rank[one][0] for one in self.seen[laptop]), default=None)
        at = self.clock if last is None else max(self.clock, last + timedelta(microseconds=1))
        self.events[event.id], self.rank[event.id] = event, (at, event.id)
        self.seen[laptop].add(event.id)
        return event

    @rule(seconds=st.integers(-3600, 60))
    def the_clock_moves(self, seconds):
        self.clock += timedelta(seconds=seconds)

    @rule(
        laptop=LAPTOPS, picture=PICTURES, value=st.sampled_from(["cat", "dog"]),
        action=st.sampled_from([Action.LABEL, Action.AGREE]),
    )  # fmt: skip
    def label(self, laptop, picture, value, action):
        self.send(laptop, action, picture, value)

    @rule(laptop=LAPTOPS, picture=PICTURES, action=st.sampled_from([Action.UNSURE, Action.SKIP]))
    def decide_without_label(self, laptop, picture, action):
        self.send(laptop, action, picture)

    @rule(laptop=LAPTOPS, picture=PICTURES, flag=st.sampled_from(["on", "off"]))
    def hard_case(self, laptop, picture, flag):
        self.send(laptop, Action.HARD_CASE, picture, flag)

    @rule(laptop=LAPTOPS, picture=PICTURES, word=WORDS)
    def tag(self, laptop, picture, word):
        self.send(laptop, Action.TAG, picture, word)

    @rule(laptop=LAPTOPS, picture=PICTURES, text=st.one_of(WORDS, st.just("")))
    def note(self, laptop, picture, text):
        self.send(laptop, Action.NOTE, picture, text)

    @rule(laptop=LAPTOPS, pick=st.integers(0, 99))
    def undo_any(self, laptop, pick):
        open_ones = sorted(self.standing(laptop), key=lambda one: self.rank[one.id])
        if open_ones:
            target = open_ones[pick % len(open_ones)]
            self.send(laptop, Action.UNDO, target.content_hash, undoes=target.id)

    @rule(laptop=LAPTOPS, pick=st.integers(0, 99))
    def send_again(self, laptop, pick):
        known = sorted(self.seen[laptop], key=lambda one: self.events[one].sequence)
        if known:
            event = self.events[known[pick % len(known)]]
            with connect(self.paths[laptop]) as db:
                assert record_review(db, event) is False

    @rule(laptop=LAPTOPS)
    def undo_twice_is_refused(self, laptop):
        taken = [e for e in self.seen[laptop] if self.events[e].undoes]
        if taken:
            first = self.events[min(taken)]
            with pytest.raises(ReviewError):
                self.send(laptop, Action.UNDO, first.content_hash, undoes=first.undoes)

    @rule(laptop=LAPTOPS)
    def merge_the_other(self, laptop):
        rows = reviews_in(self.paths[1 - laptop])
        with connect(self.paths[laptop]) as db:
            found = merge(db, rows)
        assert found.new == len(self.seen[1 - laptop] - self.seen[laptop])
        self.seen[laptop] |= self.seen[1 - laptop]

    def standing(self, laptop: int) -> list[Review]:
        events = [self.events[one] for one in self.seen[laptop]]
        gone = {event.undoes for event in events}
        return [e for e in events if e.id not in gone and e.action != Action.UNDO]

    @invariant()
    def the_store_says_what_the_model_says(self):
        for laptop, path in enumerate(self.paths):
            wanted: dict[str, dict] = {}
            for event in sorted(self.standing(laptop), key=lambda one: self.rank[one.id]):
                now = wanted.setdefault(
                    event.content_hash,
                    {"decision": None, "label": None, "hard": False, "tags": set(), "note": None},
                )
                match event.action:
                    case Action.LABEL | Action.AGREE | Action.UNSURE | Action.SKIP:
                        now["decision"], now["label"] = str(event.action), event.value
                    case Action.HARD_CASE:
                        now["hard"] = event.value == "on"
                    case Action.TAG:
                        now["tags"].add(event.value)
                    case Action.NOTE:
                        now["note"] = event.value or None
            with connect(path) as db:
                table = current_reviews(db).astype(object)
            found = {
                row["content_hash"]: {
                    "decision": row["decision"], "label": row["label"],
                    "hard": bool(row["hard_case"]), "tags": set(row["tags"]), "note": row["note"],
                }
                for row in table.where(table.notna(), None).to_dict("records")
            }  # fmt: skip
            assert found == wanted


TestDesk = Desk.TestCase
TestDesk.settings = settings(
    max_examples=12, stateful_step_count=18, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
