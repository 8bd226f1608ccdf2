from __future__ import annotations

import io
import json

import numpy as np
import PIL.Image
import pytest

from core.corruptions import CORRUPTIONS, corrupt, frame_seed
from core.errors import CorruptionError, DiskError, PictureError
from core.findings.breaking import BreakingPoint, breaking_point
from core.findings.dial_words import breaking_statement
from core.findings.statements import severity_word
from core.records import Condition, State
from core.workflows import dial, models, scores


def one(name: str, severity: float) -> tuple[Condition, ...]:
    return (Condition(name, severity),)


def digest_of(project, path: str) -> str:
    return str(scores.scores(project).frames.set_index("path").loc[path, "content_hash"])


def test_severity_0_is_the_stored_answer_on_the_untouched_picture(tiny_project):
    frames = scores.scores(tiny_project).frames.set_index("path")
    row = frames.loc["cam1/003.jpg"]
    digest = row["content_hash"]

    for name in CORRUPTIONS:
        result = dial.dial_frame(tiny_project, digest, chain=one(name, 0))
        assert result.answer.label == row["answer"]
        assert result.answer.confidence == pytest.approx(row["confidence"], abs=1e-6)
        np.testing.assert_array_equal(result.image, dial.working_picture(tiny_project, digest))


def test_the_model_answers_the_very_picture_that_is_shown(tiny_project):
    digest = digest_of(tiny_project, "cam1/003.jpg")
    result = dial.dial_frame(tiny_project, digest, chain=one("low_light", 4))
    body, seen, answer = dial.dial_pictures(tiny_project, digest, chain=one("low_light", 4))
    shown = np.array(PIL.Image.open(io.BytesIO(body)).convert("RGB"))
    seed = frame_seed(digest, 0)
    own = corrupt(dial.working_picture(tiny_project, digest), "low_light", severity=4, seed=seed)

    np.testing.assert_array_equal(shown, result.image)
    np.testing.assert_array_equal(shown, own)
    assert np.array(PIL.Image.open(io.BytesIO(seen))).shape == (32, 32, 3)  # the model's crop
    assert answer == dial.answer_json(result.answer)
    assert result.answer.confidence < 0.99  # darker colours, less sure


def test_the_kept_picture_cannot_be_damaged_by_mistake(tiny_project):
    image = dial.working_picture(tiny_project, digest_of(tiny_project, "cam1/003.jpg"))

    with pytest.raises(ValueError, match="read-only"):
        image[0, 0, 0] = 1


def test_a_picture_that_is_gone_is_said(tiny_project):
    with pytest.raises(PictureError, match="file is gone"):
        dial.dial_frame(tiny_project, "0" * 32, chain=one("low_light", 1))


@pytest.mark.parametrize(
    ("flip", "expected"),
    [(2.3, 2.3), (0.01, 0.01), (5.0, 5.0), (0.5, 0.5), (3.500001, 3.500001)],
)
def test_the_breaking_point_is_found_to_a_64th(flip, expected):
    asked: list[float] = []

    def ask(severity: float) -> str:
        asked.append(severity)
        return "b" if severity >= flip else "a"

    point = breaking_point(ask)

    assert point is not None
    assert expected <= point.fails <= expected + 0.5 / 2**5
    assert point.fails - point.survives == 0.5 / 2**5
    assert (ask(point.survives), ask(point.fails), point.answer) == ("a", "b", "b")
    assert len(asked) <= 19


def test_an_answer_that_never_flips_has_no_breaking_point():
    assert breaking_point(lambda severity: "a") is None


def test_the_first_flip_on_the_grid_counts_even_if_it_flips_back():
    point = breaking_point(lambda severity: "b" if 1 <= severity < 2 else "a")

    assert point is not None
    assert point.fails == pytest.approx(1, abs=0.02)


def test_a_frames_breaking_point_is_kept_while_the_model_stays(tiny_project, monkeypatch):
    digest = digest_of(tiny_project, "cam1/003.jpg")
    first = dial.frame_breaking_point(tiny_project, digest, chain=one("jpeg_compression", 0))
    monkeypatch.setattr(dial, "dial_frame", lambda *a, **k: pytest.fail("asked again"))

    assert (
        dial.frame_breaking_point(tiny_project, digest, chain=one("jpeg_compression", 0)) == first
    )


