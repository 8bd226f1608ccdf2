from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import DiskError, ReviewError
from core.records import Folder
from core.workflows import choices, queue, queue_shares, scores, scoring

LABELS = ("red", "green", "blue")


def paths(found: queue.Queue) -> list[str]:
    return [item.path for item in found.items]


def event(project, path: str = "cam1/003.jpg", **change) -> dict:
    frames = scores.scores(project).frames.set_index("path")
    return {
        "id": str(uuid.uuid4()), "client": "tab", "sequence": 1, "action": "label",
        "content_hash": frames.loc[path, "content_hash"], "value": "red", **change,
    }  # fmt: skip


def test_the_suspicious_come_first_and_say_why(tiny_project, tiny_frames):
    queue_shares.set_shares(tiny_project, audit=0, second=0)
    found = queue.queue(tiny_project)

    wrong = found.items[:6]
    assert {item.path for item in wrong} == {f"cam2/{n:03}.jpg" for n in (6, 7, 12, 13, 20, 21)}
    sure = [item.confidence for item in wrong]
    assert sure == sorted(sure, reverse=True)
    assert wrong[0].reason.startswith("Very sure, yet it disagrees with the label. 99 % sure")
    rest = found.items[6:]
    unlike = [item for item in rest if item.reason.startswith("Unlike anything in the reference.")]
    assert rest[: len(unlike)] == unlike
    assert sum(item.label is None for item in rest) == tiny_frames.unlabelled
    last = rest[len(unlike) :]
    assert all(item.label is None for item in last)
    assert [i.confidence for i in last] == sorted(i.confidence for i in last)


def test_the_least_sure_order_shows_every_frame_doubtful_ones_first(tiny_project, tiny_frames):
    queue_shares.set_shares(tiny_project, audit=0)
    found = queue.queue(tiny_project, order="least_sure")

    assert len(found.items) == found.total == tiny_frames.readable
    sure = [item.confidence for item in found.items]
    assert sure == sorted(sure)


def test_the_newest_order_starts_with_the_last_picture(tiny_project):
    found = queue.queue(tiny_project, order="newest")

    times = [item.taken_at for item in found.items]
    assert times[0] == "2026-03-02 09:50"
    assert times[-1] is None
    dated = [time for time in times if time]
    assert dated == sorted(dated, reverse=True)


def test_the_random_order_does_not_depend_on_the_model(tiny_project):
    found = queue.queue(tiny_project, order="random")

    digests = [item.content_hash for item in found.items]
    assert digests == sorted(digests)
    assert found.items[0].reason.startswith("Random check. ")


@pytest.mark.parametrize("order", queue.ORDERS)
def test_every_order_works_before_anything_is_scored_and_holds_field_frames_only(
    fresh_project, order
):
    assert queue.queue(fresh_project, order=order).items == []
    scoring.prepare(fresh_project)
    reference = set(scores.scores(fresh_project).of(Folder.REFERENCE)["content_hash"])
    found = queue.queue(fresh_project, order=order)

    assert not reference & {item.content_hash for item in found.items}
    assert json.loads(json.dumps(queue.items_json(found), allow_nan=False)) is not None


def test_it_says_how_many_frames_the_model_has_still_to_answer(fresh_project, tiny_frames):
    scoring.index_frames(fresh_project)
    before = queue.queue(fresh_project)

    scoring.score_frames(fresh_project)

    assert (before.total, before.coming) == (0, tiny_frames.readable)
    assert queue.queue(fresh_project).coming == 0


def test_an_unknown_order_names_those_there_are(tiny_project):
    with pytest.raises(ReviewError, match=r"no order 'best'.*suspicious"):
        queue.queue(tiny_project, order="best")


def test_a_decided_frame_leaves_the_queue_and_comes_back_when_asked(tiny_project, decide):
    first = queue.queue(tiny_project).items[0]
    decide(tiny_project, first.path, "label", "green")

    after = queue.queue(tiny_project)
    assert first.path not in paths(after)
    assert after.decided == 1
    again = queue.queue(tiny_project, with_decided=True)
    assert paths(again)[0] == first.path
    assert (again.items[0].decision, again.items[0].label_now) == ("label", "green")


