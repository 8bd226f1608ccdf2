"""Earlier states of the project, folded away: which there are, and how one is put back."""

import streamlit as st

from core.errors import FieldcheckError
from core.workflows import backups
from core.workflows.projects import Project
from pages._shared.keys import K


def fold(project: Project) -> None:
    """The list of backups with a button that puts the chosen one back."""
    with st.expander("Earlier states of your reviews", icon=":material/settings_backup_restore:"):
        if said := st.session_state.pop(f"{K.BACKUPS}_said", None):
            st.success(said)
        found = {one.name: one for one in backups.backups(project) if one.decisions is not None}
        if not found:
            st.write(
                "There is no backup yet. The first one is made by itself soon after the first "
                "decision."
            )
            return
        st.write(
            "The project is backed up by itself while you decide. Putting a backup back replaces "
            "every decision and choice; what the project holds now is kept aside, never deleted."
        )
        chosen = st.selectbox(
            "Backup", list(found), key=K.BACKUPS,
            format_func=lambda name: backups.backup_words(found[name]),
        )  # fmt: skip
        if st.button("Put this one back", key=K.BACKUPS_RESTORE, icon=":material/history:"):
            try:
                st.session_state[f"{K.BACKUPS}_said"] = backups.restore(project, chosen)
            except FieldcheckError as error:
                st.error(str(error))
            else:
                st.rerun()
