from __future__ import annotations

import threading

import numpy as np
import pytest

from core.engines.local import Scored, score_files, score_images, score_ways
from core.errors import DiskError, ModelError, PictureError
from core.frames.images import decode, working_image
from core.frames.quality import measured
from core.models.classifier import answers
from core.models.preprocessing import preprocess
from core.records import InputSpec, ModelSpec

CLASSES = ("red", "green", "blue")


class Counting:
    """A classifier by mean colour that remembers what it was fed."""

    has_embeddings = True

    def __init__(self, **given) -> None:
        spec = {"resize": 32, "crop": 32, "mean": (0.0,) * 3, "std": (1.0,) * 3, **given}
        self.spec = ModelSpec(CLASSES, InputSpec(**spec))
        self.batches: list[int] = []

    def forward(self, batch):
        self.batches.append(len(batch))
        means = batch.mean(axis=(2, 3))
        return 10 * means, means


class Heard:
    """What score_files hands over."""

    def __init__(self) -> None:
        self.batches: list[tuple[Scored, int]] = []
        self.broken: list[tuple[str, str]] = []

    def on_batch(self, batch: Scored, done: int) -> None:
        self.batches.append((batch, done))

    def on_broken(self, key: str, reason: str) -> None:
        self.broken.append((key, reason))

    @property
    def keys(self) -> list[str]:
        return [key for batch, _ in self.batches for key in batch.keys]


@pytest.fixture
def pictures(tmp_path, colour_picture):
    """Eleven pictures, red, green and blue in turn, with their keys."""
    found = []
    for number in range(11):
        path = tmp_path / f"{number:02}.jpg"
        colour_picture(path, CLASSES[number % 3], seed=number)
        found.append((f"key {number}", path))
    return found


def run(classifier, files, **options) -> Heard:
    heard = Heard()
    score_files(
        classifier, files, on_batch=heard.on_batch, on_broken=heard.on_broken, **options
    )  # fmt: skip
    return heard


def test_every_file_is_answered_once_in_order_under_its_key(pictures):
    heard = run(Counting(), pictures, batch_size=4)

    assert heard.keys == [f"key {n}" for n in range(11)]
    labels = [answer.label for batch, _ in heard.batches for answer in batch.answers]
    assert labels == [CLASSES[n % 3] for n in range(11)]
    assert [done for _, done in heard.batches] == [4, 8, 11]
    assert heard.broken == []


def test_vectors_belong_to_their_keys(pictures):
    classifier = Counting()
    heard = run(classifier, pictures, batch_size=4)

    for batch, _ in heard.batches:
        for key, answer, logits, embedding in zip(
            batch.keys, batch.answers, batch.logits, batch.embeddings, strict=True
        ):
            image = working_image(decode(dict(pictures)[key]))
            alone, vector = classifier.forward(preprocess(image, classifier.spec.input)[None])
            np.testing.assert_allclose(logits, alone[0], atol=1e-5)
            np.testing.assert_allclose(embedding, vector[0], atol=1e-5)
            assert answer.label == answers(alone, CLASSES)[0].label


def test_broken_files_are_named_with_their_reason_and_cost_nothing_else(pictures):
    pictures[2][1].write_bytes(pictures[2][1].read_bytes()[:400])
    pictures[5][1].unlink()
    pictures[9][1].write_bytes(b"")
    heard = run(Counting(), pictures, batch_size=4)

    assert [key for key, _ in heard.broken] == ["key 2", "key 5", "key 9"]
    assert all(reason for _, reason in heard.broken)
    assert heard.keys == [f"key {n}" for n in range(11) if n not in (2, 5, 9)]
    assert heard.batches[-1][1] == 11


def test_a_batch_of_broken_files_alone_is_passed_over(pictures):
    for _, path in pictures[:4]:
        path.write_bytes(b"x")
    classifier = Counting()
    heard = run(classifier, pictures, batch_size=4)

    assert classifier.batches == [4, 3]
    assert len(heard.broken) == 4


def test_a_stop_keeps_what_was_handed_over_and_asks_no_more(pictures):
    classifier, heard = Counting(), Heard()
    score_files(
        classifier, pictures, on_batch=heard.on_batch, on_broken=heard.on_broken,
        should_stop=lambda: len(heard.batches) == 2, batch_size=3,
    )  # fmt: skip

    assert classifier.batches == [3, 3]
    assert heard.keys == [f"key {n}" for n in range(6)]


def test_stopped_before_it_began_it_reads_nothing(pictures, monkeypatch):
    monkeypatch.setattr("core.engines.local.measured", lambda path: pytest.fail("was read"))

    assert run(Counting(), pictures, should_stop=lambda: True).batches == []


def test_decoding_stays_a_few_batches_ahead_however_many_files(pictures, monkeypatch):
    read, ahead = [], []
    monkeypatch.setattr(
        "core.engines.local.measured", lambda path: (read.append(path), measured(path))[1]
    )
    heard = Heard()

    def on_batch(batch: Scored, done: int) -> None:
        heard.on_batch(batch, done)
        ahead.append(len(read) - done)

    many = [(f"{n}", pictures[n % 11][1]) for n in range(60)]
    score_files(
        Counting(), many, on_batch=on_batch, on_broken=heard.on_broken, batch_size=5
    )  # fmt: skip

    assert len(heard.keys) == 60
    assert max(ahead) <= 10


