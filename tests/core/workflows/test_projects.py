from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import PIL.Image
import pytest

from core.errors import FolderError, MetadataError, ModelError, ProjectError
from core.project import Project, recent
from core.records import Folder, InputSpec, ModelSpec
from core.workflows import choices, models, opening, pace, projects, scores, scoring

CLASSES = ("red", "green", "blue")


def test_a_project_remembers_what_was_chosen(tiny_model, tiny_frames, tmp_path):
    project = projects.create_project(
        model=tiny_model, field=tiny_frames.field_folder, reference=tiny_frames.reference_folder,
        folder=tmp_path / "p", title="Theke Süd",
    )  # fmt: skip

    chosen = choices.choices_of(project)
    assert chosen.title == "Theke Süd"
    assert chosen.model_path == tiny_model
    assert chosen.spec == models.load_spec(tiny_model)
    assert chosen.folders == {
        Folder.FIELD: tiny_frames.field_folder,
        Folder.REFERENCE: tiny_frames.reference_folder,
    }
    assert chosen.metadata_csv == tiny_frames.metadata  # found beside the folders
    assert recent() == [project]
    assert projects.last_project() == project
    assert projects.recent_projects() == [(project, "Theke Süd")]


def test_without_a_folder_it_lives_in_the_users_data_folder(
    tiny_model, tiny_frames, fieldcheck_home
):
    project = projects.create_project(model=tiny_model, field=tiny_frames.field_folder)

    assert project.folder == fieldcheck_home / "projects" / "field"


def test_nothing_is_written_into_the_frames_folders(tiny_model, own_frames, tmp_path):
    def state():
        return {p: p.stat().st_mtime_ns for p in own_frames.root.rglob("*")}

    before = state()
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, folder=tmp_path / "p"
    )  # fmt: skip
    scoring.prepare(project)

    assert state() == before


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"field": "nowhere"}, (FolderError, "There is no folder")),
        ({"reference": "nowhere"}, (FolderError, "There is no folder")),
        ({"field": "empty"}, (FolderError, "holds no pictures")),
        ({"reference": "empty"}, (FolderError, "holds no pictures")),
        ({"model": "nowhere.onnx"}, (ModelError, "does not exist")),
        ({"metadata": "nowhere.csv"}, (MetadataError, r"nowhere\.csv")),
    ],
)
def test_what_is_wrong_is_said_before_a_project_is_made(
    tiny_model, tiny_frames, tmp_path, change, complaint
):
    (tmp_path / "empty").mkdir()
    given = {
        "model": tiny_model, "field": tiny_frames.field_folder, "folder": tmp_path / "p",
        **{key: tmp_path / name for key, name in change.items()},
    }  # fmt: skip

    error, text = complaint
    with pytest.raises(error, match=text):
        projects.create_project(**given)
    assert not (tmp_path / "p").exists()
    assert recent() == []


def test_seven_outputs_for_six_names_are_refused(colour_model, tiny_frames, tmp_path):
    model = colour_model(tmp_path / "seven.onnx", n_outputs=7)
    spec = ModelSpec(tuple("abcdef"), InputSpec(resize=32, crop=32))

    with pytest.raises(ModelError, match="7 outputs, but 6 class names"):
        projects.create_project(
            model=model, spec=spec, field=tiny_frames.field_folder, folder=tmp_path / "p"
        )
    assert not (tmp_path / "p").exists()


def test_a_model_without_a_description_asks_for_one(colour_model, tiny_frames, tmp_path):
    model = colour_model(tmp_path / "bare.onnx")

    with pytest.raises(ModelError, match=r"bare\.model\.json.*--classes"):
        projects.create_project(model=model, field=tiny_frames.field_folder)


