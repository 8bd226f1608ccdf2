"""Any decisions, undos to any point, undos of undos and merges leave what a plain model says."""

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
from core.findings.taking_back import of_reviews, to_point
from core.records import Action, Review
from core.store.database import connect
from core.store.merging import merge, reviews_in
from core.store.reviews import current_reviews, load_reviews, record_review

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

    @rule(laptop=LAPTOPS, picture=PICTURES, pick=st.integers(0, 9))
    def untag(self, laptop, picture, pick):
        put_on = sorted(
            e.value for e in self.standing(laptop)
            if e.action == Action.TAG and e.content_hash == picture
        )  # fmt: skip
        self.send(laptop, Action.UNTAG, picture, put_on[pick % len(put_on)] if put_on else "no")

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
    def redo_any(self, laptop, pick):
        undone = [one for one in self.seen[laptop] if one in self.gone(laptop)]
        undos = sorted(
            (self.events[one] for one in self.seen[laptop]
             if self.events[one].undoes in undone and one not in self.gone(laptop)
             and self.events[one].action is Action.UNDO
             and not self.events[self.events[one].undoes].undoes),
            key=lambda one: self.rank[one.id],
        )  # fmt: skip
        if undos:
            target = undos[pick % len(undos)]
            self.send(laptop, Action.UNDO, target.content_hash, undoes=target.id)

    @rule(laptop=LAPTOPS, pick=st.integers(0, 99), everyone=st.booleans())
    def undo_to(self, laptop, pick, everyone):
        """What stands afterwards is what would stand had the rows taken back never been."""
        order = sorted(self.seen[laptop], key=self.rank.__getitem__)
        if not order:
            return
        point, me = order[pick % len(order)], f"r{laptop}"
        kept = {
            one
            for one in order
            if self.rank[one] <= self.rank[point]
            or not (everyone or self.events[one].reviewer == me)
        }
        wanted = self.stands_of(kept)
        rows = self.rows(laptop)
        for name in to_point(rows, point, reviewer=None if everyone else me):
            self.send(laptop, Action.UNDO, self.events[name].content_hash, undoes=name)

        assert self.stands_of(self.seen[laptop]) == wanted

    @rule(laptop=LAPTOPS, pick=st.integers(0, 99))
    def undo_the_last_undo_to(self, laptop, pick):
        """An undo of many and its undo leave everything as it was."""
        order = sorted(self.seen[laptop], key=self.rank.__getitem__)
        if not order:
            return
        before = self.stands_of(self.seen[laptop])
        names = to_point(self.rows(laptop), order[pick % len(order)])
        sent = {
            self.send(laptop, Action.UNDO, self.events[name].content_hash, undoes=name).id
            for name in names
        }
        for name in of_reviews(self.rows(laptop), sent):
            self.send(laptop, Action.UNDO, self.events[name].content_hash, undoes=name)

        assert self.stands_of(self.seen[laptop]) == before

    @rule(laptop=LAPTOPS, pick=st.integers(0, 99))
    def send_again(self, laptop, pick):
        known = sorted(self.seen[laptop], key=lambda one: self.events[one].sequence)
        if known:
            event = self.events[known[pick % len(known)]]
            with connect(self.paths[laptop]) as db:
                assert record_review(db, event) is False

    @rule(laptop=LAPTOPS)
    def undo_twice_is_refused(self, laptop):
        taken = [
            one for one in self.seen[laptop]
            if self.events[one].undoes in self.gone(laptop)
        ]  # fmt: skip
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

    def rows(self, laptop: int) -> list[dict]:
        """What the store holds, as the pure functions take it."""
        with connect(self.paths[laptop]) as db:
            table = load_reviews(db).astype(object)
        return list(table.where(table.notna(), None).to_dict("records"))

    def gone(self, laptop: int) -> set[str]:
        return self.gone_of(self.seen[laptop])

    def gone_of(self, seen) -> set[str]:
        """By the rule of the words: an undo that stands takes its target away, newest first."""
        gone: set[str] = set()
        for one in sorted(seen, key=self.depth, reverse=True):
            undoes = self.events[one].undoes
            if undoes and one not in gone:
                gone.add(undoes)
        return gone

    def depth(self, one: str) -> int:
        """0 a decision, 1 its undo, 2 the undo of that."""
        undoes = self.events[one].undoes
        return 1 + self.depth(undoes) if undoes else 0

    def stands_of(self, seen) -> set[str]:
        gone = self.gone_of(seen)
        return {one for one in seen if one not in gone and not self.events[one].undoes}

    def standing(self, laptop: int) -> list[Review]:
        return [self.events[one] for one in self.stands_of(self.seen[laptop])]

    @rule()
    def merged_both_ways_they_agree(self):
        if self.seen[0] and self.seen[1]:
            sides = []
            for one, other in ((0, 1), (1, 0)):
                copy = self.folder / "merged.db"
                for left in self.folder.glob("merged.db*"):
                    left.unlink()
                with connect(self.paths[one]) as db:
                    db.execute("VACUUM INTO ?", [str(copy)])
                rows = reviews_in(self.paths[other])
                with connect(copy) as db:
                    merge(db, rows)
                    table = current_reviews(db).sort_values("content_hash")
                    sides.append(table.astype(str).to_dict("records"))
            assert sides[0] == sides[1]

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
                    case Action.UNTAG:
                        now["tags"].discard(event.value)
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
