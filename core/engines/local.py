"""Scores pictures on this machine: decode threads beside the model, memory flat in their number."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError, PictureError
from core.frames.quality import Quality, measured
from core.models.classifier import Classifier, answers
from core.models.preprocessing import preprocess
from core.records import Answer, Image, StopCallback
from core.settings import SETTINGS

DECODE_THREADS = 2

NO_NUMBER = (
    "The model's answer to this picture is not a number. The picture may be fine: ask the training "
    "team to check the model's weights and its preparation of pictures."
)

S = TypeVar("S")
T = TypeVar("T")

Tensor = NDArray[np.float32]  # one picture as the model takes it, (channels, height, width)


@dataclass(frozen=True, slots=True)
class Scored:
    """One batch of answers; `keys` are the caller's names of the pictures, in order."""

    keys: tuple[str, ...]
    answers: tuple[Answer, ...]
    logits: NDArray[np.float32]  # (n, n_classes)
    embeddings: NDArray[np.float32]  # (n, n_features)
    qualities: tuple[Quality, ...]  # of the pictures as the model got them


def score_images(
    classifier: Classifier, images: Sequence[Image]
) -> tuple[list[Answer], NDArray[np.float32], NDArray[np.float32]]:
    """
    Answers, logits and embeddings of pictures already at the working size.

    Pictures whose preprocessed shapes differ (a model without a crop) run one by one.
    """
    found, logits, embeddings = _score_tensors(
        classifier, [preprocess(image, classifier.spec.input) for image in images]
    )
    if not np.isfinite(logits).all():
        raise ModelError(NO_NUMBER)
    return found, logits, embeddings


def score_ways(
    classifier: Classifier, items: Sequence[S], *, prepare: Callable[[S], Tensor]
) -> tuple[list[Answer | None], dict[int, NDArray[np.float32]], dict[int, str]]:
    """
    Answers to items prepared in a way of the caller's own, whatever the classifier's spec says.

    Args:
        prepare: what the model takes of an item; called in the decode threads.

    Returns:
        One answer an item, None for broken ones; by position the logits (n_classes,) of the
        others, and why the broken ones could not be read.

    Raises:
        ModelError: the model refuses pictures of this size.
    """
    found: list[Answer | None] = [None] * len(items)
    logits: dict[int, NDArray[np.float32]] = {}
    reasons: dict[int, str] = {}
    numbered = [(str(number), item) for number, item in enumerate(items)]
    ready = _read_ahead(
        numbered,
        prepare,
        ahead=2 * SETTINGS.batch_size,
        on_broken=lambda key, reason: reasons.update({int(key): reason}),
    )
    while chunk := list(islice(ready, SETTINGS.batch_size)):
        whole = [(int(key), tensor) for key, tensor in chunk if tensor is not None]
        if not whole:
            continue
        said, rows, _ = _score_tensors(classifier, [tensor for _, tensor in whole])
        for (number, _), answer, row in zip(whole, said, rows, strict=True):
            if np.isfinite(row).all():
                found[number], logits[number] = answer, row
            else:
                reasons[number] = NO_NUMBER
    return found, logits, reasons


def _score_tensors(
    classifier: Classifier, tensors: Sequence[Tensor]
) -> tuple[list[Answer], NDArray[np.float32], NDArray[np.float32]]:
    if len({tensor.shape for tensor in tensors}) == 1:
        logits, embeddings = classifier.forward(np.stack(tensors))
    else:
        pairs = [classifier.forward(tensor[None]) for tensor in tensors]
        logits = np.concatenate([pair[0] for pair in pairs])
        embeddings = np.concatenate([pair[1] for pair in pairs])
    return answers(logits, classifier.spec.classes), logits, embeddings


