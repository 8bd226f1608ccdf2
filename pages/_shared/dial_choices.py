"""What the dial is turned on: up to three damages, presets, and the size."""

from __future__ import annotations

import streamlit as st

from core.errors import FieldcheckError
from core.workflows import dial, presets
from core.workflows.projects import Project
from pages._shared import state
from pages._shared.keys import K
from pages._shared.words import literal

BY_CHANCE = "by chance"


def damages() -> list[str]:
    """The names of the damages chosen, in the order they are applied."""
    known = dial.corruptions()
    chosen: list[str] = st.multiselect(
        f"Damage, up to {dial.CHAIN_MAX} one after the other",
        list(known),
        default=[next(iter(known))],
        max_selections=dial.CHAIN_MAX,
        format_func=lambda name: known[name].title,
        key=K.DIAL_CORRUPTIONS,
        persist_state="session",
    )
    return chosen


def options(names: list[str]) -> dict[str, dict[str, float]]:
    """What else the person chose about each damage, where they did not leave it to chance."""
    asked = [(name, option) for name in names for option in dial.corruptions()[name].options]
    chosen: dict[str, dict[str, float]] = {name: {} for name in names}
    if not asked:
        return chosen
    for column, (name, option) in zip(st.columns(len(asked)), asked, strict=True):
        value = column.select_slider(
            f"{dial.corruptions()[name].title}: {option.title.lower()}",
            [BY_CHANCE, *dial.option_steps(option)],
            key=f"{K.DIAL_OPTION}_{name}_{option.name}", persist_state="session",
            help=f"{option.low:g} to {option.high:g} {option.unit}.",
        )  # fmt: skip
        if value != BY_CHANCE:
            chosen[name][option.name] = value
    return chosen


def presets_and_size(project: Project) -> int:
    """A row of presets, the person's own among them, and the short side to damage at."""
    pick, keep, size = st.columns([12, 5, 6], vertical_alignment="bottom")
    known = presets.presets(project)
    pick.pills(
        "Or as people know it", [preset.name for preset in known], key=K.DIAL_PRESET,
        on_change=_take_preset, args=(project,), wrap=True, format_func=literal,
    )  # fmt: skip
    with keep.popover("Keep as preset", width="stretch"):
        _own_presets(project, known)
    is_small = size.toggle(
        "ImageNet-C mode", key=K.DIAL_SIZE, persist_state="session",
        help=f"Damages the frame at {dial.SIZES[1]} pixels, the size the published figures were "
        f"made at, instead of {dial.SIZES[0]}.",
    )  # fmt: skip
    return dial.SIZES[1 if is_small else 0]


def _take_preset(project: Project) -> None:
    name = st.session_state.get(K.DIAL_PRESET)
    if name is None:
        return
    chain = presets.preset(name, project).chain
    st.session_state[K.DIAL_PRESET] = None  # so that the same one can be chosen again
    st.session_state[K.DIAL_CORRUPTIONS] = [condition.name for condition in chain]
    here = state.session()
    here.dial_levels = [condition.severity for condition in chain]
    here.dial_round += 1
    for condition in chain:
        given = dict(condition.options)
        for option in dial.corruptions()[condition.name].options:
            value = dial.nearest_step(option, given.get(option.name))
            key = f"{K.DIAL_OPTION}_{condition.name}_{option.name}"
            st.session_state[key] = BY_CHANCE if value is None else value


def _own_presets(project: Project, known: list[presets.Preset]) -> None:
    st.text_input("Name", key=K.DIAL_PRESET_NAME, placeholder="Loading bay in the morning")
    st.button(
        "Keep what is on the sliders", key=K.DIAL_PRESET_KEEP, on_click=_keep, args=(project,)
    )
    if problem := state.session().dial_problem:
        st.error(literal(problem))
    for number, own in enumerate(preset for preset in known if preset.is_own):
        st.button(
            f"Forget “{own.name}”", key=f"{K.DIAL_PRESET_DROP}_{number}",
            on_click=presets.drop_preset, args=(project, own.name),
        )  # fmt: skip


def _keep(project: Project) -> None:
    here = state.session()
    try:
        name = st.session_state.get(K.DIAL_PRESET_NAME) or ""
        presets.keep_preset(project, name, here.dial_shown)
        here.dial_problem = ""
        st.session_state[K.DIAL_PRESET_NAME] = ""
    except FieldcheckError as error:
        here.dial_problem = str(error)
