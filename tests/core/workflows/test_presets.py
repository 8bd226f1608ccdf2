from __future__ import annotations

import pytest

from core.corruptions import chain_text, checked_chain
from core.errors import CorruptionError
from core.records import Condition
from core.store import choices as choice_store
from core.store.database import connect
from core.workflows import presets

FOG = (Condition("field_fog", 2.0), Condition("low_light", 0.0))


def test_our_presets_are_chains_that_can_be_applied():
    found = presets.presets()

    assert [preset.name for preset in found][:2] == ["Dusk", "Night"]
    assert all(checked_chain(preset.chain) and not preset.is_own for preset in found)


def test_an_own_preset_is_kept_in_the_project_without_what_is_off(tiny_project):
    presets.keep_preset(tiny_project, "  Harbour   morning ", FOG)

    found = presets.preset("harbour MORNING", tiny_project)
    assert (found.name, found.is_own) == ("Harbour morning", True)
    assert chain_text(found.chain) == "field_fog:2"
    assert presets.presets(tiny_project)[-1] == found

    presets.keep_preset(tiny_project, "Harbour morning", (Condition("glare", 1.0),))
    assert chain_text(presets.preset("Harbour morning", tiny_project).chain) == "glare:1"

    presets.drop_preset(tiny_project, "Harbour morning")
    presets.drop_preset(tiny_project, "never there")
    assert len(presets.presets(tiny_project)) == len(presets.PRESETS)


@pytest.mark.parametrize(
    ("name", "chain", "says"),
    [
        ("", FOG, "found 0"),
        ("x" * 41, FOG, "found 41"),
        ("night", FOG, "one of Fieldcheck's own"),
        ("Nothing", (Condition("glare", 0.0),), "one to 3"),
    ],
)
def test_what_cannot_be_kept_is_said(tiny_project, name, chain, says):
    with pytest.raises(CorruptionError, match=says):
        presets.keep_preset(tiny_project, name, chain)


def test_an_unknown_preset_lists_those_there_are(tiny_project):
    with pytest.raises(CorruptionError, match="Dusk, Night"):
        presets.preset("Dawn", tiny_project)


def test_a_preset_of_a_later_version_is_left_out_not_lost(tiny_project):
    with connect(tiny_project.database) as db:
        choice_store.choose(db, dial_presets={"New": "sandstorm:2", "Old": "glare:1"})

    names = [preset.name for preset in presets.presets(tiny_project) if preset.is_own]
    presets.keep_preset(tiny_project, "More", FOG)

    assert names == ["Old"]
