"""A verdict on pictures just dropped in: one picture, or a few dozen labelled ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import pandas as pd

from core.corruptions import CORRUPTIONS, frame_seed
from core.engines.local import score_images
from core.errors import FieldcheckError, MetadataError
from core.findings.statements import accuracy_statement, answer_sentence
from core.frames.clips import assign_clips
from core.frames.exif import exif_facts
from core.frames.hashing import content_hash, picture_hash
from core.frames.images import decode, encode_jpeg, working_image
from core.frames.labels import class_folder_labels
from core.frames.metadata import read_metadata
from core.metrics.intervals import accuracy
from core.models.classifier import Classifier
from core.project import Project
from core.records import Answer, Condition, Image, ProgressCallback, State, Statement
from core.settings import SETTINGS
from core.workflows.dial import chain_breaking_point, dial
from core.workflows.live_answers import live_answers
from core.workflows.models import classifier_of

MOST_PICTURES = 200
TRIED_ON_ONE = ("low_light", "motion_blur", "field_rain", "jpeg_compression")


@dataclass(frozen=True)
class QuickCheck:
    """The verdict, the frames behind it, and what could not be read."""

    headline: Statement
    details: tuple[str, ...]
    frames: pd.DataFrame  # name, label, answer, confidence, is_right, sentence, thumbnail (JPEG)
    broken: tuple[str, ...]


def quick_check(
    project: Project,
    files: list[tuple[str, bytes]],
    *,
    on_progress: ProgressCallback = lambda done, total: None,
) -> QuickCheck:
    """
    Ask the project's model about dropped files; nothing of them is stored.

    Args:
        files: (name, content); a name may hold folders, and its class folder, or a class name at
            its start ("pliers_01.jpg"), or a dropped CSV, gives the label.

    Raises:
        FieldcheckError: nothing readable was dropped, or too much.
    """
    classifier = classifier_of(project)
    tables = [item for item in files if item[0].lower().endswith(".csv")]
    pictures = [item for item in files if item not in tables]
    if not pictures:
        raise FieldcheckError("No picture was dropped. Drop JPEG, PNG, WebP, TIFF or BMP files.")
    if len(pictures) > MOST_PICTURES:
        raise FieldcheckError(
            f"{len(pictures):,} pictures are too many for a quick check (at most {MOST_PICTURES}). "
            "Open their folder as a project instead."
        )
    labels = _labels([name for name, _ in pictures], tables, classifier.spec.classes)
    rows, images, broken = [], [], []
    for done, (name, content) in enumerate(pictures, 1):
        try:
            image = decode(content)
        except FieldcheckError as error:
            broken.append(f"{name}: {error}")
            continue
        images.append(working_image(image))
        rows.append(_row(name, content, image, labels.get(name)))
        on_progress(done, len(pictures))
    if not rows:
        raise FieldcheckError("None of the files could be read. " + broken[0])
    frames = _with_answers(pd.DataFrame(rows), images, classifier, project)
    verdict = _one(frames, images[0], classifier) if len(frames) == 1 else _many(frames)
    return QuickCheck(*verdict, frames, tuple(broken))


def _row(name: str, content: bytes, image: Image, label: str | None) -> dict[str, object]:
    taken_at, camera = exif_facts(content)
    return {
        "folder": "field",
        "path": name,
        "name": PurePosixPath(name).name,
        "content_hash": content_hash(content),
        "picture_hash": picture_hash(image),
        "taken_at": taken_at,
        "camera": camera,
        "label": label,
        "thumbnail": encode_jpeg(working_image(image, short_side=150)),
    }


def _labels(
    names: list[str], tables: list[tuple[str, bytes]], classes: tuple[str, ...]
) -> dict[str, str | None]:
    labels: dict[str, str | None] = dict(class_folder_labels(names, list(classes)))
    for name in names:
        if labels.get(name) is None:
            stem = re.sub(r"[\W\d_]+$", "", PurePosixPath(name).stem.casefold())
            labels[name] = next((c for c in classes if stem == c.casefold()), None)
    for table_name, content in tables:
        labels |= _table_labels(table_name, content, names, classes)
    return labels


def _table_labels(
    table_name: str, content: bytes, names: list[str], classes: tuple[str, ...]
) -> dict[str, str | None]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / PurePosixPath(table_name).name
        path.write_bytes(content)
        table = read_metadata(path)
    if table.label is None:
        raise MetadataError(f"{table_name} has no column of paths and labels to join by.")
    given = dict(zip(table.frame[table.path], table.frame[table.label], strict=True))
    by_name = {PurePosixPath(str(k).replace("\\", "/")).name: v for k, v in given.items()}
    spelling = {c.casefold(): c for c in classes}
    found: dict[str, str | None] = {}
    for name in names:
        label = given.get(name, by_name.get(PurePosixPath(name).name))
        if isinstance(label, str) and label.strip().casefold() in spelling:
            found[name] = spelling[label.strip().casefold()]
    return found


def _with_answers(
    frames: pd.DataFrame, images: list[Image], classifier: Classifier, project: Project
) -> pd.DataFrame:
    found: list[Answer] = []
    shown: list[tuple[str, bool]] = []
    for start in range(0, len(images), SETTINGS.batch_size):
        batch = images[start : start + SETTINGS.batch_size]
        answers, logits, embeddings = score_images(classifier, batch)
        found += answers
        shown += live_answers(project, answers, batch, logits=logits, embeddings=embeddings)
    frames["label"] = frames["label"].astype("str")
    frames["camera"] = frames["camera"].astype("str")
    frames["taken_at"] = pd.to_datetime(frames["taken_at"]).astype("datetime64[us]")
    frames["clip"] = assign_clips(frames)
    frames["answer"] = [answer.label for answer in found]
    frames["confidence"] = [answer.confidence for answer in found]
    frames["is_right"] = frames["label"] == frames["answer"]
    frames["sentence"] = [
        answer_sentence(
            answer.label,
            answer.confidence,
            None if pd.isna(given) else given,
            shown=reads,
            is_unusual=is_unusual,
        )
        for answer, (reads, is_unusual), given in zip(found, shown, frames["label"], strict=True)
    ]
    return frames


def _one(
    frames: pd.DataFrame, image: Image, classifier: Classifier
) -> tuple[Statement, tuple[str, ...]]:
    row = frames.iloc[0]
    seed = frame_seed(str(row["content_hash"]), 0)
    details, weakest = [], None
    for name in TRIED_ON_ONE:
        point = chain_breaking_point(
            lambda chain: dial(classifier, image, chain=chain, seed=seed).answer.label,
            (Condition(name, 0.0),),
        )
        title = CORRUPTIONS[name].title
        if point is None:
            details.append(f"{title}: keeps its answer up to severity 5.")
            continue
        details.append(f"{title}: changes its answer from severity {point.fails:.1f} on.")
        weakest = min(weakest or (point.fails, title), (point.fails, title))
    sentence = str(row["sentence"])
    is_wrong = pd.notna(row["label"]) and not row["is_right"]
    next_step = (
        f"Its weak point on this picture is {weakest[1].lower()}: try it on the Dial page."
        if weakest
        else "It kept its answer under everything tried here. Drop some fifty labelled frames next."
    )
    state = State.CONFIRMED if is_wrong else State.NOT_ENOUGH
    return Statement(f"{sentence[0].upper()}{sentence[1:]}.", next_step, state), tuple(details)


def _many(frames: pd.DataFrame) -> tuple[Statement, tuple[str, ...]]:
    labelled = frames[frames["label"].notna()]
    found = accuracy(labelled["is_right"].to_numpy(bool), labelled["clip"].to_numpy())
    details = []
    wrong = labelled[~labelled["is_right"]]
    for (label, answer), rows in sorted(
        wrong.groupby(["label", "answer"]), key=lambda group: -len(group[1])
    )[:5]:
        details.append(f"{label} taken for {answer}: {len(rows)} of {len(labelled)} frames.")
    unlabelled = len(frames) - len(labelled)
    if unlabelled:
        details.append(
            f"{unlabelled} of {len(frames)} frames have no label: put them in a folder named "
            "after their class, or drop a CSV with them."
        )
    return accuracy_statement(found, "dropped frames"), tuple(details)
