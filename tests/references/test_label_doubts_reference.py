"""Our suspects are cleanlab's own, on real photos with one label in ten flipped by seed."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.findings.crossed import FOLDS, SOFTNESS
from core.records import Folder
from core.workflows import label_doubts, projects, scores, scoring

GROCERY = Path(__file__).resolve().parents[2].parent / "shared" / "grocery"
SEED = 5

pytestmark = pytest.mark.skipif(
    not GROCERY.parent.is_dir(), reason="the folder shared/ is not here"
)


@pytest.fixture(scope="module")
def flipped(grocery_home, tmp_path_factory):
    """The reference photos in class folders, one in ten in a wrong one; and which these are."""
    root = tmp_path_factory.mktemp("flipped")
    photos = sorted((GROCERY / "reference").rglob("*.jpg"))
    classes = sorted({photo.parent.name for photo in photos})
    rng = np.random.default_rng(SEED)
    wrong = set(rng.choice(len(photos), len(photos) // 10, replace=False))
    flips = set()
    for number, photo in enumerate(photos):
        at = classes.index(photo.parent.name)
        if number in wrong:
            at = (at + int(rng.integers(1, len(classes)))) % len(classes)
            flips.add(f"{classes[at]}/{photo.parent.name}_{photo.name}")
        place = root / "frames" / classes[at] / f"{photo.parent.name}_{photo.name}"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(photo, place)
    # The same photos under the same model: their answers are there, whatever folder they lie in.
    shutil.copytree(grocery_home / "project", root / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDCHECK_HOME", str(root / "home"))
        project = projects.create_project(
            model=GROCERY / "model" / "grocery_lite0.safetensors",
            field=root / "frames", folder=root / "project",
        )  # fmt: skip
        scoring.prepare(project)
        label_doubts.prepare(project)
    return project, flips


@pytest.fixture(scope="module")
def theirs(flipped):
    """The frames and probabilities made by scikit-learn's own cross-validation."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    project, _ = flipped
    frames = scores.scores(project).labelled(Folder.FIELD).drop_duplicates("content_hash")
    classes = list(scores.scores(project).choices.spec.classes)
    labels = np.array([classes.index(label) for label in frames["label"]])
    probabilities = cross_val_predict(
        make_pipeline(StandardScaler(), LogisticRegression(C=SOFTNESS, max_iter=300)),
        scores.vectors(project, "embedding", list(frames["content_hash"])), labels,
        groups=frames["clip"], method="predict_proba",
        cv=StratifiedGroupKFold(FOLDS, shuffle=True, random_state=label_doubts.SEED),
    )  # fmt: skip
    return frames, labels, probabilities


@pytest.mark.parametrize("source", ["crossed", "model"])
def test_our_suspects_equal_cleanlabs_own(source, flipped, theirs):
    from cleanlab.filter import find_label_issues

    project, _ = flipped
    frames, labels, probabilities = theirs
    if source == "model":
        logits = scores.vectors(project, "logits", list(frames["content_hash"])).astype(float)
        probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    ranked = find_label_issues(
        labels, probabilities, filter_by="predicted_neq_given",
        return_indices_ranked_by="normalized_margin", n_jobs=1,
    )  # fmt: skip

    found = label_doubts.doubts(project, source=source).suspects

    assert list(found["path"]) == list(frames["path"].iloc[ranked[:200]])
    assert len(found) > 20


def test_most_flipped_labels_are_among_the_first(flipped):
    project, flips = flipped
    found = label_doubts.doubts(project).suspects

    assert len(flips) == 23
    assert len(flips & set(found["path"].head(2 * len(flips)))) >= 0.9 * len(flips)
