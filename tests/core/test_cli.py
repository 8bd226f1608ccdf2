from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core import cli
from core.models.loading import load_model
from core.project import Project
from core.records import Folder
from core.workflows import (
    choices,
    confidence,
    dial,
    export,
    overview,
    presets,
    queue,
    scores,
    scoring,
    slices,
)

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "torch", "timm", "torchvision", "onnx", "onnxruntime", "albumentations", "plotly",
    "statsmodels", "streamlit",
)  # fmt: skip


@pytest.fixture
def run(capsys):
    """run("score", "--json") gives exit code, what went to stdout and what to stderr."""

    def command(*arguments: object) -> tuple[int, str, str]:
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as stop:  # argparse's own way out
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture
def data(run):
    """data("score") is the JSON a command prints."""

    def parsed(*arguments: object) -> Any:
        code, out, err = run(*arguments, "--json")
        assert code == 0, err
        return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))

    return parsed


def process(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core.cli", *map(str, arguments)],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


# what it prints


def test_score_makes_a_project_and_prints_the_promised_keys(
    data, tiny_model, tiny_frames, tmp_path
):
    found = data(
        "score", "--model", tiny_model, "--frames", tiny_frames.field_folder,
        "--reference", tiny_frames.reference_folder, "--metadata", tiny_frames.metadata,
        "--project", tmp_path / "p",
    )  # fmt: skip

    assert {"frames", "reference_frames", "accuracy", "silent_failures", "seconds"} <= set(found)
    assert set(found["frames"]) == {"found", "scored", "broken"}
    assert found["frames"]["found"] == tiny_frames.readable + 1
    assert found["frames"]["scored"] == tiny_frames.readable
    assert [set(item) for item in found["frames"]["broken"]] == [{"folder", "path", "reason"}]
    assert found["frames"]["broken"][0]["folder"] == "field"
    assert {"right", "of", "effective", "low", "high"} <= set(found["accuracy"]["field"])
    assert found["accuracy"]["field"]["right"] == tiny_frames.right
    assert found["accuracy"]["reference"]["of"] == tiny_frames.reference
    assert found["silent_failures"] == tiny_frames.silent
    assert found["seconds"] > 0
    assert found["metadata"]["rows_without_frame"] == [tiny_frames.row_without_frame]


def test_score_twice_asks_the_model_about_no_frame_again(
    data, tiny_model, tiny_frames, tmp_path, monkeypatch
):
    command = (
        "score", "--model", tiny_model, "--frames", tiny_frames.field_folder,
        "--project", tmp_path / "p",
    )  # fmt: skip
    first = data(*command)
    asked: list[int] = []

    class Counted:
        def __init__(self, inner) -> None:
            self.spec, self.has_embeddings, self.inner = inner.spec, inner.has_embeddings, inner

        def forward(self, batch):
            asked.append(len(batch))
            return self.inner.forward(batch)

    model = Counted(load_model(tiny_model))
    monkeypatch.setattr("core.workflows.scoring.classifier_of", lambda project: model)
    second = data(*command)
    third = data("score")  # the project opened last

    assert asked == []
    for again in (second, third):
        assert again["accuracy"] == first["accuracy"]
        assert again["frames"] == first["frames"]


def test_score_without_labels_has_no_accuracy(data, tiny_model, own_frames, tmp_path):
    own_frames.metadata.unlink()
    found = data(
        "score", "--model", tiny_model, "--frames", own_frames.field_folder,
        "--project", tmp_path / "p",
    )  # fmt: skip

    assert found["accuracy"] == {"field": None, "reference": None}


def test_commands_and_pages_give_the_same_numbers(data, tiny_project):
    """The last project opened is meant when none is named."""
    assert data("score")["accuracy"]["field"] == scoring.accuracy_json(
        overview.overview(tiny_project).field
    )
    assert data("slices", "--by", "camera") == slices.slices_json(
        slices.slices(tiny_project, by="camera")
    )
    assert data("confidence") == confidence.confidence_json(confidence.confidence(tiny_project))
    assert data("reviews", "list") == queue.reviews_list(tiny_project)


def test_slices_prints_the_promised_keys(data, tiny_project):
    for by in ("class", "camera", "hour", "day", "place"):
        rows = data("slices", "--by", by, "--project", tiny_project.folder)

        assert rows
        for row in rows:
            assert {
                "column", "value", "right", "of", "effective", "low", "high", "drop", "state",
            } <= set(row)  # fmt: skip
            assert row["state"] in ("confirmed", "suspected", "not_enough", "none_found")


def test_confidence_prints_the_promised_keys(data, tiny_project, tiny_frames):
    found = data("confidence", "--project", tiny_project.folder)

    assert {"ece", "ece_perfect_p95", "temperature", "silent", "budget"} <= set(found)
    assert set(found["silent"]) == {"before", "after"}
    assert found["silent"]["before"] == tiny_frames.silent


def test_dial_prints_the_promised_keys_and_writes_the_picture(
    data, tiny_project, tiny_frames, tmp_path
):
    found = data(
        "dial", tiny_frames.field_folder / "cam1" / "003.jpg", "--corruption", "low_light",
        "--severity", "2.5", "--seed", "0", "--out", tmp_path / "out.png",
        "--project", tiny_project.folder,
    )  # fmt: skip

    assert {"answer", "confidence", "top3", "clean", "breaking_point"} <= set(found)
    assert {"answer", "confidence", "top3"} <= set(found["clean"])
    assert [set(top) for top in found["top3"]] == [{"label", "confidence"}] * 3
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_dial_takes_a_chain_or_a_preset_of_the_project(data, tiny_project, tiny_frames):
    picture = tiny_frames.field_folder / "cam1" / "003.jpg"
    chain = dial.parse_chain("low_light:3+field_fog:1")
    presets.keep_preset(tiny_project, "Harbour", chain)

    typed = data("dial", picture, "--chain", "low_light:3 + field_fog:1", "--size", "224")
    kept = data("dial", picture, "--preset", "harbour")

    assert typed == kept  # the picture is smaller than both sizes
    assert typed["chain"] == "low_light:3+field_fog:1"
    assert typed["corruption"] is None and typed["severity"] is None


def test_dial_at_0_is_the_stored_answer(data, tiny_project, tiny_frames):
    stored = scores.scores(tiny_project).of(Folder.FIELD).set_index("path").loc["cam1/007.jpg"]
    found = data(
        "dial", tiny_frames.field_folder / "cam1" / "007.jpg", "--corruption", "field_rain",
        "--severity", "0",
    )  # fmt: skip

    assert found["answer"] == stored["answer"]
    assert found["confidence"] == pytest.approx(stored["confidence"], abs=1e-6)


def test_dial_needs_no_project_when_a_model_is_named(data, tiny_model, tiny_frames):
    found = data(
        "dial", tiny_frames.field_folder / "cam1" / "007.jpg", "--corruption", "low_light",
        "--severity", "1", "--model", tiny_model,
    )  # fmt: skip

    assert found["answer"] == "green"


def test_options_describe_a_model_without_a_sidecar(data, colour_model, tiny_frames, tmp_path):
    model = colour_model(tmp_path / "bare.onnx")
    found = data(
        "score", "--model", model, "--frames", tiny_frames.field_folder,
        "--classes", "red, green ,blue", "--resize", "32", "--crop", "32",
        "--interpolation", "bilinear", "--mean", "0,0,0", "--std", "1,1,1",
        "--channels", "RGB", "--project", tmp_path / "p",
    )  # fmt: skip

    assert found["accuracy"]["field"]["right"] == tiny_frames.right


def test_options_go_before_the_sidecar_and_keep_the_rest_of_it(
    data, tiny_model, tiny_frames, tmp_path
):
    found = data(
        "score", "--model", tiny_model, "--frames", tiny_frames.field_folder,
        "--channels", "BGR", "--project", tmp_path / "p",
    )  # fmt: skip

    # red and blue are swapped now, green stays
    assert found["accuracy"]["field"]["of"] == tiny_frames.labelled
    assert found["accuracy"]["field"]["right"] < tiny_frames.right / 2


def test_reviews_are_listed_and_undone(data, tiny_project):
    digest = scores.scores(tiny_project).of(Folder.FIELD)["content_hash"].iloc[0]
    queue.record(
        tiny_project,
        {
            "id": "6f1c1a2e-0000-4000-8000-000000000001", "client": "tab", "sequence": 1,
            "content_hash": digest, "action": "label", "value": "blue",
        },
    )  # fmt: skip
    listed = data("reviews", "list")
    undone = data("reviews", "undo")
    after = data("reviews", "list")

    assert {"id", "action", "value", "path", "folder", "is_undone"} <= set(listed[0])
    assert set(undone) == {"id", "undoes", "content_hash"}
    assert undone["undoes"] == listed[0]["id"]
    assert [row["is_undone"] for row in after] == [True, False]


def test_export_writes_what_the_page_offers(data, tiny_project, tmp_path):
    digest = scores.scores(tiny_project).of(Folder.FIELD)["content_hash"].iloc[0]
    queue.record(
        tiny_project,
        {
            "id": "6f1c1a2e-0000-4000-8000-000000000001", "client": "tab", "sequence": 1,
            "content_hash": digest, "action": "hard_case", "value": "on",
        },
    )  # fmt: skip
    found = data("export", "--slice", "hard-cases", "--out", tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_bytes().decode("utf-8-sig")

    assert found == {"path": str(tmp_path / "out.csv"), "rows": 1, "slice": "hard-cases"}
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["content_hash"], row["hard_case"]) == (digest, "True")
    assert data("export", "--slice", "hard-cases", "--format", "jsonl")["rows"] == 1


def test_corruptions_are_listed(data):
    names = [row["name"] for row in data("corruptions")]

    assert {
        "gaussian_noise", "motion_blur", "jpeg_compression", "low_light", "field_rain",
    } <= set(names)  # fmt: skip


@pytest.mark.usefixtures("tiny_project")
def test_check_takes_the_label_from_the_folder(data, own_frames):
    folder = own_frames.reference_folder / "green"
    found = data("check", folder / "001.jpg", folder / "002.jpg", own_frames.reference_folder
                 / "red" / "000.jpg")  # fmt: skip

    assert found["headline"].startswith("Right in 2 of 3 dropped frames")
    assert found["details"] == ["red taken for blue: 1 of 3 frames."]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (["score"], "Right in 36 of 42 field frames (86 %"),
        (["slices", "--by", "camera"], "Camera cam2: right in 15 of 21 frames"),
        (["confidence"], "Wrong in 4 of the"),
        (["reviews", "list"], "No reviews yet."),
        (["corruptions"], "gaussian_noise"),
        (["export"], "nothing yet"),
    ],
)
def test_without_json_people_get_sentences(run, tiny_project, command, text):
    code, out, _ = (
        run(*command, "--project", tiny_project.folder)
        if command != ["corruptions"]
        else run(*command)
    )

    assert code == 0
    assert text in out
    assert "{" not in out


