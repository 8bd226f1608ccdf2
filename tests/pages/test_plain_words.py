"""Outside the folds: no word a person would have to look up, no percentage without its count."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.findings.breaking import BreakingPoint
from core.findings.dial_words import breaking_statement
from core.workflows import budget, confidence, dial, projects, queue, scoring, slices
from pages._shared import state
from pages._shared.keys import K
from tests.pages.conftest import ROOT, decide
from tests.pages.reading import chart_words, html_blocks, script_strings, visible_text

JARGON = (
    r"softmax", r"logits?", r"ECE", r"embeddings?", r"calibrat\w+", r"epochs?", r"tensors?",
    r"inferences?", r"hyper-?parameters?", r"OOD", r"out[- ]of[- ]distribution", r"entropy",
    r"precision", r"recall", r"F1", r"AUROC", r"AUC", r"ROC", r"p-values?", r"q-values?",
    r"confidence intervals?", r"n_eff", r"Wilson", r"Newcombe", r"Clopper\W?Pearson", r"Fisher",
    r"bootstrap\w*", r"Brier", r"percentiles?", r"quantiles?", r"variance", r"standard deviation",
    r"covariate", r"distribution shift", r"ground truth", r"false positives?", r"false negatives?",
    r"true positives?", r"true negatives?", r"backbone", r"fine-?tun\w+", r"state_dict",
    r"json", r"sqlite", r"tracebacks?", r"exceptions?", r"stack trace", r"null", r"nan", r"nat",
    r"undefined", r"data ?frames?", r"ndarray", r"dtype", r"boolean", r"regex", r"localhost",
    r"rerun", r"widget", r"streamlit",
)  # fmt: skip
BANNED = re.compile(rf"(?<![\w-])(?:{'|'.join(JARGON)})(?![\w-])", re.IGNORECASE)
# "None of 49 frames" is English; a bare None, True or False is not, nor a name from the code.
LEAKED = re.compile(
    r"\b(?:None(?! of\b)|True|False)\b|<\w[\w.]* object|(?<![/\w“.])[a-z]+_[a-z_]+(?![/\w”.])"
)

PERCENT = re.compile(r"\d\s?%")
# How sure one answer or a mark is: "97 % sure", “99 %”.
SURENESS = re.compile(r"\d[\d.,]*\s?% sure\b|[“\"]\d[\d.,]*\s?%[”\"]")
COUNT = re.compile(
    r"\b\d[\d,]* of (?:the )?\d[\d,]*\b(?! sure)|\bin (?:the )?\d[\d,]* [a-z ]*frames"
)


def jargon_in(block: str) -> list[str]:
    """Words that do not belong on a page."""
    return BANNED.findall(block) + LEAKED.findall(block)


def bare_percentage_in(block: str) -> bool:
    """Whether the block gives a percentage without the count behind it."""
    rest = SURENESS.sub("", block)
    return bool(PERCENT.search(rest)) and not COUNT.search(block)


def problems(blocks: list[str]) -> list[str]:
    return [f"{words}: {block}" for block in blocks if (words := jargon_in(block))] + [
        f"no count: {block}" for block in blocks if bare_percentage_in(block)
    ]


def pages() -> list[str]:
    return [page[0] for _, _, listed in state.PAGES for page in listed]


@pytest.mark.parametrize("stem", pages())
@pytest.mark.usefixtures("tiny_project")
def test_a_loaded_page_speaks_plainly(stem, show):
    said = visible_text(show(stem))

    assert len(said) > 3
    assert problems(said) == []


@pytest.mark.parametrize("stem", pages())
def test_a_page_with_nothing_loaded_speaks_plainly(stem, show):
    assert problems(visible_text(show(stem))) == []


@pytest.mark.parametrize("stem", pages())
def test_a_page_after_some_reviews_speaks_plainly(stem, show, tiny_project):
    decide(tiny_project, 0, "label", "blue")
    decide(tiny_project, 1, "hard_case", "on")
    decide(tiny_project, 2, "skip")
    decide(tiny_project, 3, "note", "a reflection")

    assert problems(visible_text(show(stem))) == []


def test_every_comparison_speaks_plainly(show, tiny_project):
    page = show("slices")
    said = []
    for title in slices.columns(tiny_project).values():
        said += visible_text(page.segmented_control(key=K.SLICES_BY).select(title).run())

    assert problems(said) == []


@pytest.mark.usefixtures("tiny_project")
def test_every_mark_speaks_plainly(show):
    page = show("confidence")
    said = []
    for mark in budget.MARKS:
        said += visible_text(page.select_slider(key=K.CONFIDENCE_THRESHOLD).set_value(mark).run())
    page.button(key=K.CONFIDENCE_CHOOSE).click().run()
    for title in confidence.SECTIONS.values():
        question = page.segmented_control(key=K.CONFIDENCE_SECTION)
        said += visible_text(question.select(title).run())

    assert problems(said) == []


def test_every_damage_and_its_breaking_point_speak_plainly():
    said = [
        part
        for spec in dial.corruptions().values()
        for point in (
            None,
            BreakingPoint(0, 0, "Saw"),
            BreakingPoint(0, 0.01, "Saw"),
            BreakingPoint(2.2, 2.21, "Saw"),
        )
        for part in (
            spec.title,
            spec.looks_like,
            breaking_statement(spec.title, point, "Pliers").headline,
            breaking_statement(spec.title, point, "Pliers").next_step,
        )
    ]

    assert problems(said) == []


def test_the_reasons_of_the_queue_speak_plainly(tiny_project):
    said = [
        item.reason
        for order in queue.ORDERS
        for item in queue.queue(tiny_project, order=order).items
    ]

    assert said
    assert problems(said) == []


@pytest.mark.usefixtures("tiny_project")
def test_the_form_for_your_own_model_speaks_plainly(show, tiny_model, tiny_frames):
    page = show("overview")
    page.button(key=K.OVERVIEW_OPEN_OWN).click().run()
    for key, path in ((K.OPEN_MODEL, tiny_model), (K.OPEN_FIELD, tiny_frames.field_folder)):
        page.text_input(key=key).input(str(path)).run()

    said = visible_text(page)
    assert any("red, green, blue" in block for block in said)
    assert problems(said) == []


@pytest.mark.usefixtures("tiny_project")
def test_a_quick_check_speaks_plainly(show, tiny_frames):
    page = show("overview")
    for path in sorted(tiny_frames.reference_folder.glob("*/00[0-2].jpg")):
        name = f"{path.parent.name}_{path.name}"
        page.file_uploader(key=K.OVERVIEW_QUICK).upload(name, path.read_bytes())

    said = visible_text(page.run())

    assert any("dropped frames" in block for block in said)
    assert problems(said) == []


def test_a_project_without_labels_speaks_plainly(show, tiny_model, own_frames, tmp_path):
    own_frames.metadata.unlink()
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, folder=tmp_path / "bare"
    )
    scoring.prepare(project)
    said = [block for stem in pages() for block in visible_text(show(stem))]

    assert problems(said) == []


def test_the_menu_speaks_plainly():
    said = [part for section, _, listed in state.PAGES for page in listed for part in page[1::2]]

    assert problems([section for section, _, _ in state.PAGES] + said) == []


COMPONENTS = sorted((ROOT / "pages" / "_shared" / "components").rglob("*.html"))


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_speaks_plainly(path: Path):
    said = html_blocks(path.read_text(encoding="utf-8"))
    spoken = script_strings(path.with_suffix(".js").read_text(encoding="utf-8"))

    assert problems(said) == []
    # Counts and amounts are put into scripts while they run; only their words can be read here.
    assert [words for text in spoken for words in BANNED.findall(text)] == []


@pytest.mark.parametrize(
    "block",
    [
        "The softmax is 0.98.",
        "Compare the embeddings of these frames",
        "ECE 0.03",
        "It is calibrated on the reference",
        "Unlike the rest (out-of-distribution)",
        "The 95 confidence interval is wide",
        "Traceback (most recent call last)",
        "Camera: None",
        "Camera: nan",
        "not_enough",
        "the column drop_low of 3",
        "n_eff is 20",
        "is right: False",
    ],
)
def test_jargon_is_noticed(block):
    assert jargon_in(block)


@pytest.mark.parametrize(
    "block",
    [
        "None of 49 frames looked at yet.",
        "Right in 27 of 44 frames",
        "It looks like rain on the lens",
        "Nobody recalled it in nature",
        "cam1/no_row.jpg",
        "time in “taken_at”",
    ],
)
def test_plain_english_passes(block):
    assert not jargon_in(block)


@pytest.mark.parametrize(
    "block",
    [
        "Right in 61 %.",
        "61% of frames",
        "between 46 and 74 %",
        "97 % sure it is pliers; 61 % are right",
        "Said 0 to 5 of 100 sure: 40 %",
        "over 99 %",
    ],
)
def test_a_percentage_without_its_count_is_noticed(block):
    assert bare_percentage_in(block)


@pytest.mark.parametrize(
    "block",
    [
        "Right in 27 of 44 frames (61 %, between 46 and 74 %).",
        "1,027 of 2,044 (50 %)",
        "Wrong in 5 of the 34 frames where it was at least 99 % sure.",
        "61 % right in 44 labelled frames",
        "97 % sure it is pliers; the label says hammer",
        "over 99 % sure it is kiwi",
        "Can I trust “99 %”?",
        "Right in 27 of 44 frames",
    ],
)
def test_a_percentage_with_its_count_passes(block):
    assert not bare_percentage_in(block)


def test_words_are_found_wherever_a_page_can_put_them():
    def script() -> None:
        import pandas as pd
        import plotly.graph_objects as go
        import streamlit as st

        st.title("seen title")
        st.markdown("seen markdown")
        st.caption("seen caption")
        st.html("<style>.unseen {}</style><p aria-label='seen name'>seen <b>html</b></p>")
        st.error("seen error")
        st.button("seen button", help="seen tip")
        st.selectbox("seen label", [1, 2], format_func=lambda n: f"seen option {n}")
        st.segmented_control("seen control", ["seen segment"])
        st.radio("seen radio", ["seen choice"])
        st.progress(0.5, "seen progress")
        st.text_input("seen input", placeholder="seen placeholder")
        st.dataframe(pd.DataFrame({"seen column": ["seen cell"]}))
        figure = go.Figure(go.Bar(x=[1], y=[1], name="seen bar", hovertext=["seen hover"]))
        figure.update_layout(title_text="seen heading", xaxis_title="seen axis", showlegend=True)
        figure.add_annotation(text="seen note")
        st.plotly_chart(figure)
        st.columns(2)[1].write("seen in a column")
        with st.sidebar:
            st.write("seen beside")
        with st.expander("seen fold"):
            st.write("unseen inside")
        with st.popover("seen popover"):
            st.write("unseen until opened")

        @st.dialog("seen dialog")
        def ask() -> None:
            st.write("seen in the dialog")

        ask()

    said = visible_text(AppTest.from_function(script).run())

    for word in (
        "title", "markdown", "caption", "name", "error", "button", "tip", "label", "option 1",
        "option 2", "control", "segment", "radio", "choice", "progress", "input", "placeholder",
        "column", "cell", "bar", "hover", "heading", "axis", "note", "in a column", "beside",
        "fold", "popover", "dialog", "in the dialog",
    ):  # fmt: skip
        assert f"seen {word}" in said, (word, said)
    assert "html" in " ".join(said)
    assert not any("unseen" in block for block in said)


def test_a_table_with_an_empty_cell_shows_a_word_nobody_wrote():
    def script() -> None:
        import pandas as pd
        import streamlit as st

        st.dataframe(pd.DataFrame({"camera": ["a", None]}))
        st.dataframe(pd.DataFrame({"place": ["b", None]}), placeholder="")

    said = visible_text(AppTest.from_function(script).run())

    assert said.count("None") == 1


def test_the_words_of_a_script_are_told_from_its_code():
    script = """
    // 'not this comment'
    const name = 'stack', line = `Not saved yet: ${S.outbox.map((e) => { return e; })}. Wait`;
    """

    assert script_strings(script) == ["Not saved yet: …. Wait"]


def test_the_words_of_a_chart_are_read():
    spec = (
        '{"data": [{"name": "a", "showlegend": false, "text": ["b<br>c"]}],'
        '"layout": {"yaxis2": {"title": {"text": "d"}, "ticktext": ["e"]}}}'
    )

    assert chart_words(spec) == ["b c", "d", "e"]
