from __future__ import annotations

import os
import sys

import pytest

from core.errors import FolderError
from core.frames.listing import list_pictures, picture_paths

POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="Windows links need a privilege")


def make(folder, *paths):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"x")


def test_pictures_are_listed_by_suffix_in_order_and_the_rest_is_counted(tmp_path):
    names = ["b.PNG", "a.jpg", "sub/c.JPEG", "sub/deep/d.TiFF", "e.webp", "f.tif", "g.bmp"]
    make(tmp_path, *names, "notes.txt", "sub/model.onnx", "jpg", "film.mp4")

    listing = list_pictures(tmp_path)

    assert listing.pictures == sorted(names)
    assert listing.others == 4
    assert picture_paths(tmp_path) == listing.pictures


def test_hidden_files_and_what_systems_leave_behind_count_nowhere(tmp_path):
    make(tmp_path, ".hidden.jpg", ".git/a.jpg", "__MACOSX/b.jpg", "._c.jpg", "Thumbs.db")
    make(tmp_path, "@eaDir/d.jpg", "desktop.ini", "sub/.DS_Store", "sub/e.jpg")

    listing = list_pictures(tmp_path)

    assert (listing.pictures, listing.others) == (["sub/e.jpg"], 0)


def test_names_with_spaces_accents_and_emoji_are_kept(tmp_path):
    names = ["a b/c d.jpg", "Äpfel/grün.jpg", "写真/🍎.png", "100%.jpg", "a#b?.jpg"]
    if sys.platform == "win32":
        names.remove("a#b?.jpg")
    make(tmp_path, *names)

    assert picture_paths(tmp_path) == sorted(names)


@POSIX_ONLY
def test_links_in_a_circle_end_and_a_folder_is_listed_once_at_its_real_place(tmp_path):
    make(tmp_path, "real/a.jpg")
    (tmp_path / "real/up").symlink_to(tmp_path)
    (tmp_path / "also").symlink_to(tmp_path / "real")
    (tmp_path / "zero").symlink_to(tmp_path / "real")
    (tmp_path / "self").symlink_to("self")

    assert picture_paths(tmp_path) == ["real/a.jpg"]


@POSIX_ONLY
def test_linked_folders_and_pictures_are_listed_dead_links_too(tmp_path):
    make(tmp_path, "elsewhere/a.jpg", "frames/b.jpg")
    (tmp_path / "frames/linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "frames/c.jpg").symlink_to(tmp_path / "elsewhere/a.jpg")
    (tmp_path / "frames/dead.jpg").symlink_to(tmp_path / "nowhere")

    assert picture_paths(tmp_path / "frames") == ["b.jpg", "c.jpg", "dead.jpg", "linked/a.jpg"]


def test_a_folder_below_that_may_not_be_opened_is_named(tmp_path, monkeypatch):
    make(tmp_path, "a.jpg", "locked/b.jpg")
    scan = os.scandir

    def refuse_locked(place):
        if place.name == "locked":
            raise PermissionError(13, "Permission denied")
        return scan(place)

    monkeypatch.setattr("os.scandir", refuse_locked)
    listing = list_pictures(tmp_path)

    assert listing.pictures == ["a.jpg"]
    assert listing.locked == ["locked"]


def test_a_folder_that_is_missing_or_a_file_is_refused(tmp_path):
    make(tmp_path, "a.jpg")

    with pytest.raises(FolderError, match="There is no folder"):
        list_pictures(tmp_path / "gone")
    with pytest.raises(FolderError, match="is a file"):
        list_pictures(tmp_path / "a.jpg")


def test_an_empty_folder_has_no_pictures(tmp_path):
    assert list_pictures(tmp_path).pictures == []