def test_progress_goes_to_stderr_so_that_stdout_is_json_alone(
    run, tiny_model, tiny_frames, tmp_path
):
    _, out, err = run(
        "score", "--model", tiny_model, "--frames", tiny_frames.field_folder,
        "--project", tmp_path / "p", "--json",
    )  # fmt: skip

    assert json.loads(out)
    assert "Asking the model: 49 of 49 frames" in err


# what it refuses


def score(model, frames, *more: object) -> list[object]:
    return ["score", "--model", model, "--frames", frames, *more]


def assert_refused(result: tuple[int, str, str], text: str) -> None:
    code, out, err = result
    assert code == 2, err
    assert out == ""
    assert text in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) <= 2 or err.startswith("usage:")


def test_seven_outputs_for_six_names(run, colour_model, tiny_frames, tmp_path):
    model = colour_model(tmp_path / "seven.onnx", n_outputs=7)
    result = run(
        *score(model, tiny_frames.field_folder), "--classes", "a,b,c,d,e,f",
        "--resize", 32, "--crop", 32, "--project", tmp_path / "p",
    )  # fmt: skip

    assert_refused(result, "7 outputs, but 6 class names")


@pytest.mark.usefixtures("tiny_project")
def test_an_unknown_corruption_with_a_suggestion(run, tiny_frames):
    picture = tiny_frames.field_folder / "cam1" / "003.jpg"
    result = run("dial", picture, "--corruption", "gausian_noise", "--severity", 1)

    assert_refused(result, "Did you mean 'gaussian_noise'?")


