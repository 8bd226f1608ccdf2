"""Open your own: a model file, a frames folder, a reference folder, each checked at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import FieldcheckError
from core.records import ModelSpec
from core.workflows import opening, pace, projects
from pages._shared import jobs, state
from pages._shared.keys import K
from pages._shared.widgets import expected, progress
from pages._shared.words import literal


def switch_project() -> None:
    """Recent projects, and the sample, in a menu."""
    current = state.project()
    known = dict(projects.recent_projects())
    options: list[projects.Project | None] = list(dict.fromkeys([current, *known]))
    if not any(projects.is_sample(project) for project in [current, *known]):
        options.append(None)
    chosen = st.selectbox(
        "Project", options, key=f"{K.PROJECT_SWITCH}_{current.folder}",  # else it would switch back
        index=0, label_visibility="collapsed",
        format_func=lambda p: known.get(p, p.name) if p else "Sample project",
    )  # fmt: skip
    if chosen == current:
        return
    state.switch_to(chosen or projects.open_sample())
    st.rerun()


def open_own() -> None:
    """The whole form; what is chosen is checked and shown at once, nothing long starts here."""
    title, cancel = st.columns([7, 2], vertical_alignment="bottom")
    title.title("Open your own")
    cancel.button("Cancel", key=K.OPEN_CANCEL, on_click=state.set_opening, args=(False,),
                  width="stretch")  # fmt: skip
    st.write("Your pictures and your model stay where they are; nothing is written to them.")
    # A container each: a preview that appears above must not move the box somebody is typing in,
    # for Streamlit would make a new, empty one in its place.
    with st.container():
        model = _model()
    with st.container():
        field = _folder("Field frames", K.OPEN_FIELD, "Pictures from where the model is used.")
    with st.container():
        reference = _folder(
            "Reference frames (optional)", K.OPEN_REFERENCE,
            "Labelled pictures it is known to do well on, one folder per class.",
        )  # fmt: skip
    if model is None or field is None:
        st.caption("Choose a model file and a field folder to go on.")
        return
    metadata = _metadata(field, reference)
    # What cannot be read must not be left out silently: it is mended, or its box emptied.
    if _is_refused(K.OPEN_REFERENCE, reference) or _is_refused(K.OPEN_METADATA, metadata):
        st.caption("Mend what is marked red, or empty its box, to go on.")
        return
    with st.container():
        pattern = _pattern(field)
    spec = model.spec or _guessed(model, reference)
    if spec is None:
        return
    title = st.text_input("Name of the project", field.folder.name, key=K.OPEN_TITLE)
    pictures = field.pictures + (reference.pictures if reference else 0)
    wait = expected(pace.expected_seconds(pictures))
    st.caption(f"{pictures:,} pictures to read and score: {wait}. You can stop and go on later.")
    already = projects.going_on(
        model.file.path, field.folder, title, reference=reference.folder if reference else None
    )
    if already:
        st.info(literal(already), icon=":material/history:")
    if st.button("Open project", type="primary", key=K.OPEN_CREATE):
        _create(
            model=model.file.path,
            spec=spec,
            field=field.folder,
            reference=reference.folder if reference else None,
            metadata=metadata,
            # A table was found and put into its box: an empty box means that it was taken out.
            find_table=_found_table(field, reference) is None,
            pattern=pattern,
            title=title,
        )


def _is_refused(key: K, found: object) -> bool:
    return found is None and bool(str(st.session_state.get(key) or "").strip(' "'))


def _create(**chosen: Any) -> None:
    try:
        made = projects.create_project(**chosen)
    except FieldcheckError as error:
        st.error(literal(str(error)))
        return
    state.set_opening(False)
    state.switch_to(made)
    jobs.start(made)
    st.rerun()


def _model() -> opening.ModelPreview | None:
    path = _path("Model file", K.OPEN_MODEL, suffix="model")
    if path is None:
        return None
    try:
        found = opening.preview_model(path)
    except FieldcheckError as error:
        st.error(literal(str(error)))
        return None
    with st.container(border=True):
        st.write(literal(opening.model_sentence(found)))
        for note in found.file.notes:
            st.caption(literal(note))
    return found


def _folder(label: str, key: K, help_: str) -> opening.FolderPreview | None:
    path = _path(label, key, help_=help_)
    if path is None:
        return None
    try:
        found = opening.preview_folder(path)
    except FieldcheckError as error:
        st.error(literal(str(error)))
        return None
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        for thumbnail in found.thumbnails:
            st.image(thumbnail, width=110, alt="A picture of this folder")
        st.write(literal(opening.folder_sentence(found)))
    return found


def _found_table(
    field: opening.FolderPreview, reference: opening.FolderPreview | None
) -> Path | None:
    return projects.find_metadata(field.folder, reference.folder if reference else None)


def _metadata(field: opening.FolderPreview, reference: opening.FolderPreview | None) -> Path | None:
    """A table of labels, cameras and times; found beside the frames, or named."""
    found = _found_table(field, reference)
    if found and K.OPEN_METADATA not in st.session_state:
        st.session_state[K.OPEN_METADATA] = str(found)
    path = _path(
        "Table of labels, cameras, times (CSV or COCO, optional)", K.OPEN_METADATA,
        suffix="metadata",
    )  # fmt: skip
    if path is None:
        return None
    try:
        sentence = opening.metadata_sentence(path)
    except FieldcheckError as error:
        st.error(literal(str(error)))
        return None
    with st.container(border=True):
        st.write(literal(sentence))
    return path


def _pattern(field: opening.FolderPreview) -> str | None:
    """What the names of the pictures say: written, or one that fits taken over, and shown."""
    suggested = opening.suggested_patterns(field.folder)
    text = st.text_input(
        "What the names say (optional)", key=K.OPEN_PATTERN, placeholder=next(iter(suggested), ""),
        help="Put what a name tells in braces: `{camera}_{date}_{time}`, or with folders "
        "`{site}/{camera}/{anything}`. Any name becomes a column to compare by; `{camera}`, "
        "`{label}`, `{date}`, `{time}` and `{anything}`, which is skipped, have a meaning.",
    ).strip()  # fmt: skip
    if not text:
        if suggested:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption("These fit:")
                for pattern in suggested:
                    st.button(f"`{pattern}`", key=f"{K.OPEN_PATTERN}_{pattern}",
                              on_click=_take, args=(pattern,))  # fmt: skip
        return None
    try:
        found = opening.preview_names(field.folder, text)
    except FieldcheckError as error:
        st.error(literal(str(error)))
        return None
    with st.container(border=True):
        st.write(literal(opening.names_sentence(found)))
        st.dataframe(opening.names_table(found), hide_index=True, height="content")
    return text


def _take(pattern: str) -> None:
    st.session_state[K.OPEN_PATTERN] = pattern


def _guessed(
    model: opening.ModelPreview, reference: opening.FolderPreview | None
) -> ModelSpec | None:
    """Ask the person, with every way that fits tried on labelled reference frames."""
    st.write("This model does not say what it answers or how pictures are prepared for it.")
    if reference and not st.session_state.get(K.OPEN_CLASSES):
        st.session_state[K.OPEN_CLASSES] = ", ".join(reference.classes)
    names = st.text_input(
        "Class names, in the order of the model's answers, with commas", key=K.OPEN_CLASSES
    )
    classes = tuple(name.strip() for name in names.split(",") if name.strip())
    if reference is None or not classes:
        st.caption("Choose a reference folder with one folder per class to find out.")
        return None
    tried = ("guess", str(model.file.path), classes, str(reference.folder))

    def guess(job: jobs.Job) -> list[opening.Candidate]:
        job.begin_phase("Trying every way that fits on labelled reference frames")
        return opening.guess_spec(
            model.file.path,
            classes,
            reference.folder,
            on_progress=job.report,
            should_stop=job.stop.is_set,
        )

    if st.button("Find out how to read it", key=K.OPEN_GUESS):
        jobs.begin(tried, guess)
    job = jobs.job_of(tried)
    if job is None:
        return None
    progress(job, key=K.OPEN_GUESS_STOP)
    if job.error:
        st.error(literal(job.error))
    return _chosen(job.result or [])


def _chosen(candidates: list[opening.Candidate]) -> ModelSpec | None:
    if not candidates:
        return None
    chosen = st.radio(
        "Which one is it? The best is chosen; change it only if you know better.",
        range(min(5, len(candidates))), key=K.OPEN_CANDIDATE,
        format_func=lambda i: literal(opening.candidate_sentence(candidates[i])),
    )  # fmt: skip
    return candidates[chosen].spec


def _path(
    label: str, key: K, *, suffix: str | None = None, help_: str | None = None
) -> Path | None:
    """
    A path typed or browsed to; starts at home, remembers where the last one was.

    Args:
        suffix: "model", "metadata" or a file suffix; None asks for a folder.
    """
    pending = f"{key}_pending"
    if pending in st.session_state:
        st.session_state[key] = st.session_state.pop(pending)
    field, browse = st.columns([5, 1], vertical_alignment="bottom")
    typed = field.text_input(label, key=key, help=help_, placeholder="Type a path, or browse")
    with browse.popover("Browse", icon=":material/folder:", width="stretch"):
        _browser(key, pending, suffix=suffix)
    text = typed.strip().strip('"')
    return Path(text).expanduser() if text else None


def _browser(key: K, pending: str, *, suffix: str | None) -> None:
    wants_file = suffix is not None
    where = f"{K.BROWSE}_{key}"
    here = Path(st.session_state.get(where, opening.browse_start()))
    try:
        here, folders, files = opening.subfolders(here)
    except FieldcheckError as error:
        st.error(literal(str(error)))
        here, folders, files = opening.subfolders(Path.home())
    st.caption(literal(str(here)))

    def go(to: Path) -> None:
        st.session_state[where] = str(to)

    def choose(path: Path) -> None:
        st.session_state[pending] = str(path)
        opening.remember_browsed(path.parent if wants_file else path)

    with st.container(height=230, border=False):
        st.button("↑ Up", key=f"{where}_up", on_click=go, args=(here.parent,))
        if not wants_file:
            st.button("✓ Use this folder", key=f"{where}_use", on_click=choose, args=(here,))
        for name in folders[:300]:
            st.button(
                f"📁 {literal(name)}", key=f"{where}_{name}", on_click=go, args=(here / name,)
            )
        shown = [name for name in files if opening.is_wanted(name, suffix)] if suffix else []
        for name in shown:
            st.button(
                f"◆ {literal(name)}",
                key=f"{where}_file_{name}",
                on_click=choose,
                args=(here / name,),
            )
        if wants_file and not shown:
            st.caption("No model file here." if suffix == "model" else "No table (CSV) here.")