def test_tags_notes_and_hard_cases_do_not_move_the_queue_on(tiny_project, decide):
    first = queue.queue(tiny_project).items[0]
    decide(tiny_project, first.path, "hard_case", "on")
    decide(tiny_project, first.path, "tag", "fog")
    decide(tiny_project, first.path, "note", "Glas verschmiert\nseit Montag")

    item = queue.queue(tiny_project).items[0]
    assert item.path == first.path
    assert (item.hard_case, item.tags, item.note) == (
        True, ["fog"], "Glas verschmiert\nseit Montag",
    )  # fmt: skip
    assert paths(queue.queue(tiny_project, order="hard_cases")) == [first.path]


def test_metadata_columns_named_like_review_columns_do_no_harm(fresh_project, own_frames, decide):
    names = ("decision", "label_now", "hard_case", "tags", "note")
    lines = own_frames.metadata.read_text(encoding="utf-8").splitlines()
    filled = [f"{line},{','.join(names if n == 0 else ['theirs'] * 5)}" for n, line in
              enumerate(lines)]  # fmt: skip
    own_frames.metadata.write_text("\n".join(filled), encoding="utf-8")
    scoring.prepare(fresh_project)
    decide(fresh_project, "cam1/003.jpg", "note", "ours")

    item = next(i for i in queue.queue(fresh_project, order="random").items if i.note)
    assert (item.path, item.note, item.tags) == ("cam1/003.jpg", "ours", [])
    assert queue.progress(fresh_project)["of"] == own_frames.readable


def test_copies_share_one_place_in_the_queue_and_one_decision(fresh_project, own_frames, decide):
    copy = own_frames.field_folder / "copy.jpg"
    copy.write_bytes((own_frames.field_folder / "cam1" / "003.jpg").read_bytes())
    scoring.prepare(fresh_project)
    decide(fresh_project, "copy.jpg", "label", "blue")

    found = queue.queue(fresh_project, order="random", with_decided=True)
    (item,) = [i for i in found.items if i.decision]
    assert item.path == "cam1/003.jpg"
    assert found.total == own_frames.readable


def test_one_item_is_given_with_what_stands_for_it_now(tiny_project, decide):
    review = decide(tiny_project, "cam1/003.jpg", "label", "blue")
    item = queue.item_json(tiny_project, review.content_hash)

    assert item is not None
    assert (item["path"], item["label_now"]) == ("cam1/003.jpg", "blue")
    assert "Random check" not in item["reason"]  # nobody asked for that order
    assert queue.item_json(tiny_project, "0" * 32) is None


def test_a_decision_is_stored_with_who_made_it(tiny_project):
    choices.set_reviewer(tiny_project, "Ana")
    given = event(tiny_project, value="blue")
    queue.record(tiny_project, given)

    (row,) = queue.reviews_list(tiny_project)
    assert (row["id"], row["client"], row["sequence"]) == (given["id"], "tab", 1)
    assert (row["action"], row["value"], row["reviewer"]) == ("label", "blue", "Ana")
    assert (row["folder"], row["path"]) == ("field", "cam1/003.jpg")