@pytest.fixture
def places(tiny_model, own_frames, colour_model, tmp_path) -> dict[str, Path]:
    """What the capital words of the next test stand for."""
    return {
        "MODEL": tiny_model,
        "BARE": colour_model(tmp_path / "bare.onnx"),
        "FIELD": own_frames.field_folder,
        "PICTURE": own_frames.field_folder / "cam1" / "003.jpg",
    }


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["score", "--model", "MODEL"], "both --model FILE and --frames DIR"),
        (["score", "--frames", "FIELD"], "both --model FILE and --frames DIR"),
        (["score", "--model", "MODEL", "--frames", "nowhere"], "There is no folder"),
        (["score", "--model", "nowhere.pt", "--frames", "FIELD"], "does not exist"),
        (["score", "--model", "BARE", "--frames", "FIELD"], "--classes"),
        (["score", "--model", "BARE", "--frames", "FIELD", "--resize", "32"], "--classes"),
        (["score", "--model", "MODEL", "--frames", "FIELD", "--resize", "-3"], "resize"),
        (["score", "--model", "MODEL", "--frames", "FIELD", "--mean", "0.5"], "mean"),
        (["score", "--model", "MODEL", "--frames", "FIELD", "--std", "0,0,0"], "std"),
        (["score", "--model", "MODEL", "--frames", "FIELD", "--mean", "a,b"], "numbers"),
        (["score", "--model", "MODEL", "--frames", "FIELD", "--crop", "big"], "crop"),
        (["score", "--model", "MODEL", "--frames", "FIELD", "--metadata", "no.csv"], "no.csv"),
        (["score", "--reference", "FIELD"], "--reference: give --model"),
        (["score", "--classes", "a,b"], "--classes: give --model"),
        (["score", "--project", "nowhere"], "holds no Fieldcheck project"),
        (["dial", "no.jpg", "--corruption", "low_light", "--severity", "1"], "no such file"),
        (["dial", "PICTURE", "--corruption", "low_light", "--severity", "6"], "found 6"),
        (["dial", "PICTURE", "--corruption", "low_light", "--severity", "1", "--crop", "9"],
         "--crop: give --model"),
        (["dial", "PICTURE", "--corruption", "low_light"], "--severity"),
        (["dial", "PICTURE", "--corruption", "glare", "--chain", "glare:1"], "exactly one of"),
        (["dial", "PICTURE", "--chain", "glare:1", "--severity", "2"], "--severity belongs"),
        (["dial", "PICTURE", "--chain", "glare+gamma+hand+box"], "one to 3 corruptions; found 4"),
        (["dial", "PICTURE", "--preset", "Dawn"], "No preset is called 'Dawn'"),
        (["dial", "PICTURE", "--preset", "Dusk", "--size", "300"], "448 or 224"),
        (["slices", "--by", "colour"], "no column 'colour'"),
        (["slices", "--by", "top3"], "no column 'top3'"),
        (["confidence", "--threshold", "1.5"], "from 0 to 1"),
        (["confidence", "--threshold", "nan"], "from 0 to 1"),
        (["reviews", "undo"], "no decision to undo"),
        (["reviews", "erase"], "erase"),
        (["export", "--slice", "all"], "all"),
        (["export", "--out", "PICTURE/x.csv"], "cannot be written"),
        (["check", "nowhere.jpg"], "no file nowhere.jpg"),
        (["retrain"], "retrain"),
        (["shortcut", "--to", "PICTURE/x"], "--to"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("tiny_project")
def test_bad_input_ends_with_2_and_a_plain_line(run, places, arguments, text):
    filled = [
        str(Path(str(places[part.partition("/")[0]]), part.partition("/")[2]))
        if part.partition("/")[0] in places
        else part
        for part in arguments
    ]

    assert_refused(run(*filled), text)


def test_without_any_project_it_says_how_to_name_one(run):
    assert_refused(run("slices", "--by", "class"), "--project DIR")


def test_unlabelled_frames_cannot_be_judged(run, tiny_model, own_frames, tmp_path):
    own_frames.metadata.unlink()
    run(*score(tiny_model, own_frames.field_folder), "--project", tmp_path / "p")

    assert_refused(run("confidence"), "nobody can say")
    assert_refused(run("slices", "--by", "class"), "nothing to compare")


@pytest.mark.usefixtures("tiny_project")
def test_a_stop_by_keyboard_keeps_what_was_done(run, monkeypatch):
    def stop(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(scoring, "prepare", stop)
    code, _, err = run("score")

    assert code == 130
    assert "what was done is kept" in err


def test_every_command_explains_itself(run):
    code, out, _ = run("--help")
    names = ("run", "score", "dial", "slices", "confidence", "reviews", "export", "corruptions",
             "check", "shortcut")  # fmt: skip

    assert code == 0
    for name in names:
        assert re.search(rf"^    {name}\b", out, re.MULTILINE)
        assert run(name, "--help")[0] == 0


def test_the_choices_of_the_command_line_are_those_of_the_page(run):
    _, out, _ = run("export", "--help")

    for name in (*export.CHOICES, *export.FORMAT_TITLES):
        assert name in out


def test_run_serves_the_named_project(run, tiny_project, monkeypatch, fieldcheck_home):
    asked: dict[str, Any] = {}
    monkeypatch.setattr("core.workflows.starting.run", lambda **options: asked.update(options) or 0)
    (fieldcheck_home / "recent.json").unlink()

    assert run("run", "--project", tiny_project.folder, "--port", 8600, "--no-window")[0] == 0
    assert asked == {"port": 8600, "opens_window": False}
    assert str(tiny_project.folder) in (fieldcheck_home / "recent.json").read_text()
    assert run()[0] == 0
    assert asked == {"port": None, "opens_window": True}


# in a process of its own


@pytest.mark.parametrize("module", ["core.workflows", "core.cli", "core.plots"])
def test_importing_the_verbs_imports_nothing_heavy(module):
    code = (
        f"import sys, {module} as m; [getattr(m, name) for name in getattr(m, '__all__', ())]; "
        f"print([n for n in {HEAVY!r} if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


@pytest.mark.usefixtures("tiny_project")
def test_listing_corruptions_and_reviews_imports_nothing_heavy():
    code = (
        "import sys; from core import cli\n"
        "assert cli.main(['reviews', 'list']) == cli.main(['corruptions']) == 0\n"
        f"print([n for n in {HEAVY!r} if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.usefixtures("tiny_project")
def test_exit_codes_reach_the_shell():
    fine = process("corruptions", "--json")
    wrong = process("slices", "--by", "colour")

    assert (fine.returncode, wrong.returncode) == (0, 2)
    assert wrong.stderr.startswith("fieldcheck: ")
    assert len(wrong.stderr.strip().splitlines()) == 1


def test_json_survives_a_pipe_that_knows_only_ascii(tiny_project):
    digest = scores.scores(tiny_project).of(Folder.FIELD)["content_hash"].iloc[0]
    queue.record(
        tiny_project,
        {
            "id": "6f1c1a2e-0000-4000-8000-000000000001", "client": "tab", "sequence": 1,
            "content_hash": digest, "action": "note", "value": "Größe 螺丝刀",
        },
    )  # fmt: skip
    done = process("reviews", "list", "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["value"] == "Größe 螺丝刀"


GUARD = """
import os, socket
LOCAL = ("127.", "::1", "localhost", "/")
def watched(name, place):
    real = getattr(socket.socket, name)
    def call(self, *args):
        address = args[place]
        host = address[0] if isinstance(address, tuple) else str(address)
        if not str(host).startswith(LOCAL):
            with open(os.environ["GUARD_LOG"], "a") as log:
                log.write(f"{name} {address}\\n")
            raise OSError("the network is off")
        return real(self, *args)
    setattr(socket.socket, name, call)
for name, place in (("connect", 0), ("connect_ex", 0), ("sendto", -1)):
    watched(name, place)
look_up = socket.getaddrinfo
def getaddrinfo(host, *args, **kwargs):
    if not str(host).startswith(LOCAL):
        with open(os.environ["GUARD_LOG"], "a") as log:
            log.write(f"getaddrinfo {host}\\n")
        raise socket.gaierror("the network is off")
    return look_up(host, *args, **kwargs)
socket.getaddrinfo = getaddrinfo
"""


@pytest.fixture
def guarded(tmp_path) -> dict[str, str]:
    """Environment in which every process notes and refuses what would leave the machine."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD)
    (tmp_path / "log").touch()
    return {"PYTHONPATH": str(tmp_path / "guard"), "GUARD_LOG": str(tmp_path / "log")}


def test_the_guard_of_the_next_tests_notices_an_attempt(guarded):
    code = "import urllib.request as u; u.urlopen('http://192.0.2.1/', timeout=1)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **guarded}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "the network is off" in done.stderr
    assert "192.0.2.1" in Path(guarded["GUARD_LOG"]).read_text()


def test_scoring_and_dialling_try_no_connection(
    guarded, tiny_model, tiny_frames, tmp_path, monkeypatch
):
    monkeypatch.delenv("NO_ALBUMENTATIONS_UPDATE", raising=False)  # ours is set by importing core
    picture = tiny_frames.field_folder / "cam1" / "003.jpg"
    project = tmp_path / "p"
    scored = process(*score(tiny_model, tiny_frames.field_folder), "--project", project, **guarded)
    dialled = process(
        "dial", picture, "--corruption", "jpeg_compression", "--severity", "3",
        "--project", project, "--json", **guarded,
    )  # fmt: skip

    assert scored.returncode == 0, scored.stderr
    assert dialled.returncode == 0, dialled.stderr
    assert json.loads(dialled.stdout)["answer"] == "red"
    assert Path(guarded["GUARD_LOG"]).read_text() == ""


def test_score_takes_what_names_say_and_the_clock(data, tiny_model, own_frames, tmp_path):
    own_frames.metadata.unlink()
    data(
        "score", "--model", tiny_model, "--frames", own_frames.field_folder,
        "--reference", own_frames.reference_folder, "--pattern", "{camera}/{anything}",
        "--day-hours", "6-20", "--hemisphere", "south", "--project", tmp_path / "p",
    )  # fmt: skip
    chosen = choices.choices_of(Project(tmp_path / "p"))
    frames = scores.scores(Project(tmp_path / "p")).of(Folder.FIELD)

    assert chosen.name_pattern == "{camera}/{anything}"
    assert (chosen.day_hours, chosen.is_southern) == ((6, 20), True)
    assert set(frames["camera"]) == {"cam1", "cam2"}


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("--pattern={camera", "brace {"),
        ("--metadata=BROKEN", "broken JSON"),
        ("--day-hours=7", "not two hours"),
        ("--day-hours=7-7", "Day cannot last"),
        ("--day-hours=7-31", "Day cannot last"),
    ],
)
def test_bad_names_tables_and_hours_are_one_plain_line(run, tiny_model, own_frames, typed, problem):
    broken = own_frames.root / "broken.json"
    broken.write_text('{"images": [')
    code, _, err = run(
        "score", "--model", tiny_model, "--frames", own_frames.field_folder,
        "--project", own_frames.root / "p", typed.replace("BROKEN", str(broken)),
    )  # fmt: skip

    assert code == 2
    assert problem in err
    assert "Traceback" not in err


def test_slices_by_picture_quality_are_given(data, tiny_project):
    rows = data("slices", "--by", "brightness_third", "--project", tiny_project.folder)

    assert {row["value"] for row in rows} == {"darkest third", "middle third", "brightest third"}