def test_no_thread_is_left_behind_after_a_stop_or_an_error(pictures):
    def refuse(_batch: Scored, _done: int) -> None:
        raise DiskError("full")

    before = threading.active_count()
    run(Counting(), pictures, should_stop=iter([False, True]).__next__, batch_size=2)
    with pytest.raises(DiskError):
        score_files(
            Counting(), pictures, on_batch=refuse, on_broken=lambda key, reason: None
        )  # fmt: skip

    assert threading.active_count() == before


def test_other_errors_than_broken_pictures_are_not_swallowed(pictures, monkeypatch):
    def fail(_path):
        raise RuntimeError("a bug")

    monkeypatch.setattr("core.engines.local.measured", fail)

    with pytest.raises(RuntimeError, match="a bug"):
        run(Counting(), pictures)


def test_pictures_of_different_shapes_run_one_by_one_without_a_crop():
    classifier = Counting(resize=None, crop=None)
    wide = np.zeros((20, 40, 3), np.uint8)
    wide[:, :, 2] = 200
    tall = np.zeros((40, 20, 3), np.uint8)
    tall[:, :, 0] = 200
    found, logits, embeddings = score_images(classifier, [wide, tall, tall])

    assert [answer.label for answer in found] == ["blue", "red", "red"]
    assert logits.shape == embeddings.shape == (3, 3)
    assert classifier.batches == [1, 1, 1]


def test_pictures_of_one_shape_run_together():
    classifier = Counting()
    score_images(classifier, [np.zeros((50, 60, 3), np.uint8)] * 5)

    assert classifier.batches == [5]


def test_a_picture_error_from_a_reader_thread_carries_its_text(pictures, monkeypatch):
    def refuse(_path):
        raise PictureError("the lens cap was on")

    monkeypatch.setattr("core.engines.local.measured", refuse)
    heard = run(Counting(), pictures[:1])

    assert heard.broken == [("key 0", "the lens cap was on")]


class Broken(Counting):
    """Answers every third picture of a batch with nan."""

    def forward(self, batch):
        logits, means = super().forward(batch)
        logits = np.array(logits)
        logits[::3, 1] = np.nan
        return logits, means


def test_an_answer_that_is_no_number_costs_its_picture_only(pictures):
    heard = Heard()

    score_files(
        Broken(), pictures, on_batch=heard.on_batch, on_broken=heard.on_broken, batch_size=6
    )

    assert [key for key, _ in heard.broken] == ["key 0", "key 3", "key 6", "key 9"]
    assert all("is not a number" in reason for _, reason in heard.broken)
    assert heard.keys == [f"key {n}" for n in range(11) if n % 3]
    for batch, _ in heard.batches:
        assert np.isfinite(batch.logits).all() and len(batch.keys) == len(batch.answers)
        own = [measured(dict(pictures)[key])[1] for key in batch.keys]
        assert list(batch.qualities) == own  # of the pictures that stayed, in their order


def test_a_live_answer_that_is_no_number_is_a_plain_error(pictures):
    images = [working_image(decode(path)) for _, path in pictures[:2]]

    with pytest.raises(ModelError, match="is not a number"):
        score_images(Broken(), images)


def test_ways_of_its_own_are_answered_in_order_whatever_the_spec_says(pictures):
    classifier = Counting(channels="RGB")
    swapped = InputSpec(channels="BGR", resize=16, crop=16, mean=(0.0,) * 3, std=(1.0,) * 3)
    found, logits, reasons = score_ways(
        classifier, [path for _, path in pictures], prepare=lambda p: preprocess(decode(p), swapped)
    )

    assert [answer.label for answer in found[:3]] == ["blue", "green", "red"]
    assert sorted(logits) == list(range(11))
    assert logits[0].shape == (3,)
    assert reasons == {}


def test_a_broken_way_costs_itself_only(pictures):
    pictures[4][1].write_bytes(b"no picture")
    found, logits, reasons = score_ways(
        Counting(), [path for _, path in pictures],
        prepare=lambda path: preprocess(decode(path), Counting().spec.input),
    )  # fmt: skip

    assert [n for n, answer in enumerate(found) if answer is None] == [4]
    assert list(reasons) == [4]
    assert 4 not in logits and len(logits) == 10


def test_a_way_whose_answer_is_no_number_costs_itself_only(pictures):
    found, logits, reasons = score_ways(
        Broken(), [path for _, path in pictures[:4]],
        prepare=lambda path: preprocess(decode(path), Counting().spec.input),
    )  # fmt: skip

    assert [n for n, answer in enumerate(found) if answer is None] == [0, 3]
    assert sorted(logits) == [1, 2]
    assert "is not a number" in reasons[0] and "is not a number" in reasons[3]
