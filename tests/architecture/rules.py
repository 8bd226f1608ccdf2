"""
The rules of the house as functions: a source tree in, a list of violations out.

They read files and import nothing of the tree, except `imports_light`, which asks Python.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

Scopes = tuple[ast.Module | ast.FunctionDef, ...]
"""The module and the functions a line stands in, innermost first."""

ALLOWED: dict[str, frozenset[str]] = {
    # words
    "records": frozenset(),
    "errors": frozenset(),
    "tables": frozenset(),
    "settings": frozenset(),
    # maths
    "corruptions": frozenset({"records", "errors", "settings"}),
    "metrics": frozenset({"records", "tables", "settings"}),
    "findings": frozenset({"records", "tables", "settings", "metrics"}),
    "plots": frozenset({"records", "tables", "findings"}),
    # edges
    "project": frozenset({"errors"}),
    "frames": frozenset({"records", "errors", "tables", "settings"}),
    "models": frozenset({"records", "errors", "settings", "metrics"}),
    "engines": frozenset({"records", "errors", "settings", "frames", "models"}),
    "store": frozenset({"records", "errors", "tables"}),
    "exports": frozenset({"records", "errors", "tables"}),
    "imports": frozenset({"records", "errors", "tables", "frames"}),
    "launch": frozenset({"errors"}),
    # verbs
    "workflows": frozenset(
        {
            "records", "errors", "tables", "settings", "corruptions", "metrics", "findings",
            "project", "frames", "models", "engines", "store", "exports", "imports", "launch",
        }
    ),
    # the command line
    "commands": frozenset({"workflows", "plots", "records", "errors"}),
    "cli": frozenset({"commands", "records", "errors"}),
}  # fmt: skip
"""Room of core: the rooms it may import. In the order of the floors: none imports a later one."""

SCREENS_MAY = frozenset({"workflows", "plots", "records", "errors"})
"""Rooms of core that pages may import."""

OWNERS: dict[str, frozenset[str]] = {
    "torch": frozenset(
        f"core/models/{name}.py"
        for name in ("exported", "exported_check", "fingerprints", "torchscript", "weights")
    ),
    "torchvision": frozenset({"core/models/architectures.py", "core/models/fingerprints.py"}),
    "timm": frozenset({"core/models/architectures.py", "core/models/fingerprints.py"}),
    "safetensors": frozenset({"core/models/weights.py"}),
    "onnx": frozenset({"core/models/onnx.py"}),
    "onnxruntime": frozenset({"core/models/onnx.py"}),
    "albumentations": frozenset({"core/corruptions/digital.py"}),
    "plotly": frozenset(
        f"core/plots/{name}.py"
        for name in (
            "cameras",
            "class_bars",
            "confidence",
            "overview",
            "similar",
            "slices",
            "stress",
            "theme",
        )
    ),
    "cleanlab": frozenset({"core/findings/label_doubts.py"}),
    "sklearn": frozenset(
        f"core/findings/{name}.py" for name in ("found_slices", "crossed", "frame_maps")
    ),
    "umap": frozenset({"core/findings/frame_maps.py"}),
    "statsmodels": frozenset(),
}
"""Heavy or optional package: the only modules that may import it."""

REGISTRIES: dict[str, tuple[str, ...]] = {
    "core/corruptions/registry.py": ("CORRUPTIONS",),
    "core/corruptions/cues.py": ("CUE_CHANGES",),
    "core/corruptions/imagenet_c.py": ("IMAGENET_C",),
    "core/corruptions/field_pack.py": ("FIELD_PACK",),
    "core/corruptions/field_signal.py": ("FIELD_SIGNAL",),
    "core/corruptions/field_view.py": ("FIELD_VIEW",),
    "core/workflows/presets.py": ("PRESETS",),
    "core/exports/registry.py": ("FORMATS", "FOLDERS"),
    "core/imports/registry.py": ("READERS",),
    "core/findings/import_words.py": ("MEANINGS",),
    "core/findings/own_past.py": ("MEASURES",),
    "core/findings/camera_words.py": ("KINDS", "NOTES"),
    "core/findings/shown_damage.py": ("MEASURES", "TAGS"),
    "core/findings/probes.py": ("PROBES",),
    "core/findings/shortcuts.py": ("RULES",),
    "core/workflows/queue_orders.py": ("ORDERS",),
    "core/workflows/queue_shares.py": ("MOST",),
    "core/workflows/export.py": ("FORMAT_TITLES", "FOLDER_TITLES", "ABOUT", "CHOICES"),
    "core/workflows/keymap.py": ("ACTS",),
    "core/workflows/label_doubts.py": ("SOURCES", "MODES"),
    "core/workflows/reserved.py": ("FITTERS",),
    "core/workflows/thresholds.py": ("AIMS",),
    "core/findings/similar.py": ("KINDS",),
    "core/workflows/similar.py": ("CLIPS", "FOLDERS"),
    "core/workflows/similar_map.py": ("WAYS", "COLOURS", "LAYOUTS"),
}

LONG_WORK: dict[str, tuple[str, ...]] = {
    "core/workflows/scoring.py": ("prepare", "index_frames", "score_frames", "measure_frames"),
    "core/workflows/opening.py": ("guess_spec",),
    "core/workflows/shortcuts.py": ("take_exam",),
    "core/workflows/sweep.py": ("sweep",),
    "core/workflows/holdout.py": ("write_holdout", "rebuild_holdout"),
    "core/workflows/holdout_make.py": ("make",),
    "core/exports/folder.py": ("write_folder",),
    "core/workflows/export_folder.py": ("hand_over",),
    "core/workflows/export_made.py": ("plan_targeted", "rebuild"),
    "core/workflows/doctor.py": ("check_settings",),
    "core/workflows/label_doubts.py": ("prepare",),
    "core/workflows/probes.py": ("sit",),
    "core/workflows/similar.py": ("prepare",),
    "core/workflows/similar_index.py": ("looks_of",),
    "core/workflows/cameras.py": ("prepare",),
    "core/frames/index.py": ("index_folder",),
    "core/models/guessing.py": ("rank_candidates",),
}

FITS = re.compile(r"(?:re)?(?:fit|train|fine_?tune|calibrate)(?:_\w+)?|estimates?|_gauge")
"""What a function that fits something to frames is called."""

LEAVES_OUT = frozenset({"without_reserved", "without_locked"})
"""What leaves out the frames hold-outs reserve."""

TOP_LEVEL = frozenset(
    {
        "pyproject.toml", "README.md", "app.py", "pages", "core", "tests", "assets",
        "sample_data", "LICENSE", ".ci", ".streamlit", ".gitignore",
    }
)  # fmt: skip
UNTRACKED = re.compile(r"\.git|\.venv|__pycache__|\.\w+_cache|\.coverage|.*\.egg-info|build|dist")
"""What a checkout gathers beside the tracked files."""

CARD = {
    "streamlit": "streamlit",
    "torch": "torch",
    "torchvision": "torchvision",
    "albumentations": "albumentations",
    "opencv-python-headless": "cv2",
    "pandas": "pandas",
    "plotly": "plotly",
    "sqlite-utils": "sqlite_utils",
}
"""Distribution: the module it is imported as."""

LONGEST_PAGE = 79
VAGUE_NAMES = frozenset({"util", "utils", "helper", "helpers", "manager", "managers"})
TEXT_SUFFIXES = frozenset(
    {".py", ".md", ".toml", ".txt", ".js", ".css", ".html", ".svg", ".json", ".csv", ".yml"}
)
# Put together here so that this file keeps its own rule.
PLACES = re.compile(
    r"\b(?:" + "|".join([
        r"pypi\.(?:org|python\.org)", r"pythonhosted\.(?:org|com)", r"registry\.npmjs\.\w+",
        r"anaconda\.(?:org|com)", r"download\.pytorch\.\w+",
    ])
    + r")\b|(?<![\w.~)}-])/(?:work|root)(?=/|\b(?![-.\w]))"
)  # fmt: skip


def core_stands_alone(tree: Path) -> list[str]:
    """core never imports streamlit, pages or app."""
    return [
        f"{where} imports {name}"
        for where, name in _imported(tree, "core")
        if name.split(".")[0] in ("streamlit", "pages", "app")
    ]


def screens_call_verbs(tree: Path) -> list[str]:
    """Pages and app.py import from core only what is meant for screens."""
    return [
        f"{where} imports {name}"
        for where, name in _imported(tree, "pages", "app.py")
        if name.split(".")[0] == "core" and _room(name) not in SCREENS_MAY
    ]


def imports_point_down(tree: Path) -> list[str]:
    """Inside core every import between rooms is in the table."""
    found = []
    for where, name in _imported(tree, "core"):
        room, wanted = _room_of_file(where), _room(name)
        if name.split(".")[0] != "core" or wanted in ("", room):
            continue
        if wanted not in ALLOWED.get(room, frozenset()):
            found.append(f"{where}: {room} imports {wanted}")
    rooms = {_room_of_file(path.relative_to(tree).as_posix()) for path in _python(tree, "core")}
    return found + [f"core/{room} is not in the table" for room in sorted(rooms - {*ALLOWED, ""})]


def heavy_has_owners(tree: Path) -> list[str]:
    """Heavy packages are imported by their owners only."""
    return [
        f"{where} imports {name}"
        for where, name in _imported(tree, "core", "pages", "app.py")
        if name.split(".")[0] in OWNERS and where not in OWNERS[name.split(".")[0]]
    ]


def imports_light(tree: Path) -> list[str]:
    """Importing the verbs imports no heavy package."""
    code = (
        "import sys; from core import workflows; "
        "[getattr(workflows, verb) for verb in getattr(workflows, '__all__', ())]; "
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tree, capture_output=True, text=True, check=False
    )
    if done.returncode:
        return [f"core.workflows cannot be imported: {done.stderr.strip()[-200:]}"]
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    return [f"import core.workflows imports {name}" for name in OWNERS if name in loaded]


def pages_lie_in_sections(tree: Path) -> list[str]:
    """No page file directly in pages/."""
    return [
        f"pages/{path.name} lies directly in pages/"
        for path in sorted((tree / "pages").glob("*.py"))
        if path.name != "__init__.py" or path.read_text(encoding="utf-8").strip()
    ]


def pages_are_short(tree: Path) -> list[str]:
    """No page of 80 lines or more."""
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in page_files(tree)
    }
    return [
        f"{path.relative_to(tree).as_posix()} has {lines} lines"
        for path, lines in lengths.items()
        if lines > LONGEST_PAGE
    ]


def pages_stand_alone(tree: Path) -> list[str]:
    """Nothing imports a page."""
    stems = {
        ".".join(path.relative_to(tree).with_suffix("").parts): path for path in page_files(tree)
    }
    return [
        f"{where} imports {name}"
        for where, name in _imported(tree, "pages", "app.py", "core")
        if any(name == stem or name.startswith(f"{stem}.") for stem in stems)
    ]


def pages_have_workflows(tree: Path) -> list[str]:
    """One stem everywhere: a page has the workflow of its name."""
    return [
        f"{path.relative_to(tree).as_posix()} has no core/workflows/{path.name}"
        for path in page_files(tree)
        if not (tree / "core" / "workflows" / path.name).is_file()
    ]


def keys_come_from_the_list(tree: Path) -> list[str]:
    """Every widget key is a member of K, or an f-string that begins with one."""
    found = []
    for path in _python(tree, "pages"):
        where = path.relative_to(tree).as_posix()
        for key, scopes in _widget_keys(ast.parse(path.read_text(encoding="utf-8"))):
            if not _is_key(key, scopes):
                found.append(f"{where}:{key.lineno}: key={ast.unparse(key)}")
    return found


def registries_are_literal(tree: Path) -> list[str]:
    """
    Registries are dicts written out, with plain names as keys, and nothing adds to them.

    One may be the union of others: `A | B`.
    """
    found = []
    every = {name for names in REGISTRIES.values() for name in names}
    wanted = {
        path.relative_to(tree).as_posix(): ()
        for path in _python(tree, "core")
        if path.name == "registry.py"
    } | {where: names for where, names in REGISTRIES.items() if (tree / where).is_file()}
    for where, names in wanted.items():
        code = ast.parse((tree / where).read_text(encoding="utf-8"))
        literal = _literal_dicts(code, unions_of=every)
        if not literal:
            found.append(f"{where} holds no literal dict")
        found += [f"{where}: {name} is not a literal dict" for name in names if name not in literal]
    for path in [*_python(tree, "core"), *_python(tree, "pages")]:
        for name, line in _changed(ast.parse(path.read_text(encoding="utf-8"))):
            if name in every:
                found.append(f"{path.relative_to(tree).as_posix()}:{line} changes {name}")
    return found


def long_work_can_stop(tree: Path) -> list[str]:
    """Long work takes on_progress and should_stop, by keyword."""
    found = []
    for where, names in LONG_WORK.items():
        path = tree / where
        body = ast.parse(path.read_text(encoding="utf-8")).body if path.is_file() else []
        functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
        for name in names:
            if name not in functions:
                found.append(f"{where} has no {name}")
                continue
            taken = {argument.arg for argument in functions[name].args.kwonlyargs}
            missing = {"on_progress", "should_stop"} - taken
            found += [f"{where}: {name} takes no {word}" for word in sorted(missing)]
    return found


def fits_leave_out_reserved(tree: Path) -> list[str]:
    """A verb that fits stands in FITTERS, and takes its frames through without_reserved."""
    listed = _listed_fitters(tree)
    found, seen = [], set()
    for path in _python(tree, "core/workflows"):
        for function in ast.parse(path.read_text(encoding="utf-8")).body:
            calls = {_called(node) for node in ast.walk(function) if isinstance(node, ast.Call)}
            name = f"{path.stem}.{getattr(function, 'name', '(module)')}"
            fits = sorted(call for call in calls if FITS.fullmatch(call))
            seen.add(name)
            if fits and name not in listed:
                found.append(f"{name} calls {fits[0]} and is not in FITTERS")
            if (fits or name in listed) and not calls & LEAVES_OUT:
                found.append(f"{name} fits without without_reserved")
    return found + [f"FITTERS names {name}, which is not there" for name in sorted(listed - seen)]


def top_level_is_fixed(tree: Path) -> list[str]:
    """The top level is house.md's: nothing more, nothing less."""
    present = {path.split("/")[0] for path in tracked(tree)}
    return [f"{name} does not belong there" for name in sorted(present - TOP_LEVEL)] + [
        f"{name} is missing" for name in sorted(TOP_LEVEL - present)
    ]