@pytest.mark.parametrize(
    "change",
    [
        {"resize": -3}, {"crop": 0}, {"mean": (0.5,)}, {"std": (0.0, 1.0, 1.0)},
        {"channels": "L"}, {"interpolation": "magic"},
    ],
)  # fmt: skip
def test_an_impossible_description_is_refused(tiny_model, tiny_frames, tmp_path, change):
    spec = models.load_spec(tiny_model)
    wrong = replace(spec, input=replace(spec.input, **change))

    with pytest.raises(ModelError, match="must be"):
        projects.create_project(
            model=tiny_model, spec=wrong, field=tiny_frames.field_folder, folder=tmp_path / "p"
        )
    with pytest.raises(ModelError, match="must be"):
        models.open_model(tiny_model, wrong)


def test_choosing_the_same_again_keeps_everything(tiny_project, tiny_model, tiny_frames):
    before = scores.scores(tiny_project)
    projects.create_project(
        model=tiny_model, field=tiny_frames.field_folder, folder=tiny_project.folder,
        reference=tiny_frames.reference_folder, title="Colours",
    )  # fmt: skip

    assert scores.scores(tiny_project) is before


def test_opening_it_again_without_a_reference_keeps_the_one_it_has(
    tiny_model, tiny_frames, tmp_path
):
    field, reference = tiny_frames.field_folder, tiny_frames.reference_folder
    table = tmp_path / "named.csv"
    table.write_bytes(tiny_frames.metadata.read_bytes())
    first = projects.create_project(
        model=tiny_model, field=field, reference=reference, metadata=table, title="Colours"
    )
    before = choices.choices_of(first)
    told = projects.going_on(tiny_model, field, "Colours", reference=None)
    again = projects.create_project(model=tiny_model, field=field, title="Colours")

    assert again == first
    assert choices.choices_of(again) == before
    assert told
    assert str(reference) in told
    assert projects.going_on(tiny_model, field, "Another", reference=None) is None
    assert str(reference) not in (
        projects.going_on(tiny_model, field, "Colours", reference=reference) or ""
    )


def test_a_kept_reference_that_is_gone_is_named_with_the_way_out(tiny_model, own_frames):
    field, reference = own_frames.field_folder, own_frames.reference_folder
    made = projects.create_project(
        model=tiny_model, field=field, reference=reference, title="Colours"
    )
    shutil.rmtree(reference)

    with pytest.raises(FolderError, match=r"reference folder .* is gone.*another name"):
        projects.create_project(model=tiny_model, field=field, title="Colours")
    assert choices.choices_of(made).folders[Folder.REFERENCE] == reference
    other = projects.create_project(model=tiny_model, field=field, title="Fresh")
    assert Folder.REFERENCE not in choices.choices_of(other).folders


def test_pointing_elsewhere_forgets_the_old_frames_but_no_review(
    tiny_project, tiny_model, own_frames, decide
):
    decide(tiny_project, "cam1/003.jpg", "label", "blue")
    shutil.rmtree(own_frames.field_folder / "cam2")
    projects.create_project(
        model=tiny_model, field=own_frames.field_folder, folder=tiny_project.folder
    )  # fmt: skip
    scoring.index_frames(tiny_project)

    frames = scores.scores(tiny_project).frames
    standing = scores.reviewed(tiny_project)
    assert set(frames["folder"]) == {"field"}
    assert len(frames) == 25
    assert frames["answer"].notna().all()  # the same pictures need no second answer
    assert list(standing["label"]) == ["blue"]
    assert standing["content_hash"].isin(frames["content_hash"]).all()


def test_a_folder_without_a_project_is_named(tmp_path):
    with pytest.raises(ProjectError, match="holds no Fieldcheck project"):
        projects.open_project(tmp_path)
    with pytest.raises(ProjectError, match="--project"):
        projects.last_project()


def test_a_damaged_project_is_named_and_left_out_of_the_recent_ones(tiny_project, tmp_path):
    broken = Project(tmp_path / "broken")
    broken.folder.mkdir()
    broken.database.write_bytes(b"no database at all" * 100)

    with pytest.raises(ProjectError, match="not a Fieldcheck database"):
        projects.open_project(broken.folder)
    from core.project import remember

    remember(broken)
    assert [project for project, _ in projects.recent_projects()] == [tiny_project]


