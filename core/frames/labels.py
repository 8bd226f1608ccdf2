"""Labels by class folder, as in Apple/photo.jpg. Pure: paths in, labels out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath


def class_folder_labels(paths: Sequence[str], classes: Iterable[str] | None) -> dict[str, str]:
    """
    The label that each picture's folders give it; pictures without one are left out.

    With classes known, the folder nearest to the picture that is named like a class counts; case,
    spaces, "_" and "-" do not matter, and the label is spelled as the class. Without them, the
    folder names are the labels if every picture lies exactly one folder deep and there are at
    least two folders. That guess is for reference folders: in a field folder they may be cameras.

    Args:
        paths: POSIX, relative to the frames folder.
        classes: the model's class names, or None while no model is chosen.
    """
    folders = {path: PurePosixPath(path).parts[:-1] for path in paths}
    if classes is None:
        is_flat = all(len(parts) == 1 for parts in folders.values())
        if not is_flat or len(set(folders.values())) < 2:
            return {}
        return {path: parts[0] for path, parts in folders.items()}

    names = list(dict.fromkeys(classes))
    spellings = Counter(map(_plain, names))
    # "hand saw" and "hand-saw" as two classes are told apart by exact spelling only.
    known = {_plain(name): name for name in names if spellings[_plain(name)] == 1}
    known |= {name: name for name in names}
    labels = {}
    for path, parts in folders.items():
        found = (known.get(part) or known.get(_plain(part)) for part in reversed(parts))
        label = next((label for label in found if label), None)
        if label:
            labels[path] = label
    return labels


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character not in " _-")
