"""
Whether a .pt2 file can be opened without running code from it.

torch.export.load (2.14) unpickles what an archive calls custom or opaque objects, falls back to a
full unpickling of example inputs, evaluates size expressions as Python, calls whatever function
below `torch` a node names, and runs compiled libraries. None of that is needed for a classifier,
so an archive with anything else than tensors and PyTorch's own operators is refused.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch.export.pt2_archive._package import PT2ArchiveReader

from core.errors import ModelError

_ENTRIES = re.compile(
    r"archive_format|archive_version|byteorder|\.data/\w+|\.format_version|\.storage_alignment"
    r"|models/\w+\.json"
    r"|data/weights/(weight_\d+|\w+_weights_config\.json)"
    r"|data/constants/(tensor_\d+|\w+_constants_config\.json)"
    r"|data/sample_inputs/\w+\.pt"
    r"|extra/.*"
)
_OPERATOR = re.compile(
    r"torch\.ops\.(aten|prims|torchvision|quantized_decomposed)\.\w+(\.\w+)?"
    r"|torch\.ops\.higher_order\.wrap_with_(set_grad_enabled|autocast)"
    r"|_operator\.(add|sub|mul|floordiv|truediv|mod|pow|neg|getitem|eq|ne|lt|le|gt|ge|and_|or_|not_)"
    r"|torch\.sym_(float|int|ite|max|min|not|sum)"
)
_FILE_OPERATORS = re.compile(r"torch\.ops\.aten\.(from_file|save)\b")
_EXPRESSION = re.compile(r"[\w\s(),'+\-*/%<>=&|~.]*")
_EXPRESSION_WORDS = re.compile(
    r"[su]\d+|u?\d+|Symbol|Integer|True|False|positive|nonnegative|integer|Max|Min|Mod|PythonMod"
    r"|FloorDiv|CeilDiv|CleanDiv|ModularIndexing|Where|Eq|Ne|Lt|Le|Gt|Ge|And|Or|Not|floor|ceiling"
)
_NAME = re.compile(r"[\w.]*")
# Free text that is stored, and compared or printed, but never evaluated.
_TEXT = frozenset({"metadata", "torch_version", "as_string", "as_strings"})


def check_harmless(path: Path) -> None:
    """
    Nothing, if opening the archive runs nothing from it.

    Raises:
        ModelError: it could run code, is damaged, or is of the form used before torch 2.8.
    """
    try:
        with path.open("rb") as file:
            archive = PT2ArchiveReader(file)
            reason = next(_reasons(archive), None)
    except (RuntimeError, ValueError, KeyError, EOFError) as error:
        raise ModelError(
            f"{path.name} is not a .pt2 file that PyTorch {torch.__version__} can read. It may be "
            f"damaged or made before torch 2.8; export it again with torch.export.save."
        ) from error
    if reason is not None:
        raise ModelError(
            f"{path.name} holds more than numbers and PyTorch's own operators ({reason}), so "
            f"opening it could run code from the file; it was not opened. Ask for the model as "
            f"ONNX or safetensors, which cannot."
        )


def _reasons(archive: Any) -> Iterator[str]:
    for name in archive.get_file_names():
        if not _ENTRIES.fullmatch(name):
            yield f"an entry {name[:60]}"
        elif name.endswith("_config.json"):
            yield from _config_reasons(json.loads(archive.read_string(name)))
        elif name.startswith("data/sample_inputs/"):
            yield from _pickle_reasons(archive.read_bytes(name), name)
        elif name.startswith("models/"):
            yield from _graph_reasons(json.loads(archive.read_string(name)), "")


def _config_reasons(config: dict[str, Any]) -> Iterator[str]:
    for name, entry in config["config"].items():
        if entry.get("use_pickle"):
            yield f"a pickled entry {name[:60]}"


def _pickle_reasons(content: bytes, name: str) -> Iterator[str]:
    if not content:
        return
    try:
        torch.load(io.BytesIO(content), weights_only=True)
    except Exception:  # whatever fails here would be unpickled in full by torch.export.load
        yield f"a pickled entry {name[:60]}"


def _graph_reasons(found: Any, key: str) -> Iterator[str]:
    """Everything in a model's JSON that is neither plain data nor a known operator."""
    if isinstance(found, dict):
        for name, value in found.items():
            if name not in _TEXT:
                yield from _graph_reasons(value, name)
    elif isinstance(found, list):
        for value in found:
            yield from _graph_reasons(value, key)
    elif isinstance(found, str) and not _is_plain(found, key):
        yield f"{key} {found[:60]!r}"


def _is_plain(text: str, key: str) -> bool:
    if key in {"target", "as_operator"}:
        return bool(_OPERATOR.fullmatch(text)) and not _FILE_OPERATORS.match(text)
    if key in {"expr_str", "guards_code"}:
        words = re.findall(r"\w+", text)
        return bool(_EXPRESSION.fullmatch(text)) and all(map(_EXPRESSION_WORDS.fullmatch, words))
    if key in {"in_spec", "out_spec"}:
        return "__enum__" not in text
    return bool(_NAME.fullmatch(text))