def test_a_resent_decision_is_answered_alike_and_stored_once(tiny_project):
    given = event(tiny_project)
    first, second = queue.record(tiny_project, given), queue.record(tiny_project, given)

    assert (first.id, first.sequence) == (second.id, second.sequence)
    assert len(queue.reviews_list(tiny_project)) == 1


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"content_hash": "0" * 32}, "not in this project"),
        ({"value": "purple"}, "'purple' is not one of the classes: red, green, blue"),
        ({"value": None}, "is not one of the classes"),
        ({"action": "agree", "value": "purple"}, "is not one of the classes"),
        ({"action": "delete"}, "cannot be read"),
        ({"id": "7"}, "cannot be read"),
        ({"sequence": "soon"}, "cannot be read"),
        ({"sequence": float("inf")}, "cannot be read"),
        ({"sequence": None}, "cannot be read"),
        ({"sequence": 0}, "which window"),
        ({"sequence": 10**30}, "which window"),
        ({"client": ""}, "which window"),
        ({"client": "x" * 65}, "which window"),
        ({"client": "\ud800"}, "cannot be read"),
        ({"action": "hard_case", "value": "maybe"}, "'on' or 'off'"),
        ({"action": "tag", "value": "  "}, "needs a word"),
        ({"action": "note", "value": "x" * 10_001}, "under 10,000 letters"),
        ({"action": "note", "value": "half a letter \ud800"}, "cannot be read"),
        ({"action": "agree", "asked": "blind"}, "asked blind.*nothing to agree with"),
        ({"action": "agree", "asked": "blind second"}, "asked blind.*nothing to agree with"),
        ({"asked": "loudly"}, "cannot be asked for as 'loudly'"),
        ({"action": "undo"}, "what it takes back"),
        ({"action": "undo", "undoes": str(uuid.uuid4())}, "no decision"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_and_nothing_stored(tiny_project, change, text):
    with pytest.raises(ReviewError, match=text):
        queue.record(tiny_project, event(tiny_project, **change))

    assert queue.reviews_list(tiny_project) == []


@pytest.mark.parametrize("missing", ["id", "client", "sequence", "content_hash", "action"])
def test_a_decision_with_a_field_missing_is_refused(tiny_project, missing):
    given = event(tiny_project)
    del given[missing]

    with pytest.raises(ReviewError, match="cannot be read"):
        queue.record(tiny_project, given)


@pytest.mark.parametrize(("action", "value"), [("agree", "red"), ("unsure", None), ("skip", None)])
def test_other_decisions_settle_a_frame_too(tiny_project, decide, action, value):
    decide(tiny_project, "cam1/003.jpg", action, value)

    assert queue.progress(tiny_project)["decided"] == 1


def test_undo_takes_the_newest_back_and_only_once(tiny_project, decide):
    decide(tiny_project, "cam1/003.jpg", "label", "blue")
    decide(tiny_project, "cam1/004.jpg", "label", "blue")
    first = queue.undo_last(tiny_project)
    second = queue.undo_last(tiny_project)

    rows = {row["id"]: row for row in queue.reviews_list(tiny_project)}
    assert rows[first.undoes]["path"] == "cam1/004.jpg"
    assert rows[second.undoes]["path"] == "cam1/003.jpg"
    assert [row["is_undone"] for row in rows.values()] == [True, True, False, False]
    with pytest.raises(ReviewError, match="no decision to undo"):
        queue.undo_last(tiny_project)


def test_undo_touches_only_ones_own_decisions(tiny_project, decide):
    choices.set_reviewer(tiny_project, "Ana")
    decide(tiny_project, "cam1/003.jpg", "label", "blue")
    choices.set_reviewer(tiny_project, "Bo")

    assert queue.history(tiny_project) == []
    with pytest.raises(ReviewError, match="no decision to undo"):
        queue.undo_last(tiny_project)


def test_history_is_newest_first_without_what_was_taken_back(tiny_project, decide):
    made = [decide(tiny_project, f"cam1/00{n}.jpg", "label", "blue") for n in (3, 4, 5)]
    queue.undo_last(tiny_project)

    assert [row["id"] for row in queue.history(tiny_project)] == [made[1].id, made[0].id]
    assert [row["id"] for row in queue.history(tiny_project, limit=1)] == [made[1].id]


def test_undos_at_the_same_moment_take_each_decision_back_at_most_once(tiny_project, decide):
    for number in range(3, 9):
        decide(tiny_project, f"cam1/{number:03}.jpg", "label", "blue")

    def undo(_: int) -> str | None:
        try:
            return queue.undo_last(tiny_project).undoes
        except ReviewError as error:
            assert "already undone" in str(error)
            return None

    with ThreadPoolExecutor(4) as pool:
        undone = [target for target in pool.map(undo, range(4)) if target]

    assert undone
    assert len(set(undone)) == len(undone)
    assert queue.progress(tiny_project)["decided"] == 6 - len(undone)


def test_keys_typed_in_two_tabs_at_once_are_all_kept(tiny_project):
    frames = scores.scores(tiny_project).of(Folder.FIELD)
    digests = list(frames["content_hash"])[:20]

    def tab(client: str) -> None:
        for number, digest in enumerate(digests, 1):
            queue.record(
                tiny_project,
                {
                    "id": str(uuid.uuid4()), "client": client, "sequence": number,
                    "content_hash": digest, "action": "label", "value": LABELS[number % 3],
                },
            )  # fmt: skip

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(tab, ["left", "right"]))

    rows = queue.reviews_list(tiny_project)
    for client in ("left", "right"):
        mine = [row for row in rows if row["client"] == client]
        assert [row["sequence"] for row in mine] == list(range(1, 21))
        assert [row["content_hash"] for row in mine] == digests
        assert [row["value"] for row in mine] == [LABELS[n % 3] for n in range(1, 21)]


