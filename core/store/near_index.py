"""
The files a search for look-alikes reads instead of the database: made from it, and made anew.

They lie in the project's folder under `similar/`, one folder a state of the embeddings, and may be
deleted at any time.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

FOLDER = "similar"
VERSION = "1"
BLOCK = 2_048
"""Embeddings read at once."""

MAKING = "making-"
_PROBED = 16  # embeddings that go into the stamp


def embedding_stamp(db: Database, model_id: str, content_hashes: list[str]) -> str:
    """
    Changes whenever an embedding of the model is added, replaced or lost; 32 hex digits.

    Args:
        content_hashes: those the model has answered, sorted.
    """
    newest = db.execute("SELECT max(rowid) FROM predictions").fetchone()[0]
    digest = hashlib.blake2b(f"{VERSION}|{model_id}|{newest}|".encode(), digest_size=16)
    digest.update("".join(content_hashes).encode())
    step = max(1, len(content_hashes) // _PROBED)
    for content_hash in content_hashes[::step]:
        digest.update(
            db.execute(
                "SELECT embedding FROM predictions WHERE model_id = ? AND content_hash = ?",
                [model_id, content_hash],
            ).fetchone()[0]
        )
    return digest.hexdigest()


def stored_embeddings(
    db: Database, model_id: str
) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
    """All embeddings of a model in blocks, as they lie on disk: content hashes, (n, n_features)."""
    rows = db.execute(
        "SELECT content_hash, embedding FROM predictions WHERE model_id = ? ORDER BY rowid",
        [model_id],
    )
    while block := rows.fetchmany(BLOCK):
        vectors = [np.frombuffer(vector, dtype="<f4") for _, vector in block]
        yield [content_hash for content_hash, _ in block], np.stack(vectors)


def keep(
    project_folder: Path, stamp: str, arrays: Mapping[str, NDArray[np.generic]]
) -> Path | None:
    """
    Write the arrays of a new state, and drop those of other states; where they lie.

    Whole files by plain writes, never through a mapped one: there a full disk ends the program.

    Returns:
        None where the disk refused: the index then lives in memory, and nothing else is lost.
    """
    final = project_folder / FOLDER / stamp
    made = None
    try:
        (project_folder / FOLDER).mkdir(exist_ok=True)
        made = Path(mkdtemp(prefix=MAKING, dir=project_folder / FOLDER))
        for name, values in arrays.items():
            _write(made / f"{name}.npy", values)
        made.rename(final)
    except OSError:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
        if not final.is_dir():  # else another process has made the same meanwhile
            return None
    for other in (project_folder / FOLDER).iterdir():
        if other != final and not other.name.startswith(MAKING):
            shutil.rmtree(other, ignore_errors=True)  # one still open elsewhere stays a while
    return final


def found(project_folder: Path, stamp: str) -> Path | None:
    """Where the files of a state lie, if they were made."""
    folder = project_folder / FOLDER / stamp
    return folder if folder.is_dir() else None


def digest_of(rows: NDArray[np.intp]) -> str:
    """A short name for a choice of rows."""
    return hashlib.blake2b(np.asarray(rows, "<i8").tobytes(), digest_size=8).hexdigest()


def add_array(folder: Path, name: str, values: NDArray[np.generic]) -> None:
    """Keep one more array beside an index; a disk that refuses costs only making it again."""
    draft = folder / f"{name}.{uuid4().hex}.draft"
    with suppress(OSError):
        _write(draft, values)
        draft.replace(folder / f"{name}.npy")


def read_array(folder: Path, name: str, *, in_place: bool = False) -> NDArray[Any] | None:
    """
    One array; None if it is not there or cannot be read.

    Args:
        in_place: leave it in its file, and read from there what is asked for.
    """
    try:
        found: NDArray[Any] = np.load(
            folder / f"{name}.npy", mmap_mode="r" if in_place else None, allow_pickle=False
        )
    except (OSError, ValueError, EOFError):
        return None
    return found


def _write(path: Path, values: NDArray[np.generic]) -> None:
    with path.open("wb") as file:
        np.save(file, values, allow_pickle=False)