def test_the_reviewer_is_kept_and_never_blank(tiny_project):
    choices.set_reviewer(tiny_project, "  Ana ")
    named = choices.choices_of(tiny_project).reviewer
    choices.set_reviewer(tiny_project, "   ")

    assert named == "Ana"
    assert choices.choices_of(tiny_project).reviewer == "me"


def test_a_model_is_identified_by_its_content_and_how_it_is_read(tiny_model, tmp_path):
    spec = models.load_spec(tiny_model)
    copy = tmp_path / "renamed.onnx"
    shutil.copy(tiny_model, copy)
    other = replace(spec, input=replace(spec.input, resize=40))
    identity = models.model_id(tiny_model, spec)

    assert models.model_id(copy, spec) == identity
    assert models.model_id(tiny_model, other) != identity
    copy.write_bytes(copy.read_bytes() + b"\0")
    assert models.model_id(copy, spec) != identity


def test_the_model_is_opened_once(tiny_project):
    assert models.classifier_of(tiny_project) is models.classifier_of(tiny_project)


def test_a_folder_is_previewed_with_three_pictures_its_classes_and_its_table(tiny_frames):
    field = opening.preview_folder(tiny_frames.field_folder)
    reference = opening.preview_folder(tiny_frames.reference_folder)

    assert field.pictures == tiny_frames.readable + 1
    assert field.metadata_csv == tiny_frames.metadata
    assert reference.classes == ("blue", "green", "red")
    for found in (field, reference):
        assert len(set(found.thumbnails)) == 3
        assert all(picture.startswith(b"\xff\xd8") for picture in found.thumbnails)
    assert opening.folder_sentence(reference).startswith(
        "60 pictures. Folders that may be classes: blue, green, red."
    )


def test_a_preview_passes_over_broken_pictures(tmp_path, colour_picture):
    for number in range(6):
        (tmp_path / f"{number}.jpg").write_bytes(b"broken")
    colour_picture(tmp_path / "6.jpg", "red", seed=1)
    found = opening.preview_folder(tmp_path)

    assert found.pictures == 7
    assert len(found.thumbnails) == 1


def test_a_model_is_previewed_in_words(tiny_model, colour_model, tmp_path):
    told = opening.preview_model(tiny_model)
    bare = opening.preview_model(colour_model(tmp_path / "bare.onnx"))

    assert opening.model_sentence(told).startswith("3 classes: red, green, blue.")
    assert bare.spec is None
    assert opening.model_sentence(bare).startswith("A model with 3 answers")


def test_an_undescribed_model_is_tried_on_the_reference(colour_model, tiny_frames, tmp_path):
    model = colour_model(tmp_path / "bare.onnx")
    heard: list[tuple[int, int]] = []
    found = opening.guess_spec(
        model, CLASSES, tiny_frames.reference_folder,
        on_progress=lambda done, total: heard.append((done, total)),
    )  # fmt: skip

    assert (found[0].right, found[0].of) == (tiny_frames.reference_right, tiny_frames.reference)
    assert found[0].right >= found[-1].right
    assert heard[-1][0] == heard[-1][1] == 60 * len(found)
    assert "Right on 58 of 60 reference frames" in opening.candidate_sentence(found[0])


def test_the_frames_tried_are_spread_over_every_class(colour_model, tmp_path, monkeypatch):
    tried: list[str] = []
    image = np.zeros((8, 8, 3), np.uint8)
    monkeypatch.setattr(
        opening, "decode", lambda path: (tried.append(path.parent.name), image)[1]
    )  # fmt: skip
    for colour in CLASSES:
        (tmp_path / "reference" / colour).mkdir(parents=True)
        for number in range(66):  # 198 in all, a hundred are tried
            (tmp_path / "reference" / colour / f"{number}.png").touch()
    opening.guess_spec(
        colour_model(tmp_path / "bare.onnx"), CLASSES, tmp_path / "reference",
        should_stop=lambda: True,
    )  # fmt: skip

    assert len(tried) == 100
    assert all(tried.count(colour) >= 33 for colour in CLASSES)


