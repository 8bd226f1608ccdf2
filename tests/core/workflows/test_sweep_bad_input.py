"""What a hard day brings to the stress lab: each bad thing costs itself, in plain words."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest

from core import cli
from core.corruptions import CORRUPTIONS, corrupt_chain, parse_chain
from core.errors import CorruptionError
from core.workflows import dial, projects, scores, scoring, stress

FOUR = "low_light:1+motion_blur:1+jpeg_compression:1+contrast:1"


@pytest.fixture
def one_pixel(tmp_path, colour_picture, tiny_model):
    """A project of three frames, one of them a single red pixel, and that one's content hash."""
    folder = tmp_path / "few"
    for rank in range(2):
        colour_picture(folder / f"{rank}.jpg", "green", seed=rank)
    PIL.Image.new("RGB", (1, 1), (200, 20, 20)).save(folder / "pixel.png")
    project = projects.create_project(model=tiny_model, field=folder, folder=tmp_path / "project")
    scoring.prepare(project)
    frames = scores.scores(project).frames.set_index("path")
    return project, str(frames.loc["pixel.png", "content_hash"]), folder / "pixel.png"


def test_a_sweep_takes_a_one_pixel_frame_under_every_damage(one_pixel):
    project, digest, _ = one_pixel
    asked = stress.plan(project, corruptions=list(CORRUPTIONS), severities=[0.5, 5])

    broken = stress.sweep(project, asked)
    answered, _ = stress.damaged_answers(project, asked)

    assert broken == ()
    assert len(answered) == 3 * 2 * len(CORRUPTIONS)
    assert (answered["content_hash"] == digest).sum() == 2 * len(CORRUPTIONS)


def test_the_dial_turns_a_one_pixel_frame_under_every_damage(one_pixel):
    project, digest, _ = one_pixel

    for name in CORRUPTIONS:
        for severity in (0, 0.5, 5):
            chain = dial.chain_of([name], [severity])
            result = dial.dial_frame(project, digest, chain=chain)
            assert result.image.shape == (1, 1, 3), name
            assert 0 < result.answer.confidence <= 1, name


def test_the_command_line_dials_a_one_pixel_picture(one_pixel, capsys, tmp_path):
    project, _, picture = one_pixel
    out = tmp_path / "out.png"

    code = cli.main([
        "dial", str(picture), "--project", str(project.folder),
        "--corruption", "field_rain", "--severity", "5", "--out", str(out),
    ])  # fmt: skip

    assert code == 0
    assert "Traceback" not in capsys.readouterr().err
    assert np.array(PIL.Image.open(io.BytesIO(out.read_bytes()))).shape == (1, 1, 3)


def test_a_file_that_vanishes_mid_sweep_is_told_once_and_the_rest_goes_on(fresh_project):
    scoring.prepare(fresh_project)
    asked = stress.plan(fresh_project, corruptions=["contrast"], severities=[3, 5], frames=20)
    swept = stress.swept_frames(fresh_project, asked.folder).head(20)
    root = scores.scores(fresh_project).choices.folders[asked.folder]
    last = swept["path"].iloc[-1]
    told = []

    def on_progress(done: int, total: int) -> None:
        told.append((done, total))
        if done == 1:  # the sweep is at work, the last frame not yet read
            (root / last).unlink()

    broken = stress.sweep(fresh_project, asked, on_progress=on_progress)
    answered, _ = stress.damaged_answers(fresh_project, asked)

    assert [(item.path, item.reason.split(";")[0]) for item in broken] == [
        (last, "the file is gone")
    ]
    assert told[-1] == (19 * 2, 20 * 2)
    assert len(answered) == 19 * 2
    assert set(answered["content_hash"]) == set(swept["content_hash"].head(19))


def test_the_command_line_names_the_frame_that_is_gone(fresh_project, capsys):
    scoring.prepare(fresh_project)
    frames = stress.swept_frames(fresh_project, stress.folders(fresh_project)[0])
    root = scores.scores(fresh_project).choices.folders[stress.folders(fresh_project)[0]]
    gone = frames["path"].iloc[1]
    (root / gone).unlink()

    code = cli.main([
        "stress", "--project", str(fresh_project.folder), "--corruptions", "contrast",
        "--severities", "3", "--frames", "4",
    ])  # fmt: skip
    out, err = capsys.readouterr()

    assert code == 0
    assert f"Left out: reference/{gone}: the file is gone" in out
    assert "Traceback" not in err


def test_a_chain_of_four_is_refused_with_a_reason():
    with pytest.raises(CorruptionError, match=r"one to 3 corruptions; found 4\. Keep those"):
        parse_chain(FOUR)
    with pytest.raises(CorruptionError, match="found 4"):
        four = tuple(parse_chain(part)[0] for part in FOUR.split("+"))
        corrupt_chain(np.zeros((8, 8, 3), np.uint8), four, seed=0)


@pytest.mark.parametrize(
    "arguments",
    [
        ["dial", "PICTURE", "--corruption", FOUR, "--severity", "1"],
        ["dial", "PICTURE", "--corruption", "motoin_blur", "--severity", "1"],
        ["dial", "PICTURE", "--corruption", "motion_blur", "--severity", "7"],
        ["dial", "PICTURE.gone", "--corruption", "motion_blur", "--severity", "1"],
        ["stress", "--corruptions", FOUR],
        ["stress", "--corruptions", "motion_blur", "--severities", "7"],
    ],
)
def test_the_command_line_refuses_in_one_plain_line(one_pixel, capsys, arguments):
    project, _, picture = one_pixel
    named = [text.replace("PICTURE", str(picture)) for text in arguments]

    code = cli.main([*named[:1], "--project", str(project.folder), *named[1:]])
    out, err = capsys.readouterr()

    assert code == 2
    assert out == ""
    assert err.startswith("fieldcheck: ")
    assert err.count("\n") == 1
