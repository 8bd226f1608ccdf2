from __future__ import annotations

from core.store import doctor as doctor_store
from core.store.choices import revision
from core.store.database import connect


def test_answers_are_kept_by_preparation_and_view(tmp_path):
    rows = [
        ("m1", "", "a", "red", -0.1),
        ("m1", "whole", "a", "blue", None),
        ("m2", "", "a", "green", -2.0),
        ("m1", "", "b", "red", -0.3),
    ]
    with connect(tmp_path / "p.db") as db:
        doctor_store.save_doctor_answers(db, rows)
        doctor_store.save_doctor_answers(db, [("m1", "", "b", "blue", -0.2)])

        assert doctor_store.load_doctor_answers(db, model_id="m1", view="") == {
            "a": ("red", -0.1), "b": ("blue", -0.2),
        }  # fmt: skip
        assert doctor_store.load_doctor_answers(db, model_id="m1", view="whole") == {
            "a": ("blue", None)
        }
        assert doctor_store.load_doctor_answers(db, model_id="m3", view="") == {}


def test_a_report_is_found_only_under_its_own_circumstances(tmp_path):
    with connect(tmp_path / "p.db") as db:
        before = revision(db)
        doctor_store.save_doctor_report(db, identity="x", report={"state": "confirmed"})

        assert doctor_store.load_doctor_report(db, identity="x") == {"state": "confirmed"}
        assert doctor_store.load_doctor_report(db, identity="y") is None
        assert revision(db) == before  # nothing else read from the project is stale