@pytest.mark.parametrize(
    ("severity", "word"),
    [(0, "untouched"), (0.5, "mild"), (1, "mild"), (3, "moderate"), (4.5, "severe"), (5, "severe")],
)
def test_severities_have_the_glossarys_words(severity, word):
    assert severity_word(severity) == word


def test_the_breaking_point_is_said_with_what_it_survives():
    tipped = breaking_statement("Fog", BreakingPoint(2.328125, 2.34375, "wrench"), "pliers")
    at_once = breaking_statement("Fog", BreakingPoint(0.0, 0.015625, "wrench"), "pliers")
    others = breaking_statement("Fog", BreakingPoint(0.0, 0.0, "wrench"), "pliers")
    held = breaking_statement("Fog", None, "pliers")

    assert (
        tipped.headline == "Survives fog 2.3, fails at 2.4 of 5 (moderate): there it says wrench."
    )
    assert at_once.headline == "With fog it fails at 0.1 of 5 (mild): there it says wrench."
    assert others.headline == "The other damages alone already tip it to wrench, without fog."
    assert "Survives fog up to 5, the most there is: it still says pliers" in held.headline
    assert (held.state, at_once.state) == (State.NONE_FOUND, State.CONFIRMED)


def test_a_chain_is_applied_in_order_and_breaks_with_the_others_as_they_are(tiny_project):
    digest = digest_of(tiny_project, "cam1/003.jpg")
    image = dial.working_picture(tiny_project, digest)
    chain = (Condition("low_light", 2.0), Condition("colour_cast", 3.0))

    result = dial.dial_frame(tiny_project, digest, chain=chain)
    seed = frame_seed(digest, 0)
    dark = corrupt(image, "low_light", severity=2, seed=seed)
    point = dial.chain_breaking_point(
        lambda asked: "a" if asked[1].severity < 4 or asked[0].severity != 2 else "b",
        chain,
        place=1,
    )

    np.testing.assert_array_equal(result.image, corrupt(dark, "colour_cast", severity=3, seed=seed))
    assert point is not None
    assert point.fails == pytest.approx(4, abs=0.02)


def test_imagenet_c_mode_damages_a_smaller_picture(fresh_project, own_frames):
    from core.workflows import scoring

    big = PIL.Image.new("RGB", (800, 600), (180, 40, 40))
    big.save(own_frames.field_folder / "big.png")
    scoring.prepare(fresh_project)
    digest = digest_of(fresh_project, "big.png")

    shapes = [
        dial.dial_frame(
            fresh_project, digest, chain=one("motion_blur", 2), short_side=side
        ).image.shape
        for side in dial.SIZES
    ]  # fmt: skip

    assert shapes == [(448, 597, 3), (224, 299, 3)]
    assert dial.checked_size("224") == 224
    with pytest.raises(CorruptionError, match="448 or 224"):
        dial.checked_size("300")


def test_a_washed_out_chain_is_warned_of_and_a_mild_one_is_not(tiny_project):
    digest = digest_of(tiny_project, "cam1/003.jpg")
    mild = (Condition("field_fog", 0.5), Condition("low_light", 0.0))
    heavy = (Condition("field_fog", 5.0), Condition("contrast", 5.0))

    assert dial.washed_out_words(tiny_project, digest, chain=mild) is None
    assert "Less is more" in str(dial.washed_out_words(tiny_project, digest, chain=heavy))


