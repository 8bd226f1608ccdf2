"""The doctor end to end, on a model whose answer is the strongest colour."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import PIL.Image
import pytest

from core.errors import NothingYetError
from core.models.loading import load_model
from core.records import Folder, InputSpec, ModelSpec, State
from core.workflows import choices, doctor, projects, scores, scoring

CLASSES = ("red", "green", "blue")
RIGHT = InputSpec(
    resize=32, interpolation="bilinear", crop=32, mean=(0.0,) * 3, std=(1.0,) * 3
)  # fmt: skip


@pytest.fixture
def planted(tiny_model, tiny_frames, tmp_path):
    """planted(channels="BGR") is a scored project whose model is read so."""

    def make(*, reference=None, field=None, **wrong):
        project = projects.create_project(
            model=tiny_model,
            spec=ModelSpec(CLASSES, replace(RIGHT, **wrong)),
            field=field or tiny_frames.field_folder,
            reference=reference or tiny_frames.reference_folder,
            folder=tmp_path / f"planted {len(list(tmp_path.glob('planted*')))}",
        )
        scoring.prepare(project)
        return project

    return make


@pytest.fixture
def framed_pictures(tmp_path):
    """framed_pictures("x", middle=44) has 20 pictures a class, its colour in the middle only."""

    def write(name: str, *, middle: int, size=(64, 64), warm: float = 1.0):
        height, width = size
        for number in range(60):
            rng = np.random.default_rng(number)
            blocks = rng.uniform(10, 70, (-(-height // 8), -(-width // 8)))
            image = blocks.repeat(8, axis=0).repeat(8, axis=1)[:height, :width, None].repeat(3, 2)
            colour = number % 3
            image[:, :, (colour + 1) % 3] += 120
            top, left = (height - middle) // 2, (width - middle) // 2
            inside = image[top : top + middle, left : left + middle]
            inside[:, :, (colour + 1) % 3] -= 120
            inside[:, :, colour] += 120
            image *= np.array([warm, 1.0, 1.0])
            path = tmp_path / name / CLASSES[colour] / f"{number:03}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            PIL.Image.fromarray(image.clip(0, 255).astype(np.uint8)).save(path)
        return tmp_path / name

    return write


def test_a_right_setting_is_called_right(tiny_project):
    found = doctor.check_settings(tiny_project)

    assert found["state"] == State.NONE_FOUND
    assert found["advice"] is None
    assert doctor.headline(found).headline.startswith("As set, the model is right in 58 of 60")
    assert len(found["tried"]) > 8


def test_the_wrong_colour_order_is_found(planted):
    found = doctor.check_settings(planted(channels="BGR"))

    assert found["state"] == State.CONFIRMED
    assert doctor.advice(found) == RIGHT
    assert found["advice"]["right"] == 58
    assert doctor.headline(found).headline == (
        "With colours in the order red, green, blue instead of blue, green, red, the model is "
        f"right in 58 instead of {found['right']} of 60 reference frames: the setting is probably "
        "wrong."
    )


def test_a_wrong_mean_is_found(planted):
    found = doctor.check_settings(planted(mean=(0.9, 0.0, 0.0)))

    assert found["state"] == State.CONFIRMED
    assert found["advice"]["right"] == 58
    assert len(set(doctor.advice(found).mean)) == 1  # the same for each colour again
    assert doctor.advice(found).crop == 32


def test_a_wrong_size_is_found(planted, framed_pictures):
    # The thing fills the middle: at 32 of 32 the surround outweighs it, at 32 of 37 it does not.
    folder = framed_pictures("framed", middle=44)
    found = doctor.check_settings(planted(reference=folder, field=folder))

    assert found["right"] == 0
    assert found["state"] == State.CONFIRMED
    assert found["advice"]["right"] == 60
    assert "shrunk to 37 px instead of 32 px" in found["advice"]["change"]


def test_advice_taken_changes_who_the_model_is_and_can_be_taken_back(planted, tiny_model):
    project = planted(channels="BGR")
    sidecar = tiny_model.with_name("colours.model.json").read_bytes()
    before = choices.choices_of(project)
    kept = doctor.check_settings(project)

    doctor.adopt(project, doctor.advice(kept))
    after = choices.choices_of(project)

    assert after.model_id != before.model_id
    assert after.spec.input == RIGHT
    assert "red, green, blue instead of" in doctor.adopted_sentence(project)
    assert doctor.report(project) is None  # it was about another setting
    assert scores.scores(project).accuracy(Folder.REFERENCE).of == 0
    scoring.prepare(project)
    assert scores.scores(project).accuracy(Folder.REFERENCE).right == 58
    assert tiny_model.with_name("colours.model.json").read_bytes() == sidecar

    doctor.take_back(project)

    assert choices.choices_of(project) == before
    assert doctor.adopted_sentence(project) is None
    assert doctor.report(project) == kept  # at once, and nothing is asked again
    assert scores.scores(project).accuracy(Folder.REFERENCE).of == 60
    with pytest.raises(NothingYetError, match="nothing to take back"):
        doctor.take_back(project)


def test_advice_taken_outlives_opening_the_same_again_but_not_a_new_description(
    tiny_frames, colour_model, tmp_path
):
    model = colour_model(tmp_path / "model" / "m.onnx")
    sidecar = model.with_name("m.model.json")

    def describe(**wrong):
        spec = replace(RIGHT, **wrong)
        told = {name: getattr(spec, name) for name in InputSpec.__dataclass_fields__}
        sidecar.write_text(json.dumps({"classes": CLASSES, "input": told}), encoding="utf-8")

    def opened(spec=None):
        return projects.create_project(
            model=model, field=tiny_frames.field_folder, folder=tmp_path / "p", spec=spec
        )

    describe(channels="BGR")
    project = opened()
    doctor.adopt(project, RIGHT)

    assert choices.choices_of(opened()).spec.input == RIGHT
    assert doctor.adopted_sentence(project) is not None

    describe(channels="BGR", interpolation="nearest")
    assert choices.choices_of(opened()).spec.input.interpolation == "nearest"
    assert doctor.adopted_sentence(project) is None

    doctor.adopt(project, RIGHT)
    said = ModelSpec(CLASSES, replace(RIGHT, channels="BGR", interpolation="nearest"))
    assert choices.choices_of(opened(said)).spec == said  # a person's word wins, too


def test_the_report_is_kept_until_frames_or_labels_change(fresh_project, own_frames):
    scoring.prepare(fresh_project)
    kept = doctor.check_settings(fresh_project)

    assert doctor.report(fresh_project) == kept
    own_frames.reference_folder.joinpath("red", "004.jpg").unlink()
    scoring.prepare(fresh_project)
    assert doctor.report(fresh_project) is None


def test_a_sample_is_checked_but_not_kept(planted):
    project = planted(channels="BGR")
    found = doctor.check_settings(project, frames=45)

    assert found["frames"] == 45
    assert found["state"] == State.CONFIRMED
    assert doctor.report(project) is None


class Counting:
    """A model that counts the pictures it is asked about, and may press Stop."""

    def __init__(self, inner) -> None:
        self.inner, self.spec, self.has_embeddings = inner, inner.spec, inner.has_embeddings
        self.asked = 0

    def forward(self, batch):
        self.asked += len(batch)
        return self.inner.forward(batch)


@pytest.fixture
def counted(monkeypatch, tiny_model) -> Counting:
    model = Counting(load_model(tiny_model))
    monkeypatch.setattr("core.workflows.doctor_asking.classifier_of", lambda project: model)
    return model


def test_it_stops_when_told_and_goes_on_where_it_was(planted, counted):
    project = planted(channels="BGR")
    heard: list[tuple[int, int]] = []
    stopped = doctor.check_settings(
        project,
        on_progress=lambda *pair: heard.append(pair),
        should_stop=lambda: counted.asked >= 100,
    )
    first = counted.asked
    found = doctor.check_settings(project)
    both = counted.asked
    again = doctor.check_settings(project)

    assert stopped is None
    assert heard and all(0 <= done <= total for done, total in heard)
    assert found["state"] == State.CONFIRMED
    assert counted.asked == both  # everything was kept
    assert first >= 100
    assert {**again, "seconds": 0} == {**found, "seconds": 0}


def test_progress_ends_where_it_said_it_would(planted):
    heard: list[tuple[int, int]] = []
    doctor.check_settings(planted(channels="BGR"), on_progress=lambda *pair: heard.append(pair))

    assert heard[-1][0] == heard[-1][1]


def test_a_picture_that_is_gone_costs_itself_only(planted, own_frames):
    project = planted(
        channels="BGR", reference=own_frames.reference_folder, field=own_frames.field_folder
    )
    own_frames.reference_folder.joinpath("red", "005.jpg").unlink()
    found = doctor.check_settings(project)

    assert found["state"] == State.CONFIRMED
    assert found["advice"]["of"] == 59
    assert len(found["unreadable"]) == 1


def test_without_a_labelled_reference_it_says_so(tiny_model, tiny_frames, tmp_path):
    project = projects.create_project(
        model=tiny_model, field=tiny_frames.field_folder, folder=tmp_path / "p"
    )
    scoring.prepare(project)

    assert "there are no labelled reference frames" in doctor.offer(project).headline
    with pytest.raises(NothingYetError, match="one folder per class"):
        doctor.check_settings(project)


def test_a_reference_without_answers_is_told_from_none(fresh_project):
    scoring.index_frames(fresh_project)

    assert "have no answers" in doctor.offer(fresh_project).headline


def test_few_reference_frames_are_not_enough(planted, tiny_frames, tmp_path):
    few = tmp_path / "few"
    for colour in CLASSES:
        (few / colour).mkdir(parents=True)
        for number in (3, 4):
            source = tiny_frames.reference_folder / colour / f"{number:03}.jpg"
            (few / colour / source.name).write_bytes(source.read_bytes())
    found = doctor.check_settings(planted(channels="BGR", reference=few))

    assert found["state"] == State.NOT_ENOUGH
    assert found["advice"] is None
    assert "Too few reference frames" in doctor.headline(found).headline


def test_frames_whose_crop_cuts_off_what_decides_are_listed(planted, framed_pictures):
    # Twice as wide as high: the crop sees the middle, the whole picture mostly the sides.
    folder = framed_pictures("wide", middle=48, size=(48, 144))
    project = planted(reference=folder, field=folder)
    found = doctor.check_settings(project)["crop"]

    assert found["changed"] == found["broken"] == found["frames"] == 60
    assert found["mended"] == 0
    assert found["left_out"] == pytest.approx(2 / 3)
    frames, said = doctor.crop_frames(project, doctor.report(project))
    assert len(frames) == len(said) == 60
    assert said[0].startswith("Cropped it is")
    assert found["frames_changed"][0]["on_crop"] != found["frames_changed"][0]["on_whole"]


def test_a_scale_that_changes_answers_is_not_blamed_on_the_crop(planted, framed_pictures):
    # Nothing lies outside the crop: pictures are square and shrunk to its size.
    folder = framed_pictures("square", middle=50)

    assert doctor.check_settings(planted(reference=folder, field=folder))["crop"] is None


def test_a_warmer_field_is_seen_and_white_balance_mends_it(planted, framed_pictures):
    reference = framed_pictures("usual", middle=60)
    field = framed_pictures("lamp", middle=60, warm=4.0)
    found = doctor.check_settings(planted(reference=reference, field=field))["colour"]

    assert found["warmer"] > 0.3
    assert found["low"] > 0
    assert found["mended"] > 20 > found["broken"]
    assert found["state"] == State.CONFIRMED


def test_a_model_of_one_size_is_examined_in_its_other_parts(tiny_frames, tmp_path):
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    graph = helper.make_graph(
        [
            helper.make_node("GlobalAveragePool", ["pictures"], ["pooled"]),
            helper.make_node("Flatten", ["pooled"], ["features"]),
            helper.make_node("MatMul", ["features", "weight"], ["logits"]),
        ],
        "colours",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 3, 32, 32])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 3])],
        [numpy_helper.from_array(10 * np.eye(3, dtype=np.float32), "weight")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, tmp_path / "fixed.onnx")
    project = projects.create_project(
        model=tmp_path / "fixed.onnx",
        spec=ModelSpec(CLASSES, replace(RIGHT, channels="BGR")),
        field=tiny_frames.field_folder,
        reference=tiny_frames.reference_folder,
        folder=tmp_path / "p",
    )
    scoring.prepare(project)
    found = doctor.check_settings(project)

    assert doctor.advice(found) == RIGHT
    assert found["not_tried"]
    assert found["larger_input"] is None
    assert any("Not tried: 96 px" in said for said in doctor.tried_sentences(found))


def test_a_report_is_json(tiny_project):
    found = doctor.check_settings(tiny_project)

    assert json.loads(json.dumps(found, allow_nan=False)) == found
