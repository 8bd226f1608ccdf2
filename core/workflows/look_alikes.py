"""What the labelled frames most like one say it is, and how far that can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings import around as maths
from core.findings import around_words as words
from core.metrics.intervals import accuracy
from core.records import Accuracy, Action, Statement
from core.settings import SETTINGS
from core.workflows.kept import kept_beside
from core.workflows.reserved import reserved_hashes, without_reserved
from core.workflows.scores import Scores, vectors

LOOK_ALIKES = 5
AT_ONCE = 500  # embeddings read
TRIED = 200  # labelled frames the suggestion is tried on

Decided = dict[str, tuple[str, str | None]]
"""Content hash: the decision that stands, and the label decided on."""


@dataclass(frozen=True)
class LookAlike:
    """A labelled frame that looks like the one in view."""

    content_hash: str
    path: str
    label: str  # as reviewed, else as it came
    is_reviewed: bool


@dataclass(frozen=True)
class Suggestion:
    """What look-alikes say of a frame."""

    statement: Statement
    frames: list[LookAlike]


def suggestion(found: Scores, content_hash: str, decided: Decided) -> Suggestion:
    """
    The most similar labelled frames of other clips, one a clip, and what they agree on.

    Frames that hold-outs lock are no evidence: a label given by theirs would carry them into a fit.

    Args:
        found: of the whole project.
        decided: store.reviews.standing_labels.
    """
    gallery, locked = _gallery(found), reserved_hashes(found.project)
    decided = {digest: said for digest, said in decided.items() if digest not in locked}
    if content_hash not in gallery.clip_of:
        return Suggestion(words.NO_ANSWER, [])
    if not gallery.says_more:
        return Suggestion(words.NO_EMBEDDINGS, [])
    reviewed = [digest for digest, (_, label) in decided.items() if label is not None]
    kept = gallery.with_frames([*reviewed, content_hash])
    labels = kept.labels(decided)
    allowed = pd.notna(labels) & (kept.clips != gallery.clip_of[content_hash])
    alike = kept.units @ kept.units[kept.row[content_hash]]
    frames = [
        LookAlike(
            kept.digests[at],
            gallery.path_of[kept.digests[at]],
            labels[at],
            decided.get(kept.digests[at], ("", None))[1] is not None,
        )
        for at in maths.most_alike(alike, kept.clips, allowed, most=LOOK_ALIKES)
    ]
    statement = words.alike(
        [one.label for one in frames],
        clips=len(np.unique(kept.clips[allowed])),
        tried=_tried(found),
    )
    return Suggestion(statement, frames)


@dataclass(frozen=True, eq=False)
class _Kept:
    digests: list[str]
    row: dict[str, int]
    units: NDArray[np.float32]  # (n, n_features), rows of length 1
    clips: NDArray[np.intp]
    given: NDArray[np.object_]  # the label as it came, or None

    def labels(self, decided: Decided) -> NDArray[np.object_]:
        """What a person said of each, else what came with it; None if doubted or unknown."""
        labels = self.given.copy()
        for digest, (decision, label) in decided.items():
            if digest in self.row and (label is not None or decision == Action.UNSURE):
                labels[self.row[digest]] = label
        return labels


class _Gallery:
    """
    Embeddings of one state of a project, each read once; grows by frames reviewed since.

    Of more than `most_look_alikes` labelled frames only so many are kept, drawn by content hash.
    """

    def __init__(self, found: Scores) -> None:
        known = found.frames[found.frames["answer"].notna()]
        known = known.drop_duplicates("content_hash").sort_values("content_hash")
        self.project = found.project
        self.clip_of = dict(zip(known["content_hash"], pd.factorize(known["clip"])[0], strict=True))
        self.path_of = dict(zip(known["content_hash"], known["path"], strict=True))
        classes = found.choices.spec.classes if found.choices.spec else ()
        labelled = without_reserved(found.project, known[known["label"].isin(classes)])
        labelled = labelled.iloc[: SETTINGS.most_look_alikes]
        self.base = self._kept(list(labelled["content_hash"]), list(labelled["label"]))
        self._now = self.base
        self._growing = Lock()
        self.says_more = self._says_more(list(known["content_hash"][:3]))

    def with_frames(self, digests: list[str]) -> _Kept:
        """All that is kept, these frames among it."""
        with self._growing:
            now = self._now
            new = [one for one in dict.fromkeys(digests) if one not in now.row]
            new = [one for one in new if one in self.clip_of]
            if new:
                self._now = _joined(now, self._kept(new, [None] * len(new)))
            return self._now

    def _kept(self, digests: list[str], labels: list[str | None]) -> _Kept:
        return _Kept(
            digests,
            {digest: at for at, digest in enumerate(digests)},
            maths.unit_rows(self._embeddings(digests)),
            np.array([self.clip_of[digest] for digest in digests], dtype=np.intp),
            np.array(labels, dtype=object),
        )

    def _embeddings(self, digests: list[str]) -> NDArray[np.float32]:
        # In parts: asked for many at once the store reads those of all frames.
        parts = [digests[at : at + AT_ONCE] for at in range(0, len(digests), AT_ONCE)]
        read = [vectors(self.project, "embedding", part) for part in parts]
        return np.concatenate(read) if read else vectors(self.project, "embedding", [])

    def _says_more(self, digests: list[str]) -> bool:
        """Whether embeddings are more than the answers again, as of models that have none."""
        embeddings, logits = (
            vectors(self.project, name, digests) for name in ("embedding", "logits")
        )
        return not np.array_equal(embeddings, logits)


def _joined(one: _Kept, other: _Kept) -> _Kept:
    if not one.digests:
        return other
    start = len(one.digests)
    return _Kept(
        [*one.digests, *other.digests],
        one.row | {digest: start + at for digest, at in other.row.items()},
        np.concatenate([one.units, other.units]),
        np.concatenate([one.clips, other.clips]),
        np.concatenate([one.given, other.given]),
    )


_reading = Lock()


def _gallery(found: Scores) -> _Gallery:
    with _reading:  # two tabs would otherwise read the same matrix twice
        return _kept_gallery(found)


@kept_beside(most=1)
def _kept_gallery(found: Scores) -> _Gallery:
    return _Gallery(found)


@kept_beside(most=1)
def _tried(found: Scores) -> Accuracy:
    """Labelled frames drawn by content hash: how often their look-alikes' majority is the label."""
    kept = _gallery(found).base
    labels = list(kept.given)
    drawn = np.arange(min(TRIED, len(labels)))
    told = maths.majorities(kept.units, kept.clips, labels, drawn, most=LOOK_ALIKES)
    counted = [at for at, label in enumerate(told) if label is not None]
    return accuracy(
        [told[at] == labels[at] for at in counted], [str(kept.clips[at]) for at in counted]
    )
