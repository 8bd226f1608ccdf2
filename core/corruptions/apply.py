"""The one door: a picture, a corruption's name, a severity and a seed give the damaged picture."""

from __future__ import annotations

import difflib
from hashlib import blake2b

import numpy as np

from core.corruptions.registry import CORRUPTIONS
from core.corruptions.severity import parameter_at
from core.errors import CorruptionError
from core.records import Image
from core.settings import SETTINGS

Options = tuple[tuple[str, float], ...]


def corrupt(image: Image, name: str, *, severity: float, seed: int, options: Options = ()) -> Image:
    """
    The picture under one named damage.

    The pattern (where noise, drops or smudges fall) comes from the seed and the name alone;
    severity only scales it, so neighbouring severities give neighbouring pictures. Parameters in
    pixels are stretched by short side / 224, the size ImageNet-C was designed for; noise is per
    pixel and JPEG blocks stay 8 pixels wide at every size.

    Args:
        image: RGB uint8, shape (height, width, 3), at the working size; not changed.
        name: a key of CORRUPTIONS.
        severity: 0..5; 0 gives the same pixels back, whole numbers the rows of the table.
        seed: 0 or more; `frame_seed` gives each frame its own.
        options: what would else be left to chance, such as (("angle", 30.0),).

    Returns:
        A new array of the same shape and dtype.

    Raises:
        CorruptionError: the name is unknown, the severity or seed is out of range, the array is
            not an RGB uint8 picture, or the corruption has no such option.
    """
    spec = CORRUPTIONS[checked_name(name)]
    _check_picture(image)
    if seed < 0:
        raise CorruptionError(f"The seed is {seed}. Give a whole number from 0 up.")
    parameter = parameter_at(spec.parameters, severity)
    chosen = dict(checked_options(name, options))
    if severity == 0:
        return image.copy()
    scale = min(image.shape[:2]) / SETTINGS.reference_side
    # The name is part of the seed so that two noises in a chain do not share one pattern.
    rng = np.random.default_rng([seed, *name.encode()])
    return spec.apply(np.ascontiguousarray(image), parameter, scale, rng, **chosen)


def frame_seed(content_hash: str, seed: int) -> int:
    """A frame's own seed, 0..2**63 - 1: the same on every machine and in every version."""
    digest = blake2b(f"{content_hash}:{seed}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def checked_options(name: str, options: Options) -> Options:
    """
    The options as they came.

    Raises:
        CorruptionError: the corruption has none of that name, or a value is out of its range.
    """
    known = {option.name: option for option in CORRUPTIONS[checked_name(name)].options}
    for key, value in options:
        if key not in known:
            has = f"It has: {', '.join(known)}." if known else "It has none."
            raise CorruptionError(f"'{name}' has no option '{key}'. {has}")
        option = known[key]
        if not option.low <= value <= option.high:
            raise CorruptionError(
                f"'{key}' of '{name}' goes from {option.low:g} to {option.high:g} {option.unit}; "
                f"found {value:g}."
            )
    return options


def checked_name(name: str) -> str:
    """
    The name as it came.

    Raises:
        CorruptionError: no corruption is called so; the message offers the nearest name.
    """
    if name in CORRUPTIONS:
        return name
    close = difflib.get_close_matches(name, CORRUPTIONS, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    raise CorruptionError(
        f"No corruption is called '{name}'.{hint} "
        f"The {len(CORRUPTIONS)} names are listed by: fieldcheck corruptions"
    )


def _check_picture(image: Image) -> None:
    found = f"{getattr(image, 'dtype', type(image).__name__)} {getattr(image, 'shape', '')}".strip()
    is_picture = (
        isinstance(image, np.ndarray)
        and image.dtype == np.uint8
        and image.ndim == 3
        and image.shape[2] == 3
        and image.size > 0
    )
    if not is_picture:
        raise CorruptionError(
            f"A corruption needs an RGB picture as uint8 (height, width, 3); found {found}. "
            "Decode the file with fieldcheck, or convert the array to RGB uint8 first."
        )
