"""Entry point: `fieldcheck`, `streamlit run app.py` and `python app.py` all start this."""

from pathlib import Path

import streamlit as st

from pages._shared.server import MIDDLEWARE, ROUTES, lifespan, start

app = st.App(
    Path(__file__).resolve().parent / "pages" / "_shared" / "router.py",
    routes=ROUTES,
    middleware=MIDDLEWARE,
    lifespan=lifespan,
)

if __name__ == "__main__":
    start(app)
