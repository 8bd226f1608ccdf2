"""The nonsense exam: what the model says of pictures that show nothing, and who would notice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.engines.local import Scored, score_files, score_images
from core.errors import FieldcheckError, PictureError
from core.findings.not_sure import NOT_SURE, shown_answer
from core.findings.pixel_rules import PixelFacts, pixel_reasons
from core.findings.probes import (
    PROBES,
    VERSION,
    ProbeResult,
    exam_statement,
    probe_image,
    result_sentence,
    shuffled,
)
from core.frames.hashing import content_hash
from core.frames.images import decode, decode_reduced, encode_jpeg, working_image
from core.frames.listing import picture_paths
from core.project import Project
from core.records import Answer, Folder, Image, ProgressCallback, Statement, StopCallback
from core.settings import SETTINGS
from core.store import choices as choice_store
from core.store import predictions as prediction_store
from core.store.database import connect
from core.workflows.choices import choices_of
from core.workflows.live_answers import FACTS_SIDE, facts_of
from core.workflows.models import classifier_of, identify_model
from core.workflows.reserved import reserved_hashes
from core.workflows.scores import picture_path, scores, vectors
from core.workflows.unlike import gauge_of

MOST_PICTURES = 500  # of the person's folder
BATCH = SETTINGS.batch_size
SHUFFLED = 3  # frames cut up and put together wrongly

Result = list[ProbeResult]


def sit(
    project: Project,
    *,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> list[str]:
    """
    Let the model answer every probe it has not answered; each batch is on disk at once.

    Returns:
        What of the person's folder could not be read, one sentence a file.

    Raises:
        ModelError: the model cannot be opened.
        FieldcheckError: the person's folder is gone.
    """
    chosen = identify_model(project)
    model_id = chosen.model_id or ""
    files = folder_pictures(project)
    with connect(project.database) as db:
        answered = prediction_store.scored_hashes(db, model_id)
    drawn = [name for name in _drawn(project) if _key(name) not in answered]
    waiting = [(digest, path) for digest, path in files if digest not in answered]
    total = len(_drawn(project)) + len(files)
    before = total - len(drawn) - len(waiting)
    on_progress(before, total)
    classifier = classifier_of(project)
    for start in range(0, len(drawn), BATCH):
        if should_stop():
            return []
        names = drawn[start : start + BATCH]
        answers, logits, embeddings = score_images(
            classifier, [probe_picture(project, name) for name in names]
        )
        keys = [_key(name) for name in names]
        _keep(project, model_id, keys, answers, vectors=(logits, embeddings))
        on_progress(before + start + len(names), total)
    broken: list[str] = []
    names_of = dict(files)

    def keep(batch: Scored, done: int) -> None:
        found = (batch.logits, batch.embeddings)
        _keep(project, model_id, batch.keys, batch.answers, vectors=found)
        on_progress(before + len(drawn) + done, total)

    score_files(
        classifier,
        waiting,
        on_batch=keep,
        on_broken=lambda key, reason: broken.append(f"{names_of[key].name}: {reason}"),
        should_stop=should_stop,
    )
    return broken


def _keep(
    project: Project,
    model_id: str,
    keys: Sequence[str],
    answers: Sequence[Answer],
    *,
    vectors: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> None:
    with connect(project.database) as db:
        prediction_store.save_predictions(
            db,
            model_id=model_id,
            content_hashes=keys,
            answers=answers,
            logits=vectors[0],
            embeddings=vectors[1],
        )


def probes(project: Project) -> tuple[Statement, Result]:
    """
    The exam as far as it was sat: the grade, and every answer, those that pass unseen first.

    The app's checks are the pixel rules, the check for unusual pictures, and the chosen mark.
    """
    found = scores(project)
    names = [(name, _key(name)) for name in _drawn(project)]
    places = {str(path): path for _, path in folder_pictures(project)}
    names += [(str(path), digest) for digest, path in folder_pictures(project)]
    with connect(project.database) as db:
        table = prediction_store.load_predictions(db, found.choices.model_id or "")
    said = {
        str(row["content_hash"]): (str(row["answer"]), float(row["confidence"]))
        for row in table.to_dict("records")
    }
    sat = [(name, key) for name, key in names if key in said]
    if not sat:
        return exam_statement([]), []
    keys = [key for _, key in sat]
    gauge = gauge_of(project, found.choices, found.frames, locked=reserved_hashes(found.project))
    strange = (
        gauge.measure(vectors(project, "logits", keys), vectors(project, "embedding", keys))
        if gauge
        else None
    )
    results = []
    for place, (name, key) in enumerate(sat):
        answer, confidence = said[key]
        unusual = bool(gauge and strange and gauge.is_unusual(strange)[place])
        facts = _folder_facts(places[name]) if name in places else _probe_facts(project, name)
        results.append(
            ProbeResult(
                name=_inside(project, places[name]) if name in places else name,
                title=_title(name, in_folder=name in places),
                answer=answer,
                confidence=confidence,
                strangeness=float(strange.score[place]) if strange else None,
                caught_by=_caught(
                    answer,
                    confidence,
                    facts,
                    unusual=unusual,
                    threshold=found.choices.sure_threshold,
                ),
            )
        )
    results.sort(key=lambda result: (result.is_caught, -result.confidence))
    return exam_statement(results), results


def _caught(
    answer: str,
    confidence: float,
    facts: PixelFacts | None,
    *,
    unusual: bool,
    threshold: float | None,
) -> tuple[str, ...]:
    reasons = list(pixel_reasons(facts)) if facts else []
    if unusual:
        reasons.append("it looks unlike the reference")
    if shown_answer(answer, confidence, threshold=threshold) == NOT_SURE:
        reasons.append("it is under the chosen mark")
    return tuple(reasons)


def is_sat(project: Project) -> bool:
    """Whether every probe has an answer by this model."""
    with connect(project.database) as db:
        answered = prediction_store.scored_hashes(db, choices_of(project).model_id or "")
    wanted = [_key(name) for name in _drawn(project)]
    wanted += [digest for digest, _ in folder_pictures(project)]
    return all(key in answered for key in wanted)


def choose_folder(project: Project, folder: str | None) -> None:
    """
    Take a folder of pictures the model was never meant to see into the exam; None takes it out.

    Raises:
        FieldcheckError: it is no folder, or holds no pictures, or too many.
    """
    if not folder or not folder.strip():
        with connect(project.database) as db:
            choice_store.note(db, probe_folder=None)
        return
    path = Path(folder.strip()).expanduser().absolute()
    if not path.is_dir():
        raise FieldcheckError(f"There is no folder {path}. Check the spelling.")
    count = len(picture_paths(path))
    if not count:
        raise FieldcheckError(f"There are no pictures in {path}.")
    if count > MOST_PICTURES:
        raise FieldcheckError(
            f"{path} holds {count:,} pictures; at most {MOST_PICTURES} make a good exam. Choose a "
            "smaller folder."
        )
    with connect(project.database) as db:
        choice_store.note(db, probe_folder=str(path))


def folder_pictures(project: Project) -> list[tuple[str, Path]]:
    """
    Content hash and path of every picture of the person's folder; none without one.

    Raises:
        FieldcheckError: the folder is gone.
    """
    folder = choices_of(project).probe_folder
    if folder is None:
        return []
    if not folder.is_dir():
        raise FieldcheckError(
            f"The folder {folder} is gone. Plug it in, or take it out of the exam."
        )
    paths = [folder / name for name in picture_paths(folder)[:MOST_PICTURES]]
    found = {_hash(str(path), path.stat().st_mtime_ns): path for path in paths}
    return list(found.items())


@lru_cache(maxsize=2048)
def _hash(path: str, _modified_ns: int) -> str:
    return content_hash(Path(path))


def _drawn(project: Project) -> list[str]:
    return [*PROBES, *(f"shuffled:{digest}" for digest in _cut_up(project))]


def _cut_up(project: Project) -> list[str]:
    found = scores(project.whole)  # the same exam whatever the view is narrowed to
    for folder in (Folder.REFERENCE, Folder.FIELD):
        hashes = sorted(found.of(folder)["content_hash"].unique())
        if hashes:
            return hashes[:SHUFFLED]
    return []


def probe_picture(project: Project, name: str) -> Image:
    """A probe at the working size; a frame that is gone is replaced by noise cut up."""
    side = SETTINGS.working_short_side
    if not name.startswith("shuffled:"):
        return probe_image(name, side=side, seed=0)
    path = picture_path(project, name.partition(":")[2])
    try:
        image = working_image(decode(path)) if path else probe_image("noise", side=side, seed=0)
    except PictureError:
        image = probe_image("noise", side=side, seed=0)
    return shuffled(image, seed=0)


def probe_jpeg(project: Project, result: ProbeResult) -> bytes:
    """A small picture of a probe for the page."""
    folder = choices_of(project).probe_folder
    path = (
        None
        if folder is None
        else next(
            (path for _, path in folder_pictures(project) if _inside(project, path) == result.name),
            None,
        )
    )
    image = (
        decode_reduced(path, short_side=150).image if path else probe_picture(project, result.name)
    )
    return encode_jpeg(working_image(image, short_side=150))


@lru_cache(maxsize=256)
def _probe_facts(project: Project, name: str) -> PixelFacts:
    return facts_of(probe_picture(project, name))


def _inside(project: Project, path: Path) -> str:
    folder = choices_of(project).probe_folder
    return path.relative_to(folder).as_posix() if folder else path.name


def _folder_facts(path: Path) -> PixelFacts | None:
    return _file_facts(str(path), path.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _file_facts(path: str, _modified_ns: int) -> PixelFacts | None:
    try:
        small = decode_reduced(Path(path), short_side=FACTS_SIDE)
    except PictureError:
        return None
    return facts_of(small.image, width=small.width, height=small.height)


def _title(name: str, *, in_folder: bool) -> str:
    if in_folder:
        return f"your picture “{Path(name).name}”"
    return "a frame cut up and shuffled" if name.startswith("shuffled:") else PROBES[name][0]


def _key(name: str) -> str:
    """Under which a drawn probe's answer is kept: no content hash looks like it."""
    return f"probe{VERSION}:{name}"


