from __future__ import annotations

import os
import shutil
import threading
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from PIL.ExifTags import Base

from core import tables
from core.errors import FolderError
from core.frames import index
from core.frames.hashing import content_hash
from core.frames.index import index_folder
from core.frames.metadata import join_metadata, read_metadata
from core.records import BrokenFrame, Folder

GROCERY = Path(__file__).resolve().parents[4] / "shared" / "grocery"


class Store:
    """Keeps what on_batch hands over, as a database would."""

    def __init__(self):
        self.batches: list[list[dict]] = []
        self.broken: list[BrokenFrame] = []

    def __call__(self, rows, broken):
        self.batches.append(rows)
        self.broken += broken

    @property
    def rows(self):
        return [row for batch in self.batches for row in batch]

    @property
    def paths(self):
        return [row["path"] for row in self.rows]

    def table(self):
        return pd.DataFrame(self.rows)


@pytest.fixture
def folder(tmp_path):
    """Ten pictures that differ."""
    pictures = tmp_path / "field"
    pictures.mkdir()
    for number in range(10):
        pixels = np.random.default_rng(number).integers(0, 256, (40, 60, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(pictures / f"{number}.jpg")
    return pictures


@pytest.fixture
def read_paths(monkeypatch):
    """The names of the files whose pixels are read."""
    names: list[str] = []
    read = index.decode_reduced

    def spy(source, *, short_side):
        names.append(source.name)
        return read(source, short_side=short_side)

    monkeypatch.setattr(index, "decode_reduced", spy)
    return names


def test_a_row_holds_the_facts_of_its_picture(tmp_path):
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif[Base.Model] = "camera 2"
    exif[Base.DateTime] = "2026:03:02 07:15:03"
    (tmp_path / "cam").mkdir()
    file = tmp_path / "cam/ä.jpg"
    Image.fromarray(np.zeros((40, 60, 3), dtype=np.uint8)).save(file, exif=exif)
    store = Store()

    index_folder(tmp_path, name=Folder.FIELD, on_batch=store)

    assert store.rows == [
        {
            "folder": "field",
            "path": "cam/ä.jpg",
            "size_bytes": file.stat().st_size,
            "modified_ns": file.stat().st_mtime_ns,
            "content_hash": content_hash(file),
            "width": 40,
            "height": 60,
            "picture_hash": "0" * 16,
            "taken_at": datetime(2026, 3, 2, 7, 15, 3),
            "camera": "camera 2",
        }
    ]
    full = store.table().assign(label=None, clip="")
    assert tables.conform(full, tables.FRAMES).dtypes.astype(str).to_dict() == tables.FRAMES


def test_batches_come_in_order_and_progress_reaches_the_end(folder):
    store, progress = Store(), []

    listing = index_folder(
        folder,
        name=Folder.FIELD,
        on_batch=store,
        on_progress=lambda done, total: progress.append((done, total)),
        batch_size=4,
    )

    assert [len(batch) for batch in store.batches] == [4, 4, 2]
    assert store.paths == listing.pictures == [f"{n}.jpg" for n in range(10)]
    assert progress == [(done, 10) for done in range(11)]


def test_batches_arrive_in_the_callers_thread(folder):
    threads = []
    index_folder(
        folder,
        name=Folder.FIELD,
        on_batch=lambda _rows, _broken: threads.append(threading.current_thread()),
    )

    assert threads == [threading.current_thread()]


def test_what_was_done_before_a_stop_is_kept_and_not_done_again(folder, read_paths):
    first, second, progress = Store(), Store(), []

    index_folder(
        folder,
        name=Folder.FIELD,
        on_batch=first,
        should_stop=lambda: len(read_paths) >= 5,
        workers=1,
        batch_size=4,
    )
    kept = list(first.paths)
    read_paths.clear()
    index_folder(
        folder,
        name=Folder.FIELD,
        known=first.table(),
        on_batch=second,
        on_progress=lambda done, total: progress.append((done, total)),
    )

    assert 4 <= len(kept) < 10
    assert sorted(kept + second.paths) == [f"{n}.jpg" for n in range(10)]
    assert sorted(read_paths) == second.paths
    assert progress[0] == (len(kept), 10)


def test_a_stop_inside_a_batch_still_hands_over_its_beginning(folder):
    store, progress = Store(), []

    index_folder(
        folder,
        name=Folder.FIELD,
        on_batch=store,
        on_progress=lambda done, _total: progress.append(done),
        should_stop=lambda: progress[-1] == 6,
        batch_size=4,
    )

    assert store.paths == [f"{n}.jpg" for n in range(6)]


def test_a_kill_loses_at_most_one_batch(folder, read_paths):
    kept: list[dict] = []

    def store_twice_then_die(rows, _broken):
        if len(kept) == 6:
            raise KeyboardInterrupt
        kept.extend(rows)

    with pytest.raises(KeyboardInterrupt):
        index_folder(folder, name=Folder.FIELD, on_batch=store_twice_then_die, batch_size=3)
    read_paths.clear()
    store = Store()
    index_folder(folder, name=Folder.FIELD, known=pd.DataFrame(kept), on_batch=store)

    assert len(kept) == 6
    assert store.paths == ["6.jpg", "7.jpg", "8.jpg", "9.jpg"]
    assert sorted(read_paths) == store.paths


def test_only_new_and_changed_pictures_are_read_again(folder, read_paths):
    store, again = Store(), Store()
    index_folder(folder, name=Folder.FIELD, on_batch=store)
    read_paths.clear()
    shutil.copyfile(folder / "1.jpg", folder / "new.jpg")
    touched = folder / "2.jpg"
    os.utime(touched, ns=(0, touched.stat().st_mtime_ns + 1))
    (folder / "3.jpg").unlink()

    listing = index_folder(folder, name=Folder.FIELD, known=store.table(), on_batch=again)

    assert sorted(read_paths) == ["2.jpg", "new.jpg"]
    assert again.paths == ["2.jpg", "new.jpg"]
    assert "3.jpg" not in listing.pictures


def test_frames_of_the_other_folder_are_not_taken_for_known(folder):
    store, other = Store(), Store()
    index_folder(folder, name=Folder.FIELD, on_batch=store)

    index_folder(folder, name=Folder.REFERENCE, known=store.table(), on_batch=other)

    assert len(other.rows) == 10
    assert {row["folder"] for row in other.rows} == {"reference"}


def test_nothing_is_written_to_the_pictures(folder):
    before = {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in folder.iterdir()}

    index_folder(folder, name=Folder.FIELD, on_batch=Store())

    after = {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in folder.iterdir()}
    assert after == before


def test_files_and_folders_one_may_not_read_are_listed_with_the_reason(folder, monkeypatch):
    # The tests may run as root, who may read everything.
    scan, opened = os.scandir, Image.open
    (folder / "locked").mkdir()

    def scan_unless_locked(place):
        if place.name == "locked":
            raise PermissionError(13, "Permission denied")
        return scan(place)

    def open_unless_seven(source, **options):
        if source.name == "7.jpg":
            raise PermissionError(13, "Permission denied")
        return opened(source, **options)

    monkeypatch.setattr("os.scandir", scan_unless_locked)
    monkeypatch.setattr("PIL.Image.open", open_unless_seven)
    store = Store()
    index_folder(folder, name=Folder.FIELD, on_batch=store)

    assert len(store.rows) == 9
    assert {frame.path for frame in store.broken} == {"locked/", "7.jpg"}
    assert all(
        "may not be" in frame.reason or "may not read" in frame.reason for frame in store.broken
    )


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="needs Linux names")
def test_a_name_that_is_no_text_is_listed_not_fatal(folder):
    shutil.copyfile(folder / "1.jpg", os.fsencode(folder) + b"/\xff.jpg")
    store = Store()

    index_folder(folder, name=Folder.FIELD, on_batch=store)

    assert len(store.rows) == 10
    assert [frame.path for frame in store.broken] == ["?.jpg"]
    assert "name" in store.broken[0].reason


def test_a_drive_pulled_half_way_is_one_error_not_many_broken_frames(folder, monkeypatch):
    read = index.decode_reduced

    def pull(source, *, short_side):
        if source.name == "5.jpg":
            shutil.rmtree(folder)
        return read(source, short_side=short_side)

    monkeypatch.setattr(index, "decode_reduced", pull)
    store = Store()
    with pytest.raises(FolderError, match="vanished"):
        index_folder(folder, name=Folder.FIELD, on_batch=store, batch_size=3, workers=1)

    assert store.paths == ["0.jpg", "1.jpg", "2.jpg"]
    assert store.broken == []


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(FolderError):
        index_folder(tmp_path / "gone", name=Folder.FIELD, on_batch=Store())


@pytest.mark.skipif(not GROCERY.parent.is_dir(), reason="the shared folder is missing")
def test_the_grocery_photos_are_indexed_and_join_their_table():
    store = Store()
    folders = {name: GROCERY / name.value for name in Folder}

    for name, place in folders.items():
        index_folder(place, name=name, on_batch=store)
    frames = tables.conform(store.table().assign(label=None, clip=""), tables.FRAMES)
    joined = join_metadata(
        frames, read_metadata(GROCERY / "metadata.csv"), csv_folder=GROCERY, folders=folders
    )

    assert frames["folder"].value_counts().to_dict() == {"field": 400, "reference": 233}
    assert store.broken == []
    assert joined.rows_without_frame == joined.frames_without_row == joined.repeated_rows == []
    assert (joined.frames["label"] == joined.frames["path"].str.split("/").str[0]).all()
    assert {"split", "variety", "shop_split"} <= set(joined.frames.columns)
