"""Asks a model about frames prepared in other ways; every answer is kept, a decode is shared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.engines.local import score_ways
from core.findings.doctor import Bools
from core.frames.images import working_image
from core.metrics.classification import softmax
from core.models.classifier import Classifier
from core.models.preprocessing import preprocess
from core.project import Project
from core.records import Answer, Image, InputSpec, ModelSpec, ProgressCallback, StopCallback
from core.store import doctor as doctor_store
from core.store.database import connect
from core.store.doctor import Said
from core.workflows.models import classifier_of, identify_model, model_id
from core.workflows.sweep import FrameFile, decoded_frame, frame_files, unchanged

Tensor = NDArray[np.float32]
Prepare = Callable[[FrameFile, Image], Tensor]
"""What the model takes of a frame, given its file and the picture at the working size."""

BLOCK = 32  # frames between two looks at whether to stop
_SAVED_TOGETHER = 128  # answers; a few seconds' worth, and each commit waits for the disk
_CACHED_BYTES = 128_000_000  # of decoded pictures; beyond, a picture is decoded again


class StoppedError(Exception):
    """The person pressed Stop; every answer so far is kept."""


class Asking:
    """
    One model, many preparations, for as long as one check runs.

    Args:
        on_progress: gets questions settled and planned; what turns out needless counts as neither.

    Raises:
        ModelError: the project's model cannot be opened.
    """

    def __init__(
        self,
        project: Project,
        *,
        on_progress: ProgressCallback = lambda done, total: None,
        should_stop: StopCallback = lambda: False,
    ) -> None:
        chosen = identify_model(project)
        assert chosen.model_path is not None and chosen.spec is not None
        self.model: ModelSpec = chosen.spec
        self.broken: dict[str, str] = {}  # content hash: reason
        self._project = project
        self._path = chosen.model_path
        self._classifier: Classifier | None = None
        self._known: dict[tuple[str, str], dict[str, Said]] = {}
        self._pictures: dict[str, Image] = {}
        self._cached = 0
        self._unsaved: list[doctor_store.Row] = []
        self._on_progress, self._should_stop = on_progress, should_stop
        self._done = self._planned = 0

    def plan(self, questions: int) -> None:
        """So many more (or, if below 0, fewer) questions will be asked."""
        self._planned += questions
        self._on_progress(self._done, max(self._planned, self._done))

    def right(self, frames: pd.DataFrame, spec: InputSpec) -> Bools:
        """Whether the answer is the label, (n,); False for frames that cannot be read."""
        said = self.answers(frames, spec)
        return np.asarray(said == frames["label"].to_numpy(dtype=object), dtype=bool)

    def answers(
        self,
        frames: pd.DataFrame,
        spec: InputSpec,
        *,
        view: str = "",
        prepare: Prepare | None = None,
    ) -> NDArray[np.object_]:
        """
        The model's answers, (n,), None for frames that cannot be read.

        Args:
            frames: tables.FRAMES with `answer`, what the model says with its present preparation.
            view: a name under which answers are kept; "" shows the picture as it is.
            prepare: how that view is made; None is `preprocess`.

        Raises:
            ModelError: the model refuses pictures of this size.
            StoppedError: the person pressed Stop.
        """
        name = (model_id(self._path, _read_as(self.model, spec)), view)
        known = self._of(name, frames, is_present=spec == self.model.input and not view)
        digests = frames["content_hash"].to_numpy(dtype=object)
        missing = np.asarray([d not in known and d not in self.broken for d in digests], dtype=bool)
        self._settled(int((~missing).sum()))
        for start in range(0, int(missing.sum()), BLOCK):
            if self._should_stop():
                raise StoppedError
            block = frames[missing].iloc[start : start + BLOCK]
            self._ask(block, name, known, prepare or (lambda _, image: preprocess(image, spec)))
            self._settled(len(block))
        return np.asarray([known.get(d, (None,))[0] for d in digests], dtype=object)

    def likelihood(self, frames: pd.DataFrame, spec: InputSpec) -> float:
        """Mean log likelihood of the labels, nats, of the frames that were asked; else -inf."""
        known = self._known.get((model_id(self._path, _read_as(self.model, spec)), ""), {})
        values = [known[d][1] for d in frames["content_hash"] if d in known]
        told = [value for value in values if value is not None]
        return float(np.mean(told)) if told else -np.inf

    def picture(self, file: FrameFile) -> Image:
        """
        A frame at the working size.

        Raises:
            PictureError: it is gone, changed or broken.
        """
        found = self._pictures.get(file.content_hash)
        if found is None:
            found = working_image(decoded_frame(file))
            found.flags.writeable = False
            if self._cached + found.nbytes <= _CACHED_BYTES:
                self._pictures[file.content_hash] = found
                self._cached += found.nbytes
        return found

    def path(self, file: FrameFile) -> Path:
        """Where a frame's file lies."""
        return unchanged(file)

    def files(self, frames: pd.DataFrame) -> list[FrameFile]:
        """The files of frames, in order."""
        return frame_files(self._project, frames)

    def save(self) -> None:
        """Put on disk what was answered since the last time."""
        with connect(self._project.database) as db:
            doctor_store.save_doctor_answers(db, self._unsaved)
        self._unsaved = []

    def _of(
        self, name: tuple[str, str], frames: pd.DataFrame, *, is_present: bool
    ) -> dict[str, Said]:
        if name not in self._known:
            with connect(self._project.database) as db:
                self._known[name] = doctor_store.load_doctor_answers(
                    db, model_id=name[0], view=name[1]
                )
        if is_present:
            scored = frames[frames["answer"].notna()]
            for digest, answer in zip(scored["content_hash"], scored["answer"], strict=True):
                self._known[name].setdefault(digest, (answer, None))
        return self._known[name]

    def _ask(
        self,
        block: pd.DataFrame,
        name: tuple[str, str],
        known: dict[str, Said],
        prepare: Prepare,
    ) -> None:
        if self._classifier is None:
            self._classifier = classifier_of(self._project)
        files = self.files(block)
        found, logits, reasons = score_ways(
            self._classifier, files, prepare=lambda file: prepare(file, self.picture(file))
        )
        labels = list(block["label"])
        for number, answer in enumerate(found):
            digest = files[number].content_hash
            if answer is None:
                self.broken[digest] = reasons[number]
            else:
                known[digest] = _said(answer, logits[number], labels[number], self.model.classes)
                self._unsaved.append((*name, digest, *known[digest]))
        if len(self._unsaved) >= _SAVED_TOGETHER:
            self.save()

    def _settled(self, questions: int) -> None:
        self._done += questions
        self._on_progress(self._done, max(self._planned, self._done))


def _read_as(model: ModelSpec, spec: InputSpec) -> ModelSpec:
    return ModelSpec(model.classes, spec, model.architecture)


def _said(answer: Answer, logits: Tensor, label: object, classes: tuple[str, ...]) -> Said:
    if label not in classes:
        return answer.label, None
    probability = float(softmax(logits)[classes.index(str(label))])
    return answer.label, float(np.log(max(probability, float(np.finfo(np.float64).tiny))))