def score_files(
    classifier: Classifier,
    files: Sequence[tuple[str, Path]],
    *,
    on_batch: Callable[[Scored, int], None],
    on_broken: Callable[[str, str], None],
    check: Callable[[str, Path], None] = lambda key, path: None,
    should_stop: StopCallback = lambda: False,
    batch_size: int = SETTINGS.batch_size,
) -> None:
    """
    Answer every file, handing each batch over as soon as it is ready.

    Args:
        files: (key, path) pairs.
        on_batch: gets the batch and how many files are done, broken ones included.
        on_broken: gets the key and the reason of a file that cannot be read; the rest goes on.
        check: asked before and after each file is decoded; a PictureError makes it a broken one.
        should_stop: asked before each batch; batches handed over are kept.
    """
    done = 0

    def read(item: tuple[str, Path]) -> tuple[Tensor, Quality]:
        key, path = item
        check(key, path)
        image, quality = measured(path)
        check(key, path)
        return preprocess(image, classifier.spec.input), quality

    items = ((key, (key, path)) for key, path in files)
    ready = _read_ahead(items, read, ahead=2 * batch_size, on_broken=on_broken)
    while not should_stop():
        chunk = list(islice(ready, batch_size))
        if not chunk:
            return
        done += len(chunk)
        pictures = [(key, *read) for key, read in chunk if read is not None]
        if pictures:
            keys, tensors, qualities = zip(*pictures, strict=True)
            found, logits, embeddings = _score_tensors(classifier, tensors)
            has_number = np.asarray(np.isfinite(logits).all(axis=1))
            for key, fits in zip(keys, has_number, strict=True):
                if not fits:
                    on_broken(key, NO_NUMBER)
            kept = np.flatnonzero(has_number)
            if len(kept):
                scored = Scored(
                    tuple(keys[k] for k in kept),
                    tuple(found[k] for k in kept),
                    logits[kept],
                    embeddings[kept],
                    tuple(qualities[k] for k in kept),
                )
                on_batch(scored, done)


def measure_files(
    files: Sequence[tuple[str, Path]],
    *,
    on_batch: Callable[[dict[str, Quality], int], None],
    on_broken: Callable[[str, str], None],
    should_stop: StopCallback = lambda: False,
    batch_size: int = SETTINGS.batch_size,
) -> None:
    """
    Measure every file without asking a model; otherwise as `score_files`.

    Args:
        on_batch: gets the batch by key and how many files are done, broken ones included.
    """
    read_files(
        files,
        lambda path: measured(path)[1],
        on_batch=on_batch,
        on_broken=on_broken,
        should_stop=should_stop,
        batch_size=batch_size,
    )


def read_files(
    files: Sequence[tuple[str, Path]],
    read: Callable[[Path], T],
    *,
    on_batch: Callable[[dict[str, T], int], None],
    on_broken: Callable[[str, str], None],
    should_stop: StopCallback = lambda: False,
    batch_size: int = SETTINGS.batch_size,
) -> None:
    """
    What `read` makes of every file, read in the decode threads; otherwise as `measure_files`.

    Args:
        read: raises PictureError for a file that cannot be read; the rest goes on.
    """
    done = 0
    ready = _read_ahead(files, read, ahead=2 * batch_size, on_broken=on_broken)
    while not should_stop():
        chunk = list(islice(ready, batch_size))
        if not chunk:
            return
        done += len(chunk)
        made = {key: one for key, one in chunk if one is not None}
        if made:
            on_batch(made, done)


def score_views(
    classifier: Classifier,
    items: Iterable[tuple[str, S]],
    *,
    views: Callable[[S], Sequence[Image]],
    on_item: Callable[[str, list[Answer]], None],
    on_broken: Callable[[str, str], None],
    should_stop: StopCallback = lambda: False,
) -> None:
    """
    Answer several pictures made of each item, handing each item over as soon as it is ready.

    Args:
        items: (key, item) pairs.
        views: the pictures of an item at the working size; called in the decode threads.
        on_item: gets the key and one answer a picture, in order.
        on_broken: gets the key and the reason of an item that cannot be read; the rest goes on.
        should_stop: asked before each item; items handed over are kept.
    """

    def read(item: S) -> list[Tensor]:
        return [preprocess(image, classifier.spec.input) for image in views(item)]

    ready = _read_ahead(items, read, ahead=2 * DECODE_THREADS, on_broken=on_broken)
    while not should_stop():
        key, tensors = next(ready, (None, None))
        if key is None:
            return
        if tensors is None:
            continue
        found: list[Answer] = []
        for start in range(0, len(tensors), SETTINGS.batch_size):
            found += _score_tensors(classifier, tensors[start : start + SETTINGS.batch_size])[0]
        if all(math.isfinite(answer.confidence) for answer in found):
            on_item(key, found)
        else:
            on_broken(key, NO_NUMBER)


def _read_ahead(
    items: Iterable[tuple[str, S]],
    read: Callable[[S], T],
    *,
    ahead: int,
    on_broken: Callable[[str, str], None],
) -> Iterator[tuple[str, T | None]]:
    """What the model takes, in order, at most `ahead` of them waiting; None for broken ones."""
    remaining = iter(items)
    with ThreadPoolExecutor(DECODE_THREADS, thread_name_prefix="decode") as pool:
        waiting: deque[tuple[str, Future[T]]] = deque()
        try:
            while True:
                for key, item in islice(remaining, ahead - len(waiting)):
                    waiting.append((key, pool.submit(read, item)))
                if not waiting:
                    return
                key, future = waiting.popleft()
                try:
                    yield key, future.result()
                except PictureError as error:
                    on_broken(key, str(error))
                    yield key, None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
