from __future__ import annotations

import re

import numpy as np
import pytest

from core.corruptions import (
    chain_text,
    checked_damage,
    corrupt,
    damage_chain,
    damage_title,
    parse_chain,
)
from core.errors import CorruptionError
from core.records import Condition


def test_a_name_is_itself_at_the_swept_severity():
    assert checked_damage("motion_blur:2") == checked_damage(" motion_blur ") == "motion_blur"
    assert damage_chain("motion_blur", 4) == (Condition("motion_blur", 4.0),)
    assert damage_title("low_light") == "Dusk and night"


def test_the_strongest_of_a_chain_has_the_severity_and_the_rest_its_proportion():
    damage = checked_damage("low_light:4 + iso_noise:2")

    assert damage == "low_light:4+iso_noise:2"
    assert damage_chain(damage, 5) == (Condition("low_light", 5.0), Condition("iso_noise", 2.5))
    assert damage_chain("glare+gamma", 3) == (Condition("glare", 3.0), Condition("gamma", 3.0))
    assert damage_title("glare+gamma") == "Glare + dark middle tones"


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("motoin_blur", "Did you mean"),
        ("glare:0+gamma:0", "every severity is 0"),
        ("glare+gamma+hand+box", "one to 3"),
        ("glare+glare", "twice"),
        ("", "No corruption is called"),
    ],
)
def test_what_is_no_damage_is_said(damage, says):
    with pytest.raises(CorruptionError, match=says):
        checked_damage(damage)


def test_options_are_part_of_a_chain_and_survive_its_text():
    text = "field_motion_blur(angle=30):2+box(x=0.3/y=0.5):3"
    chain = parse_chain(text)

    assert chain[1] == Condition("box", 3.0, (("x", 0.3), ("y", 0.5)))
    assert chain_text(chain) == text
    assert checked_damage("field_motion_blur(angle=30)") == "field_motion_blur(angle=30)"
    assert damage_chain(text, 5)[1].options == (("x", 0.3), ("y", 0.5))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("box(z=1):2", "no option 'z'. It has: x, y"),
        ("field_fog(angle=1):2", "It has none"),
        ("box(x=2):2", "from 0 to 1 of the width, 0 left; found 2"),
        ("box(x=nan):2", "found nan"),
        ("box(x):2", "cannot be read"),
        ("box(x=0.5:2", "cannot be read"),
        ("box(x=a):2", "cannot be read"),
    ],
)
def test_an_option_that_makes_no_sense_is_said(text, says):
    with pytest.raises(CorruptionError, match=re.escape(says)):
        parse_chain(text)


def test_a_chosen_direction_is_the_one_seen():
    image = np.zeros((65, 65, 3), np.uint8)
    image[32, 32] = 255

    def spread(angle: float) -> tuple[int, int]:
        found = corrupt(
            image, "field_motion_blur", severity=3, seed=5, options=(("angle", angle),)
        ).any(axis=2)
        return int(found.any(axis=0).sum()), int(found.any(axis=1).sum())

    level, upright = spread(0), spread(90)
    assert level[0] > 3 * level[1] and upright[1] > 3 * upright[0]


@pytest.mark.parametrize("name", ["hand", "occlusion"])
@pytest.mark.parametrize(
    ("side", "at"), [(0, (40, 75)), (90, (75, 40)), (180, (40, 4)), (270, (4, 40))]
)
def test_it_comes_from_the_chosen_side(name, side, at):
    image = np.full((80, 80, 3), 255, np.uint8)

    found = corrupt(image, name, severity=2, seed=1, options=(("side", float(side)),))

    opposite = (79 - at[0], 79 - at[1])
    assert found[at].min() < 250
    assert found[opposite].min() == 255


def test_a_box_stands_where_it_is_put():
    image = np.full((80, 80, 3), 255, np.uint8)

    found = corrupt(image, "box", severity=1, seed=1, options=(("x", 0.2), ("y", 0.8)))

    assert found[64, 16].min() < 250 and found[10, 70].min() == 255
