"""The house keeps its rules, and every rule notices when it is broken."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import rules

ROOT = Path(__file__).resolve().parents[2]

Rule = Callable[[Path], list[str]]

RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        rules.core_stands_alone,
        rules.screens_call_verbs,
        rules.imports_point_down,
        rules.heavy_has_owners,
        rules.imports_light,
        rules.pages_lie_in_sections,
        rules.pages_are_short,
        rules.pages_stand_alone,
        rules.pages_have_workflows,
        rules.keys_come_from_the_list,
        rules.registries_are_literal,
        rules.long_work_can_stop,
        rules.fits_leave_out_reserved,
        rules.top_level_is_fixed,
        rules.card_is_kept,
        rules.names_say_something,
        rules.no_place_of_ours,
        rules.commands_are_documented,
        rules.errors_are_listed,
    )
}

GOOD: dict[str, str] = {
    "pyproject.toml": "[project]\ndependencies = ["
    + ", ".join(f'"{name}>=1,<2"' for name in rules.CARD)
    + "]\n",
    "README.md": "fieldcheck score --json\n",
    "LICENSE": "",
    ".gitignore": "",
    ".ci/run": "",
    ".streamlit/config.toml": "",
    "assets/logo.svg": "",
    "sample_data/README.md": "",
    "tests/test_nothing.py": "",
    "app.py": "import streamlit as st\nfrom pages._shared.server import ROUTES\n",
    "core/__init__.py": "",
    "core/errors.py": '"""FieldcheckError: every one."""\nclass FieldcheckError(Exception): ...\n',
    "core/records.py": "import pandas\n",
    "core/cli.py": "from core.commands import scoring\n",
    "core/commands/scoring.py": (
        "from core.workflows import scoring\ncommand(commands, 'score', _score)\n"
    ),
    "core/corruptions/field_pack.py": "import cv2\nFIELD_PACK = {'rain': cv2.blur}\n",
    "core/corruptions/imagenet_c.py": "IMAGENET_C = {'fog': 1}\n",
    "core/corruptions/registry.py": (
        "from core.corruptions.field_pack import FIELD_PACK\n"
        "from core.corruptions.imagenet_c import IMAGENET_C\n"
        "CORRUPTIONS = FIELD_PACK | IMAGENET_C\n"
    ),
    "core/corruptions/digital.py": "import albumentations\n",
    "core/exports/registry.py": "FORMATS: dict = {'csv': 1}\nFOLDERS: dict = {'coco': 1}\n",
    "core/exports/folder.py": "def write_folder(out, *, on_progress, should_stop): ...\n",
    "core/workflows/similar.py": (
        "CLIPS = {'hide': 1}\nFOLDERS = {'field': 1}\n"
        "def prepare(p, *, on_progress, should_stop): ...\n"
    ),
    "core/workflows/similar_index.py": "def looks_of(p, *, on_progress, should_stop): ...\n",
    "core/workflows/cameras.py": "def prepare(p, *, on_progress, should_stop): ...\n",
    "core/workflows/export_folder.py": "def hand_over(p, *, on_progress, should_stop): ...\n",
    "core/workflows/export_made.py": "\n".join(
        f"def {name}(p, *, on_progress, should_stop): ..." for name in ("plan_targeted", "rebuild")
    ),
    "core/frames/index.py": "def index_folder(root, *, on_progress, should_stop): ...\n",
    "core/models/guessing.py": "def rank_candidates(x, *, on_progress, should_stop): ...\n",
    "core/models/weights.py": "import torch\n",
    "core/models/architectures.py": "def build():\n    import torchvision\n",
    "core/plots/theme.py": "def dress():\n    import plotly.graph_objects\n",
    "core/store/database.py": "import sqlite_utils\nfrom core.errors import FieldcheckError\n",
    "core/workflows/__init__.py": "",
    "core/workflows/dial.py": "from core import corruptions\n",
    "core/workflows/export.py": "FORMAT_TITLES = {'csv': 'Table'}\n"
    "FOLDER_TITLES = {'coco': 'COCO'}\nABOUT = {'csv': 'x'}\nCHOICES = {'all': 'All'}\n",
    "core/workflows/holdout.py": "\n".join(
        f"def {name}(project, *, on_progress, should_stop): ..."
        for name in ("write_holdout", "rebuild_holdout")
    ),
    "core/workflows/holdout_make.py": "def make(project, *, on_progress, should_stop): ...\n",
    "core/workflows/reserved.py": "FITTERS: dict[str, str] = {'line': 'slices._line'}\n",
    "core/workflows/slices.py": "def _line(p, f):\n    return fit_line(without_reserved(p, f))\n",
    "core/workflows/opening.py": "def guess_spec(x, *, on_progress, should_stop): ...\n",
    "core/workflows/queue_orders.py": "ORDERS = {'random': 1}\n",
    "core/workflows/scoring.py": "\n".join(
        f"def {name}(project, *, on_progress, should_stop): ..."
        for name in ("prepare", "index_frames", "score_frames", "measure_frames")
    ),
    "core/workflows/shortcuts.py": (
        "def take_exam(project, asked, *, on_progress, should_stop): ...\n"
    ),
    "core/workflows/sweep.py": "def sweep(project, asked, *, on_progress, should_stop): ...\n",
    "core/workflows/doctor.py": "def check_settings(p, *, on_progress, should_stop): ...\n",
    "core/workflows/label_doubts.py": "SOURCES = {'model': 1}\nMODES = {'check': 1}\n"
    "def prepare(project, *, on_progress, should_stop): ...\n",
    "core/workflows/probes.py": "def sit(project, *, on_progress, should_stop): ...\n",
    "pages/__init__.py": "",
    "pages/_shared/server.py": "ROUTES = []\nfrom core.errors import FieldcheckError\n",
    "pages/_shared/widgets.py": "def strip(frames, *, key):\n    st.write(frames, key=key)\n"
    "    def line():\n        st.button('Stop', key=key)\n"
    "    where = f'{K.STRIP}_{key}'\n    st.button('Up', key=f'{where}_up')\n",
    "pages/check/dial.py": "from core import plots\nfrom core.workflows import dial\n"
    "from pages._shared.keys import K\nst.button('a', key=K.DIAL)\n"
    "st.button('b', key=f'{K.DIAL}_b')\nsorted([], key=len)\n"
    "name = K.E\nname = f'{name}_1'\nst.button('e', key=name)\n"
    "for letter, key in (('c', K.C), ('d', f'{K.D}_')):\n    st.button(letter, key=key)\n",
}
"""A small tree that keeps every rule; each example below changes one file of it."""

BAD: list[tuple[str, str, str]] = [
    ("core_stands_alone", "core/records.py", "import streamlit as st"),
    (
        "core_stands_alone",
        "core/workflows/dial.py",
        "def f():\n    from pages._shared import state",
    ),
    ("core_stands_alone", "core/workflows/dial.py", "from app import app"),
    ("screens_call_verbs", "pages/check/dial.py", "from core.frames.images import decode"),
    ("screens_call_verbs", "pages/_shared/server.py", "from core import store"),
    ("screens_call_verbs", "app.py", "import core.store.database"),
    ("imports_point_down", "core/commands/dial.py", "from core.models import loading"),
    ("imports_point_down", "core/records.py", "from core.errors import FieldcheckError"),
    ("imports_point_down", "core/metrics/intervals.py", "from core.store import reviews"),
    ("imports_point_down", "core/store/reviews.py", "from ..workflows import dial"),
    ("imports_point_down", "core/frames/index.py", "def f():\n    import core.models.loading"),
    ("imports_point_down", "core/attic/new.py", "x = 1"),
    ("heavy_has_owners", "core/engines/local.py", "import torch.nn"),
    ("heavy_has_owners", "pages/check/dial.py", "from plotly import express"),
    ("heavy_has_owners", "core/models/loading.py", "importlib.import_module('onnxruntime')"),
    ("imports_light", "core/workflows/__init__.py", "import safetensors"),
    ("imports_light", "core/workflows/__init__.py", "import core.nothing_of_the_kind"),
    ("pages_lie_in_sections", "pages/dial.py", "x = 1"),
    ("pages_are_short", "pages/check/dial.py", "x = 1\n" * 80),
    ("pages_stand_alone", "pages/check/slices.py", "from pages.check import dial"),
    ("pages_stand_alone", "pages/_shared/widgets.py", "import pages.check.dial"),
    ("pages_have_workflows", "pages/watch/drift.py", "x = 1"),
    ("keys_come_from_the_list", "pages/check/dial.py", "st.button('a', key='dial')"),
    ("keys_come_from_the_list", "pages/check/dial.py", "st.button('a', key=f'dial_{K.DIAL}')"),
    ("keys_come_from_the_list", "pages/check/dial.py", "name = 'x'\nst.button('a', key=name)"),
    (
        "keys_come_from_the_list",
        "pages/check/dial.py",
        "for a, key in ((1, K.ONE), (2, 'two')):\n    st.button('a', key=key)",
    ),
    ("keys_come_from_the_list", "pages/_shared/widgets.py", "def f():\n    st.button(key=f'{x}')"),
    ("registries_are_literal", "core/exports/registry.py", "FORMATS = dict(csv=1)"),
    ("registries_are_literal", "core/exports/registry.py", "FORMATS = {**OTHERS, 'csv': 1}"),
    ("registries_are_literal", "core/exports/excel.py", "FORMATS['xlsx'] = 1"),
    ("registries_are_literal", "core/corruptions/extra.py", "registry.CORRUPTIONS.update(a=1)"),
    (
        "registries_are_literal",
        "core/corruptions/registry.py",
        "CORRUPTIONS = FIELD_PACK | found()",
    ),
    ("registries_are_literal", "core/corruptions/imagenet_c.py", "IMAGENET_C = dict(fog=1)"),
    ("registries_are_literal", "core/tracking/registry.py", "def register(f): ..."),
    ("long_work_can_stop", "core/frames/index.py", "def index_folder(root, *, on_progress): ..."),
    ("long_work_can_stop", "core/models/guessing.py", "def rank(x): ..."),
    ("fits_leave_out_reserved", "core/workflows/slices.py", "def _line(p, f): fit_line(f)"),
    (
        "fits_leave_out_reserved",
        "core/workflows/retrain.py",
        "def retrain(p, f):\n    torch.fine_tune(without_reserved(p, f))",
    ),
    ("fits_leave_out_reserved", "core/workflows/retrain.py", "found = model.fit(frames)"),
    ("fits_leave_out_reserved", "core/workflows/slices.py", "def other(): ..."),
    ("top_level_is_fixed", "notes.md", ""),
    ("top_level_is_fixed", "src/core.py", ""),
    ("card_is_kept", "pyproject.toml", "[project]\ndependencies = ['streamlit']"),
    ("card_is_kept", "core/corruptions/digital.py", "x = 1"),
    ("names_say_something", "core/frames/utils.py", ""),
    ("names_say_something", "tests/helpers/images.py", ""),
    ("no_place_of_ours", "README.md", "from https://" + "py" + "pi.org/simple"),
    ("no_place_of_ours", "core/records.py", "SHARED = '/" + "work/shared'"),
    ("no_place_of_ours", ".ci/run", "cd /" + "root"),
    ("commands_are_documented", "README.md", "fieldcheck scores"),
    ("errors_are_listed", "core/errors.py", '"""None."""\nclass LostError(Exception): ...'),
]


def plant(tree: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tree


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_house_keeps_the_rule(rule: Rule):
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_tree_that_keeps_the_rule_passes(rule: Rule, tmp_path: Path):
    assert rule(plant(tmp_path, GOOD)) == []


@pytest.mark.parametrize(("name", "file", "text"), BAD, ids=lambda value: value.split("\n")[0][:40])
def test_a_broken_rule_is_noticed(name: str, file: str, text: str, tmp_path: Path):
    found = RULES[name](plant(tmp_path, GOOD | {file: text}))

    assert len(found) >= 1, found


def test_every_rule_has_a_bad_example():
    assert {name for name, _, _ in BAD} == set(RULES)


def test_what_is_missing_from_the_top_level_is_noticed(tmp_path: Path):
    plant(tmp_path, {name: text for name, text in GOOD.items() if name != "LICENSE"})

    assert rules.top_level_is_fixed(tmp_path) == ["LICENSE is missing"]


def test_in_a_checkout_only_tracked_files_count(tmp_path: Path):
    plant(tmp_path, GOOD | {"scratch.txt": "mine"})
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", *GOOD], cwd=tmp_path, check=True)

    assert rules.top_level_is_fixed(tmp_path) == []


def test_caches_and_environments_do_not_count_outside_a_checkout(tmp_path: Path):
    plant(tmp_path, GOOD | {".venv/pyvenv.cfg": "", ".ruff_cache/x": "", "core/__pycache__/a": ""})

    assert rules.top_level_is_fixed(tmp_path) == []


def test_the_table_of_floors_only_points_down():
    rooms = list(rules.ALLOWED)
    up = [
        f"{room} -> {other}"
        for room, others in rules.ALLOWED.items()
        for other in others
        if rooms.index(other) >= rooms.index(room)
    ]

    assert up == []


def test_the_table_of_owners_names_only_modules_that_exist():
    owners = {owner for modules in rules.OWNERS.values() for owner in modules}

    assert [owner for owner in sorted(owners) if not (ROOT / owner).is_file()] == []