def test_large_reference_pictures_are_tried_at_the_working_size(
    colour_model, tmp_path, monkeypatch
):
    for colour in CLASSES:
        folder = tmp_path / "reference" / colour
        folder.mkdir(parents=True)
        PIL.Image.new("RGB", (1600, 1200), colour).save(folder / "large.jpg")
    sizes = []

    def rank(_model, _specs, images, _labels, **_options):
        sizes.extend(image.shape for image in images)
        return []

    monkeypatch.setattr(opening, "rank_candidates", rank)
    opening.guess_spec(
        colour_model(tmp_path / "bare.onnx"), CLASSES, tmp_path / "reference"
    )  # fmt: skip

    assert sizes == [(448, 597, 3)] * 3


def test_a_reference_without_class_folders_cannot_be_tried_on(
    colour_model, tmp_path, colour_picture
):
    colour_picture(tmp_path / "flat" / "1.jpg", "red", seed=1)

    with pytest.raises(FolderError, match="nothing to try it on"):
        opening.guess_spec(colour_model(tmp_path / "m.onnx"), CLASSES, tmp_path / "flat")


def test_the_folder_browser_lists_folders_and_files_without_hidden_ones(tmp_path):
    for name in ("b", "A", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / "model.pt2").touch()
    (tmp_path / ".hidden").touch()

    assert opening.subfolders(tmp_path) == (tmp_path, ["A", "b"], ["model.pt2"])
    with pytest.raises(FolderError, match="There is no folder"):
        opening.subfolders(tmp_path / "nowhere")


def test_the_folder_browser_opens_where_it_was_last(tmp_path):
    (tmp_path / "photos").mkdir()
    at_first = opening.browse_start()
    opening.remember_browsed(tmp_path / "photos")
    then = opening.browse_start()
    (tmp_path / "photos").rmdir()

    assert then == str(tmp_path / "photos")
    assert opening.browse_start() == at_first


def test_the_expected_time_comes_from_this_machines_last_run(fieldcheck_home):
    before = pace.expected_seconds(100)
    pace.remember_pace(10, 1.0)  # too few to tell
    still = pace.expected_seconds(100)
    pace.remember_pace(200, 4.0)

    assert before is None
    assert still is None
    assert pace.expected_seconds(100) == pytest.approx(2.0)
    (fieldcheck_home / "pace.json").write_text(json.dumps({"frames_per_second": 0}))
    assert pace.expected_seconds(100) is None


def test_a_missing_sample_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(projects, "SAMPLE_DATA", tmp_path)

    with pytest.raises(ProjectError, match="sample project is not in"):
        projects.open_sample()


def test_a_table_is_described_in_words(tiny_frames):
    words = opening.metadata_sentence(tiny_frames.metadata)

    assert words.startswith("49 rows; pictures in “path”")
    assert "label in “label”" in words
    assert "camera in “camera”" in words


def test_what_names_say_is_previewed_in_words(tiny_frames):
    found = opening.preview_names(tiny_frames.field_folder, "{camera}/{number}0")

    assert opening.names_sentence(found) == (
        "Reads 6 of 50 names: camera, number. 44 names it does not fit, such as cam1/001.jpg."
    )
    assert opening.suggested_patterns(tiny_frames.field_folder) == ["{camera}/{anything}"]
    with pytest.raises(MetadataError, match="brace"):
        opening.preview_names(tiny_frames.field_folder, "{camera")
    with pytest.raises(FolderError):
        opening.preview_names(tiny_frames.root / "gone", "{camera}")


def test_the_preview_calls_a_moment_time(tmp_path, colour_picture):
    for second in range(3):
        colour_picture(tmp_path / f"cam1_20260302_09213{second}.jpg", "red", seed=second)
    found = opening.preview_names(tmp_path, "{camera}_{date}_{time}")

    assert "camera, time." in opening.names_sentence(found)
    assert opening.names_table(found)["time"].tolist()[0] == "2026-03-02 09:21:30"
