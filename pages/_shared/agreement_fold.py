"""Below the queue: do looks at the same frame agree?"""

import streamlit as st

from core.workflows import agreement
from core.workflows.projects import Project
from pages._shared import widgets
from pages._shared.keys import K


def fold(project: Project) -> None:
    """How often a reviewer says the same again, and two reviewers the same; folded away."""
    box = st.expander(
        "Do two looks at the same frame agree?", icon=":material/balance:",
        key=K.QUEUE_AGREEMENT, on_change="rerun",
    )  # fmt: skip
    if not box.open:
        return
    with box:
        found = agreement.agreement(project)
        for looks in (found.own, found.others):
            widgets.finding(looks.statement)
            widgets.lines(looks.pairs)
        widgets.fold(
            f"{agreement.METHOD}\n\nOwn looks: {found.own.beyond_chance} "
            f"Reviewers: {found.others.beyond_chance}"
        )
