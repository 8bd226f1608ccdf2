from __future__ import annotations

import pytest

from core.corruptions import checked_damage, damage_chain, damage_title
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
