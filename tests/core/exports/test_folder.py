"""A folder is whole under its name or not there; it goes on, and overwrites nothing."""

from __future__ import annotations

import errno
import json
from hashlib import sha256

import pytest

from core.errors import DiskError, FieldcheckError, PictureError
from core.exports import folder
from core.exports.folder import Placed, Plan, write_folder

CONTENTS = {f"{n}": f"picture {n}".encode() for n in range(6)}


def placed(n: str) -> Placed:
    digest = sha256(CONTENTS[n]).hexdigest()
    return Placed(f"data/{n}.jpg", digest, "field", f"{n}.jpg", facts={"class_name": "red"})


def plan(kind: str = "coco") -> Plan:
    return Plan(
        {"format": kind},
        tuple(placed(n) for n in CONTENTS),
        lambda kept: {"labels.json": json.dumps(list(kept)).encode()},
    )


def content(picture: Placed) -> bytes:
    return CONTENTS[picture.path.removesuffix(".jpg")]


def stop_after(count: int):
    asked = iter(range(100))
    return lambda: next(asked) >= count


def test_a_whole_folder_has_its_pictures_its_documents_and_a_manifest(tmp_path):
    seen = []
    written = write_folder(
        tmp_path / "out", plan(), content=content, on_progress=lambda *now: seen.append(now)
    )

    assert written.is_finished and written.pictures == 6
    assert seen[0] == (0, 6) and seen[-1] == (6, 6)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["data", "labels.json", "manifest.json"]
    manifest = folder.read_manifest(tmp_path / "out")
    for row in manifest["pictures"]:
        file = (tmp_path / "out" / row["file"]).read_bytes()
        assert sha256(file).hexdigest() == row["sha256"] == row["content_hash"]
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_stopped_it_leaves_no_folder_under_the_name_and_goes_on(tmp_path):
    out = tmp_path / "out"
    first = write_folder(out, plan(), content=content, should_stop=stop_after(3))
    made = []

    second = write_folder(out, plan(), content=lambda one: made.append(one.path) or content(one))

    assert (first.is_finished, first.pictures) == (False, 3)
    assert second.is_finished and made == ["3.jpg", "4.jpg", "5.jpg"]
    assert not folder.part_of(out).exists()


def test_nothing_is_under_the_name_while_it_is_stopped(tmp_path):
    write_folder(tmp_path / "out", plan(), content=content, should_stop=stop_after(3))

    assert not (tmp_path / "out").exists()
    assert folder.begun(tmp_path / "out") == plan().identity


def test_asked_for_something_else_it_begins_anew(tmp_path):
    out = tmp_path / "out"
    write_folder(out, plan(), content=content, should_stop=stop_after(3))
    (folder.part_of(out) / "data" / "stray.jpg").write_bytes(b"of the other plan")

    write_folder(out, plan("yolo"), content=content)

    assert not (out / "data" / "stray.jpg").exists()


def test_a_torn_picture_of_a_killed_write_is_written_again(tmp_path):
    out = tmp_path / "out"
    write_folder(out, plan(), content=content, should_stop=stop_after(3))
    (folder.part_of(out) / "data" / "1.jpg").write_bytes(b"pict")
    (folder.part_of(out) / "data" / "2.jpg.tmp").write_bytes(b"pict")

    write_folder(out, plan(), content=content)

    assert (out / "data" / "1.jpg").read_bytes() == CONTENTS["1"]
    assert not list(out.rglob("*.tmp"))


@pytest.mark.parametrize("what", ["a file", "a folder with something in it", "a dangling link"])
def test_a_name_that_is_taken_is_left_alone(what, tmp_path):
    out = tmp_path / "out"
    if what == "a file":
        out.write_text("mine")
    elif what == "a dangling link":
        out.symlink_to(tmp_path / "nowhere")
    else:
        (out / "mine").mkdir(parents=True)

    with pytest.raises(FieldcheckError, match="nothing there is overwritten"):
        write_folder(out, plan(), content=content)

    assert not folder.part_of(out).exists()


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()

    assert write_folder(tmp_path / "out", plan(), content=content).is_finished