def test_a_full_disk_refuses_a_decision_plainly_and_loses_none(tiny_project, monkeypatch):
    queue.record(tiny_project, event(tiny_project))
    late = event(tiny_project, sequence=2, action="note", value="x" * 1900)
    from core.store import reviews

    store = reviews.record_review

    def on_a_full_disk(db, review) -> bool:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count={pages}")
        for number in range(50):  # fill what is left of the last page
            store(db, type(review)(**{
                **{n: getattr(review, n) for n in review.__dataclass_fields__},
                "id": str(uuid.uuid4()), "sequence": 100 + number,
            }))  # fmt: skip
        return store(db, review)

    monkeypatch.setattr(reviews, "record_review", on_a_full_disk)
    with pytest.raises(DiskError, match=r"is full.*Nothing was lost"):
        queue.record(tiny_project, late)
    monkeypatch.setattr(reviews, "record_review", store)
    before = {row["id"] for row in queue.reviews_list(tiny_project)}
    queue.record(tiny_project, late)

    assert late["id"] not in before
    assert late["id"] in {row["id"] for row in queue.reviews_list(tiny_project)}


def test_the_list_has_exactly_the_promised_keys_and_is_json(tiny_project, decide):
    decide(tiny_project, "cam1/003.jpg", "label", "blue")
    decide(tiny_project, "cam1/004.jpg", "skip")
    queue.undo_last(tiny_project)
    rows = json.loads(json.dumps(queue.reviews_list(tiny_project), allow_nan=False))

    assert [set(row) for row in rows] == [
        {"id", "client", "sequence", "content_hash", "action", "value", "reviewer", "at",
         "undoes", "asked", "is_undone", "folder", "path"}
    ] * 3  # fmt: skip
    assert [row["action"] for row in rows] == ["label", "skip", "undo"]
    assert [row["is_undone"] for row in rows] == [False, True, False]
    assert rows[1]["value"] is None
    assert rows[0]["at"].endswith("Z")
    lines = queue.review_lines(rows)
    assert lines[0].endswith("label blue  cam1/003.jpg")
    assert lines[1].endswith("(taken back)")
    assert queue.review_lines([]) == ["No reviews yet."]


def test_a_review_of_a_picture_that_is_gone_is_still_listed(fresh_project, own_frames, decide):
    scoring.prepare(fresh_project)
    review = decide(fresh_project, "cam1/003.jpg", "label", "blue")
    (own_frames.field_folder / "cam1" / "003.jpg").unlink()
    scoring.index_frames(fresh_project)

    (row,) = queue.reviews_list(fresh_project)
    assert (row["content_hash"], row["folder"], row["path"]) == (review.content_hash, None, None)
    assert queue.review_lines([row])[0].endswith(review.content_hash)


def test_progress_counts_pictures_decided_relabelled_and_kept(tiny_project, tiny_frames, decide):
    decide(tiny_project, "cam1/003.jpg", "agree", "red")  # as labelled
    decide(tiny_project, "cam2/006.jpg", "label", "red")  # labelled green
    decide(tiny_project, "cam1/000.jpg", "label", "red")  # was unlabelled
    decide(tiny_project, "cam1/004.jpg", "hard_case", "on")
    decide(tiny_project, "red/005.jpg", "label", "red")  # a reference frame

    assert queue.progress(tiny_project) == {
        "decided": 3, "relabelled": 2, "hard_cases": 1, "of": tiny_frames.readable,
    }  # fmt: skip