def test_the_report_has_exactly_the_promised_keys(tiny_model, tiny_frames):
    classifier = models.open_model(tiny_model, None)
    picture = tiny_frames.field_folder / "cam1" / "003.jpg"
    report, image = dial.dial_report(classifier, picture, chain=one("low_light", 2.5))
    data = json.loads(json.dumps(report, allow_nan=False))

    assert set(data) == {
        "answer", "leaning", "words", "confidence", "top3", "clean", "breaking_point", "survives",
        "breaking_answer", "corruption", "severity", "chain", "washed_out", "short_side", "seed",
    }  # fmt: skip
    assert set(data["clean"]) == {"answer", "leaning", "words", "confidence", "top3"}
    assert [set(top) for top in data["top3"]] == [{"label", "confidence"}] * 3
    assert sum(top["confidence"] for top in data["top3"]) == pytest.approx(1)
    assert (data["answer"], data["clean"]["answer"]) == ("red", "red")
    assert data["confidence"] < data["clean"]["confidence"]
    assert data["breaking_point"] is None
    assert image.shape == (48, 64, 3)


def test_page_and_command_line_give_the_same_numbers(tiny_project, tiny_model, tiny_frames):
    digest = digest_of(tiny_project, "cam1/003.jpg")
    page = dial.dial_frame(tiny_project, digest, chain=one("gaussian_noise", 3))
    report, image = dial.dial_report(
        models.open_model(tiny_model, None), tiny_frames.field_folder / "cam1" / "003.jpg",
        chain=one("gaussian_noise", 3),
    )  # fmt: skip

    assert report["confidence"] == page.answer.confidence
    np.testing.assert_array_equal(image, page.image)


def test_another_seed_gives_another_picture_and_the_same_one_the_same(tiny_model, tiny_frames):
    classifier = models.open_model(tiny_model, None)
    picture = tiny_frames.field_folder / "cam1" / "003.jpg"

    def noisy(seed: int) -> np.ndarray:
        return dial.dial_report(
            classifier, picture, chain=one("gaussian_noise", 3), seed=seed
        )[1]  # fmt: skip

    np.testing.assert_array_equal(noisy(1), noisy(1))
    assert (noisy(1) != noisy(2)).any()


@pytest.mark.parametrize(
    ("name", "severity", "text"),
    [
        ("gausian_noise", 1, "Did you mean 'gaussian_noise'"),
        ("low_light", 5.5, "found 5.5"),
        ("low_light", -1, "found -1"),
        ("low_light", float("nan"), "found nan"),
    ],
)
def test_what_cannot_be_dialled_is_said(tiny_model, tiny_frames, name, severity, text):
    picture = tiny_frames.field_folder / "cam1" / "003.jpg"
    classifier = models.open_model(tiny_model, None)

    with pytest.raises(CorruptionError, match=text):
        dial.dial_report(classifier, picture, chain=one(name, severity))


def test_a_missing_picture_is_said(tiny_model, tmp_path):
    with pytest.raises(PictureError):
        dial.dial_report(
            models.open_model(tiny_model, None), tmp_path / "no.jpg", chain=one("low_light", 1)
        )


def test_every_corruption_is_listed_once_with_its_facts():
    rows = json.loads(json.dumps(dial.corruption_rows(), allow_nan=False))

    assert {row["name"] for row in rows} == set(CORRUPTIONS) == set(dial.corruptions())
    assert len(rows) == len(CORRUPTIONS)
    for row in rows:
        assert set(row) == {
            "name", "title", "looks_like", "group", "mark", "fidelity", "parameters", "unit",
            "options", "source",
        }  # fmt: skip
        assert len(row["parameters"]) == 6


def test_the_written_picture_is_lossless(tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    dial.write_png(image, tmp_path / "out.png")

    np.testing.assert_array_equal(np.array(PIL.Image.open(tmp_path / "out.png")), image)
    with pytest.raises(DiskError, match="cannot be written"):
        dial.write_png(image, tmp_path / "no" / "out.png")


def test_the_report_in_words(tiny_model, tiny_frames):
    report, _ = dial.dial_report(
        models.open_model(tiny_model, None), tiny_frames.field_folder / "cam1" / "003.jpg",
        chain=one("low_light", 2.5),
    )  # fmt: skip
    lines = dial.report_lines(report)

    assert lines[0] == "As it is: 99 % sure it is red."
    assert lines[1].startswith("Dusk and night 2.5: ")
    assert "it still says red" in lines[2]


def test_warming_up_changes_nothing_and_needs_no_frame(tiny_project):
    dial.warm_up(tiny_project)

    assert scores.scores(tiny_project).frames["answer"].notna().all()