def card_is_kept(tree: Path) -> list[str]:
    """Every package of the card is declared and used."""
    declared, used = _declared(tree), _used(tree)
    return [f"{name} is not declared" for name in CARD if name not in declared] + [
        f"{name} is not used" for name, module in CARD.items() if module not in used
    ]


def names_say_something(tree: Path) -> list[str]:
    """No module or folder is called utils, helpers or manager."""
    return [
        path
        for path in tracked(tree)
        if path.endswith(".py") and VAGUE_NAMES & {Path(part).stem for part in Path(path).parts}
    ]


def no_place_of_ours(tree: Path) -> list[str]:
    """No tracked text names a package registry's host or the machine it was built on."""
    found = []
    for name in tracked(tree):
        path = tree / name
        is_text = path.suffix in TEXT_SUFFIXES or not path.suffix
        if not is_text or not path.is_file():
            continue
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            if match := PLACES.search(line):
                found.append(f"{name}:{number} names {match.group()}")
    return found


def commands_are_documented(tree: Path) -> list[str]:
    """README names every command of the command line."""
    readme = (tree / "README.md").read_text(encoding="utf-8")
    names = [
        node.args[1].value
        for path in sorted((tree / "core" / "commands").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "command"
        and isinstance(node.args[1], ast.Constant)
    ]
    if not names:
        return ["core/commands has no commands"]
    return [name for name in names if not re.search(rf"\bfieldcheck {name}\b", readme)]


def errors_are_listed(tree: Path) -> list[str]:
    """The docstring of core/errors.py lists every error."""
    code = ast.parse((tree / "core" / "errors.py").read_text(encoding="utf-8"))
    listed = ast.get_docstring(code) or ""
    return [
        f"{node.name} is not listed"
        for node in code.body
        if isinstance(node, ast.ClassDef) and not re.search(rf"\b{node.name}\b", listed)
    ]


def page_files(tree: Path) -> list[Path]:
    """The pages: files in the section folders."""
    return [
        path
        for path in sorted((tree / "pages").glob("*/*.py"))
        if path.parent.name != "_shared" and path.name != "__init__.py"
    ]


def tracked(tree: Path) -> list[str]:
    """What git tracks, by path; outside a checkout every file but caches."""
    if (tree / ".git").exists():
        done = subprocess.run(
            ["git", "ls-files", "-z"], cwd=tree, capture_output=True, text=True, check=False
        )
        if done.returncode == 0 and done.stdout:
            return sorted(done.stdout.strip("\0").split("\0"))
    return sorted(
        path.relative_to(tree).as_posix()
        for path in tree.rglob("*")
        if path.is_file()
        and not any(UNTRACKED.fullmatch(part) for part in path.relative_to(tree).parts)
    )


def _python(tree: Path, *places: str) -> list[Path]:
    found: list[Path] = []
    for place in places:
        path = tree / place
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.is_file() else []
    return found


def _imported(tree: Path, *places: str) -> Iterator[tuple[str, str]]:
    """(file, full dotted name) of every import, wherever it stands."""
    for path in _python(tree, *places):
        where = path.relative_to(tree)
        package = where.parts[:-1]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in _names(node, package):
                yield where.as_posix(), name


def _names(node: ast.AST, package: tuple[str, ...]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        start = package[: len(package) - node.level + 1] if node.level else ()
        stem = ".".join([*start, *([node.module] if node.module else [])])
        return [f"{stem}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        called = node.func.id if isinstance(node.func, ast.Name) else called
        if called in ("import_module", "__import__", "find_spec"):
            return [str(node.args[0].value)]
    return []


def _room(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


def _room_of_file(where: str) -> str:
    room = Path(where).parts[1].removesuffix(".py")
    return "" if room == "__init__" else room


def _widget_keys(code: ast.Module) -> Iterator[tuple[ast.expr, Scopes]]:
    """Every `key=` of a call that is not a sort, with the scopes it stands in."""
    inside: dict[ast.AST, Scopes] = dict.fromkeys(ast.walk(code), (code,))
    for function in ast.walk(code):  # outer functions come before inner ones
        if isinstance(function, ast.FunctionDef):
            inside |= dict.fromkeys(ast.walk(function), (function, *inside[function]))
    for node in ast.walk(code):
        if isinstance(node, ast.Call) and not _is_sort(node):
            for keyword in node.keywords:
                if keyword.arg == "key":
                    yield keyword.value, inside[node]


def _is_sort(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    return name in ("sorted", "sort", "sort_values", "min", "max", "groupby")


def _is_key(value: ast.expr, scopes: Scopes, seen: frozenset[str] = frozenset()) -> bool:
    if isinstance(value, ast.JoinedStr):
        first = value.values[0] if value.values else None
        return isinstance(first, ast.FormattedValue) and _is_key(first.value, scopes, seen)
    if isinstance(value, ast.Attribute):
        return isinstance(value.value, ast.Name) and value.value.id == "K"
    # A name in `seen` is lengthened by itself: name = f"{name}_up".
    return isinstance(value, ast.Name) and (
        value.id in seen or _stands_for_key(value.id, scopes, seen)
    )


def _stands_for_key(name: str, scopes: Scopes, seen: frozenset[str]) -> bool:
    for scope in scopes:
        if isinstance(scope, ast.FunctionDef):
            arguments = [*scope.args.args, *scope.args.kwonlyargs]
            if name in [argument.arg for argument in arguments]:
                return True  # handed in by a caller, whose own key is checked
        bound = list(_bound(name, scope))
        if bound:
            return all(_is_key(one, scopes, seen | {name}) for one in bound)
    return False


def _bound(name: str, scope: ast.AST) -> Iterator[ast.expr]:
    """What a name stands for: assigned, or run through in a loop over values written out."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            yield node.value
        if not (isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple | ast.List)):
            continue
        if ast.unparse(node.target) == name:
            yield from node.iter.elts
        elif isinstance(node.target, ast.Tuple):
            names = [ast.unparse(one) for one in node.target.elts]
            for row in node.iter.elts:
                if name in names and isinstance(row, ast.Tuple):
                    yield row.elts[names.index(name)]


def _literal_dicts(code: ast.Module, *, unions_of: set[str]) -> set[str]:
    found = set()
    for node in code.body:
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign) and node.value:
            target, value = node.target, node.value
        else:
            continue
        is_plain = isinstance(value, ast.Dict) and all(
            isinstance(key, ast.Constant) and isinstance(key.value, str) for key in value.keys
        )
        if (is_plain or _is_union(value, unions_of)) and isinstance(target, ast.Name):
            found.add(target.id)
    return found


def _is_union(value: ast.expr, names: set[str]) -> bool:
    """Whether it is two or more of the names joined by `|`."""
    if not (isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr)):
        return False
    return all(
        _is_union(part, names) or (isinstance(part, ast.Name) and part.id in names)
        for part in (value.left, value.right)
    )


def _changed(code: ast.AST) -> Iterator[tuple[str, int]]:
    """Names of dicts that something is put into or taken from, with the line."""
    for node in ast.walk(code):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            yield _last_name(node.value), node.lineno
        if isinstance(node, ast.AugAssign):
            yield _last_name(node.target), node.lineno
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("update", "setdefault", "pop", "popitem", "clear")
        ):
            yield _last_name(node.func.value), node.lineno


def _called(call: ast.Call) -> str:
    return _last_name(call.func)


def _listed_fitters(tree: Path) -> set[str]:
    path = tree / "core" / "workflows" / "reserved.py"
    for node in ast.parse(path.read_text(encoding="utf-8")).body if path.is_file() else []:
        if isinstance(node, ast.AnnAssign | ast.Assign) and isinstance(node.value, ast.Dict):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if ast.unparse(target) == "FITTERS":
                return {str(ast.literal_eval(value)) for value in node.value.values}
    return set()


def _last_name(node: ast.expr) -> str:
    return ast.unparse(node).split(".")[-1]


def _declared(tree: Path) -> set[str]:
    project = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {re.split(r"[\s<>=!~\[;]", line)[0].lower() for line in project["dependencies"]}


def _used(tree: Path) -> set[str]:
    return {name.split(".")[0] for _, name in _imported(tree, "core", "pages", "app.py")}