def probes_json(results: Result) -> list[dict[str, Any]]:
    """What `fieldcheck probes --json` prints."""
    return [
        {**asdict(result), "caught_by": list(result.caught_by), "is_caught": result.is_caught}
        for result in results
    ]


def report_lines(statement: Statement, results: Result) -> list[str]:
    """The exam in words."""
    return [statement.headline, statement.next_step, *map(result_sentence, results)]


def table(results: Result) -> pd.DataFrame:
    """The results as a table for the page."""
    return pd.DataFrame(
        {
            "picture": [result.title for result in results],
            "answer": [result.answer for result in results],
            "how sure, of 100": [round(result.confidence * 100, 1) for result in results],
            "caught because": [
                "; ".join(result.caught_by) or "not caught: it would pass" for result in results
            ],
        }
    )


METHOD = (
    "Synthetic probes after NINCO's out-of-distribution unit tests (Bitterwolf et al. 2023). A "
    "probe is caught by the pixel rules, by the check for unusual pictures (GEN and kNN above the "
    "95 % quantile of the reference), or by the chosen threshold on the largest softmax "
    "probability. Poor: more than a quarter passes with an answer at least 50 % sure. Thresholds "
    "are set on the reference alone, never on the probes."
)


def run(
    project: Project,
    on_phase: Callable[[str], None],
    on_progress: ProgressCallback,
    should_stop: StopCallback,
) -> list[str]:
    """`sit` with the name of its phase, as a job beside the pages calls it."""
    on_phase("Sitting the exam")
    return sit(project, on_progress=on_progress, should_stop=should_stop)
