from __future__ import annotations

import pytest

from core.errors import FieldcheckError, MetadataError
from core.records import State
from core.workflows import queue, scores
from core.workflows.quick_check import MOST_PICTURES, TRIED_ON_ONE, quick_check


@pytest.fixture
def picture(tmp_path, colour_picture):
    """picture("red", 3) is the content of a fresh JPEG."""

    def content(colour: str, seed: int = 1) -> bytes:
        path = tmp_path / f"{colour} {seed}.jpg"
        colour_picture(path, colour, seed=seed)
        return path.read_bytes()

    return content


def test_one_picture_gets_its_answer_and_its_weak_points(tiny_project, picture):
    found = quick_check(tiny_project, [("IMG_1.jpg", picture("blue"))])

    assert found.headline.headline == "99 % sure it is blue; nobody has labelled it."
    assert found.headline.state is State.NOT_ENOUGH  # one picture proves nothing
    assert len(found.details) == len(TRIED_ON_ONE)
    assert all("answer" in line for line in found.details)
    (row,) = found.frames.to_dict("records")
    assert row["answer"] == "blue"
    assert row["thumbnail"].startswith(b"\xff\xd8")


def test_one_wrong_picture_is_confirmed(tiny_project, picture):
    found = quick_check(tiny_project, [("red/IMG_1.jpg", picture("blue"))])

    assert found.headline.headline == "99 % sure it is blue; the label says red."
    assert found.headline.state is State.CONFIRMED


def test_labels_come_from_folders_names_or_a_table(tiny_project, picture):
    files = [
        ("shots/Red/IMG_1.jpg", picture("red", 1)),
        ("green_07.jpg", picture("green", 2)),
        ("IMG_3.jpg", picture("blue", 3)),
        ("IMG_4.jpg", picture("blue", 4)),
        ("labels.csv", b"path,label\nIMG_3.jpg, BLUE \nIMG_4.jpg,purple\n"),
    ]
    frames = quick_check(tiny_project, files).frames.set_index("name")

    assert frames["label"].dropna().to_dict() == {
        "IMG_1.jpg": "red", "green_07.jpg": "green", "IMG_3.jpg": "blue",
    }  # fmt: skip


def test_many_labelled_pictures_get_a_verdict_with_count_and_interval(tiny_project, picture):
    files = [
        (f"{label}/{seed}.jpg", picture(colour, seed))
        for label, colour in (("red", "red"), ("green", "green"), ("blue", "red"))
        for seed in range(20)
    ]
    found = quick_check(tiny_project, files)

    assert found.headline.headline.startswith("Right in 40 of 60 dropped frames (67 %, between")
    assert found.details == ("blue taken for red: 20 of 60 frames.",)


def test_repeated_pictures_do_not_count_as_evidence(tiny_project, picture):
    content = picture("red")
    found = quick_check(tiny_project, [(f"red/{n}.jpg", content) for n in range(50)])

    assert found.headline.state is State.NOT_ENOUGH
    assert "1 clip" in found.headline.next_step


def test_pictures_without_labels_are_counted_and_the_way_is_shown(tiny_project, picture):
    files = [("red/1.jpg", picture("red", 1)), ("IMG_2.jpg", picture("red", 2))]
    found = quick_check(tiny_project, files)

    assert "1 of 2 frames have no label" in found.details[0]


def test_broken_files_are_named_and_cost_nothing_else(tiny_project, picture):
    heard: list[tuple[int, int]] = []
    files = [("a.jpg", b"broken"), ("b.jpg", picture("red", 1)), ("c.jpg", picture("green", 2))]
    found = quick_check(tiny_project, files, on_progress=lambda *pair: heard.append(pair))

    assert list(found.frames["name"]) == ["b.jpg", "c.jpg"]
    assert len(found.broken) == 1
    assert found.broken[0].startswith("a.jpg: ")
    assert heard[-1] == (3, 3)


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ([], "No picture was dropped"),
        ([("labels.csv", b"path,label\na.jpg,red\n")], "No picture was dropped"),
        ([("a.jpg", b"broken")], "None of the files could be read"),
        ([(f"{n}.jpg", b"x") for n in range(MOST_PICTURES + 1)], "too many for a quick check"),
    ],
)
def test_what_cannot_be_checked_is_said(tiny_project, files, text):
    with pytest.raises(FieldcheckError, match=text):
        quick_check(tiny_project, files)


def test_a_table_without_labels_is_refused(tiny_project, picture):
    files = [("a.jpg", picture("red")), ("t.csv", b"path,weather\na.jpg,rain\n")]

    with pytest.raises(MetadataError, match=r"t\.csv has no column"):
        quick_check(tiny_project, files)


def test_nothing_dropped_is_kept(tiny_project, picture):
    before = scores.scores(tiny_project)
    quick_check(tiny_project, [("red/1.jpg", picture("red")), ("red/2.jpg", picture("red", 2))])

    assert scores.scores(tiny_project) is before
    assert queue.reviews_list(tiny_project) == []