def test_somebody_elses_part_folder_is_left_alone(tmp_path):
    part = folder.part_of(tmp_path / "out")
    part.mkdir()
    (part / "mine.txt").write_text("mine")

    with pytest.raises(FieldcheckError, match="no export of ours"):
        write_folder(tmp_path / "out", plan(), content=content)
    folder.throw_away(tmp_path / "out")

    assert (part / "mine.txt").read_text() == "mine"


def test_a_name_taken_meanwhile_keeps_what_is_there(tmp_path):
    out = tmp_path / "out"

    def documents(_kept):
        out.mkdir()
        (out / "mine").write_text("mine")
        return {}

    late = Plan({}, (placed("0"),), documents)
    with pytest.raises(FieldcheckError, match="nothing there is overwritten"):
        write_folder(out, late, content=content)

    assert [path.name for path in out.iterdir()] == ["mine"]


@pytest.mark.parametrize("full_at", ["a picture", "a document"])
def test_a_full_disk_costs_the_export_only_and_it_goes_on(full_at, tmp_path, monkeypatch):
    out, whole = tmp_path / "out", folder._write

    def full(path, content):
        if path.name == ("4.jpg" if full_at == "a picture" else "labels.json"):
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(path, content)

    monkeypatch.setattr(folder, "_write", full)
    with pytest.raises(DiskError, match="No space left on device"):
        write_folder(out, plan(), content=content)
    assert not out.exists()
    monkeypatch.undo()

    assert write_folder(out, plan(), content=content).is_finished


def test_a_lost_picture_costs_itself_and_the_documents_know(tmp_path):
    def lost(picture):
        if picture.path == "2.jpg":
            raise PictureError("its file is gone")
        return content(picture)

    written = write_folder(tmp_path / "out", plan(), content=lost)

    assert written.is_finished and written.pictures == 5
    assert written.left_out == (("field/2.jpg", "its file is gone"),)
    assert json.loads((tmp_path / "out" / "labels.json").read_text()) == [0, 1, 3, 4, 5]
    assert folder.read_manifest(tmp_path / "out")["left_out"][0]["path"] == "field/2.jpg"


@pytest.mark.parametrize(
    "file", ["../out.jpg", "/etc/out.jpg", "a\\b.jpg", "c:/x.jpg", "a/../../b"]
)
def test_a_path_that_leads_out_of_the_folder_is_refused(file, tmp_path):
    bad = Plan({}, (Placed(file, "0" * 64, "field", "0.jpg"),), lambda kept: {})

    with pytest.raises(FieldcheckError, match="leads out"):
        write_folder(tmp_path / "deep" / "out", bad, content=lambda one: b"x")

    assert not (tmp_path / "deep" / "out").exists()


def test_links_point_at_the_pictures_and_take_no_room(tmp_path):
    source = tmp_path / "0.jpg"
    source.write_bytes(CONTENTS["0"])
    linked = Plan({}, (placed("0"),), lambda kept: {})

    write_folder(tmp_path / "out", linked, content=lambda one: source)

    file = tmp_path / "out" / "data" / "0.jpg"
    assert file.is_symlink() and file.read_bytes() == CONTENTS["0"]


def test_where_links_are_not_to_be_had_it_copies(tmp_path, monkeypatch):
    source = tmp_path / "0.jpg"
    source.write_bytes(CONTENTS["0"])
    monkeypatch.setattr(folder, "_linked", lambda *_: False)

    write_folder(tmp_path / "out", Plan({}, (placed("0"),), lambda kept: {}),
                 content=lambda one: source)  # fmt: skip

    file = tmp_path / "out" / "data" / "0.jpg"
    assert not file.is_symlink() and file.read_bytes() == CONTENTS["0"]
