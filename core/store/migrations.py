"""
The database's changes, one function each, never edited once shipped.

Every table is STRICT. Reviews are append-only: triggers refuse to change or delete a row.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

migrations = Migrations("fieldcheck")


@migrations(name="0001_settings")
def create_settings(db: Database) -> None:
    """What the person chose for this project: one JSON value per key."""
    db.execute("CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT")


@migrations(name="0002_frames")
def create_frames(db: Database) -> None:
    """One row per picture file; a picture that cannot be read has a reason and no hash."""
    db.execute("""
        CREATE TABLE frames (
            folder TEXT NOT NULL, path TEXT NOT NULL,
            size_bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
            content_hash TEXT, width INTEGER, height INTEGER, picture_hash TEXT,
            taken_at TEXT, camera TEXT, broken_reason TEXT,
            PRIMARY KEY (folder, path),
            CHECK ((content_hash IS NULL) = (broken_reason IS NOT NULL))
        ) STRICT""")
    db.execute("CREATE INDEX frames_by_hash ON frames (content_hash)")


@migrations(name="0003_predictions")
def create_predictions(db: Database) -> None:
    """One row per picture content and model; logits and embedding are little-endian float32."""
    db.execute("""
        CREATE TABLE predictions (
            model_id TEXT NOT NULL, content_hash TEXT NOT NULL,
            answer TEXT NOT NULL, confidence REAL NOT NULL, entropy REAL NOT NULL,
            top3 TEXT NOT NULL, logits BLOB NOT NULL, embedding BLOB NOT NULL,
            PRIMARY KEY (model_id, content_hash)
        ) STRICT""")


@migrations(name="0004_reviews")
def create_reviews(db: Database) -> None:
    """One row per decision. Rows are never updated; undo is a row that names another."""
    db.execute("""
        CREATE TABLE reviews (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE, client TEXT NOT NULL, sequence INTEGER NOT NULL,
            content_hash TEXT NOT NULL, action TEXT NOT NULL, value TEXT,
            reviewer TEXT NOT NULL, at TEXT NOT NULL, undoes TEXT,
            UNIQUE (client, sequence),
            CHECK ((action = 'undo') = (undoes IS NOT NULL))
        ) STRICT""")
    db.execute("CREATE INDEX reviews_by_hash ON reviews (content_hash)")
    db.execute("CREATE INDEX reviews_by_undoes ON reviews (undoes)")
    for verb in ("UPDATE", "DELETE"):
        db.execute(f"""
            CREATE TRIGGER reviews_no_{verb.lower()} BEFORE {verb} ON reviews
            BEGIN SELECT RAISE(ABORT, 'reviews are append-only'); END""")


@migrations(name="0005_reviews_no_replace")
def refuse_replaced_reviews(db: Database) -> None:
    """INSERT OR REPLACE deletes without the triggers above, unless a connection asks for them."""
    db.execute("""
        CREATE TRIGGER reviews_no_replace BEFORE INSERT ON reviews
        WHEN EXISTS (
            SELECT 1 FROM reviews
            WHERE id = NEW.id OR position = NEW.position
                OR (client = NEW.client AND sequence = NEW.sequence)
        )
        BEGIN SELECT RAISE(ABORT, 'reviews are append-only'); END""")


@migrations(name="0006_stress_answers")
def create_stress_answers(db: Database) -> None:
    """One row per picture content, model, chain and seed: what was said of the damaged picture."""
    db.execute("""
        CREATE TABLE stress_answers (
            model_id TEXT NOT NULL, content_hash TEXT NOT NULL, chain TEXT NOT NULL,
            seed INTEGER NOT NULL, answer TEXT NOT NULL, confidence REAL NOT NULL,
            PRIMARY KEY (model_id, seed, chain, content_hash)
        ) STRICT""")


@migrations(name="0007_reserved")
def create_reserved(db: Database) -> None:
    """
    Hold-outs, and the pictures each one locks away from everything that fits.

    `kind` is original, clip (a frame of an original's clip) or damaged (a picture written). The
    picture hashes find near-copies that come later. An unlocked hold-out keeps its rows, so that
    it stays known that it once was unlocked.
    """
    db.execute("""
        CREATE TABLE holdouts (
            name TEXT PRIMARY KEY, path TEXT NOT NULL, identity TEXT NOT NULL,
            pictures INTEGER NOT NULL, locked_at TEXT NOT NULL, finished_at TEXT, unlocked_at TEXT
        ) STRICT""")
    db.execute("""
        CREATE TABLE reserved (
            holdout TEXT NOT NULL, content_hash TEXT NOT NULL, kind TEXT NOT NULL,
            picture_hash TEXT,
            PRIMARY KEY (holdout, content_hash, kind),
            CHECK (kind IN ('original', 'clip', 'damaged'))
        ) STRICT""")


@migrations(name="0008_cue_answers")
def create_cue_answers(db: Database) -> None:
    """One row per picture content, model, cue change and seed; or why it could not be changed."""
    db.execute("""
        CREATE TABLE cue_answers (
            model_id TEXT NOT NULL, content_hash TEXT NOT NULL, change TEXT NOT NULL,
            seed INTEGER NOT NULL, answer TEXT, confidence REAL, left_out TEXT,
            PRIMARY KEY (model_id, seed, change, content_hash),
            CHECK ((answer IS NULL) = (left_out IS NOT NULL))
        ) STRICT""")


@migrations(name="0009_frame_quality")
def create_frame_quality(db: Database) -> None:
    """One row per picture content: what was measured of it. `version` is that of the measures."""
    db.execute("""
        CREATE TABLE frame_quality (
            content_hash TEXT PRIMARY KEY, version INTEGER NOT NULL,
            brightness REAL NOT NULL, contrast REAL NOT NULL, sharpness REAL, noise REAL,
            warmth REAL NOT NULL, dark_share REAL NOT NULL, bright_share REAL NOT NULL,
            colours INTEGER NOT NULL, luma_entropy REAL NOT NULL,
            laplacian_variance REAL NOT NULL, jpeg_quality INTEGER,
            camera_make TEXT, camera_model TEXT
        ) STRICT""")


@migrations(name="0010_doctor")
def create_doctor(db: Database) -> None:
    """What the model said of frames prepared otherwise, so that a check resumes; and its report."""
    db.execute("""
        CREATE TABLE doctor_answers (
            model_id TEXT NOT NULL, view TEXT NOT NULL, content_hash TEXT NOT NULL,
            answer TEXT NOT NULL, likelihood REAL,
            PRIMARY KEY (model_id, view, content_hash)
        ) STRICT""")
    db.execute("""
        CREATE TABLE doctor_reports (
            identity TEXT PRIMARY KEY, at TEXT NOT NULL, report TEXT NOT NULL
        ) STRICT""")


@migrations(name="0011_saved_slices")
def create_saved_slices(db: Database) -> None:
    """One row per slice a person named; a dropped one keeps its row and frees its name."""
    db.execute("""
        CREATE TABLE saved_slices (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL, rules TEXT NOT NULL, origin TEXT NOT NULL,
            made_at TEXT NOT NULL, dropped_at TEXT
        ) STRICT""")
    db.execute(
        "CREATE UNIQUE INDEX saved_slices_by_name ON saved_slices (name) WHERE dropped_at IS NULL"
    )


@migrations(name="0012_crossed_answers")
def create_crossed_answers(db: Database) -> None:
    """What a learner said of frames it had not seen, for one state of frames and labels."""
    db.execute("""
        CREATE TABLE crossed_answers (
            identity TEXT NOT NULL, content_hash TEXT NOT NULL, probabilities BLOB NOT NULL,
            PRIMARY KEY (identity, content_hash)
        ) STRICT""")
    db.execute("""
        CREATE TABLE crossed_folds (
            identity TEXT NOT NULL, fold INTEGER NOT NULL, PRIMARY KEY (identity, fold)
        ) STRICT""")


@migrations(name="0013_review_order")
def create_review_order(db: Database) -> None:
    """
    Reviews by time, for the newest one; and pictures two databases decided differently.

    `earlier` and `later` are the ids of the two reviews, in the order of reviews.
    """
    db.execute("CREATE INDEX reviews_by_time ON reviews (at, id)")
    db.execute("""
        CREATE TABLE conflicts (
            content_hash TEXT NOT NULL, earlier TEXT NOT NULL, later TEXT NOT NULL,
            PRIMARY KEY (content_hash, earlier, later)
        ) STRICT""")


@migrations(name="0014_reviews_asked")
def create_reviews_asked(db: Database) -> None:
    """How a decision was asked for: blind, as a second look, or both; NULL openly."""
    db.execute("""
        ALTER TABLE reviews ADD COLUMN asked TEXT
        CHECK (asked IN ('blind', 'second', 'blind second'))""")


@migrations(name="0015_saved_queues")
def create_saved_queues(db: Database) -> None:
    """
    One row per queue a person named, one per frame it holds; known by a UUID on every laptop.

    A frame without a place matched when the queue was saved and was not taken: it is not new.
    `narrow` is the slice rule of the view it was made from.
    """
    db.execute("""
        CREATE TABLE saved_queues (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, queue_order TEXT NOT NULL,
            narrow TEXT NOT NULL, audit_share REAL NOT NULL, blind_share REAL NOT NULL,
            made_by TEXT NOT NULL, made_at TEXT NOT NULL, dropped_at TEXT
        ) STRICT""")
    db.execute("""
        CREATE TABLE saved_queue_frames (
            queue_id TEXT NOT NULL, content_hash TEXT NOT NULL, place INTEGER,
            is_audit INTEGER NOT NULL,
            PRIMARY KEY (queue_id, content_hash), CHECK (is_audit IN (0, 1))
        ) STRICT""")


@migrations(name="0016_session_ends")
def create_session_ends(db: Database) -> None:
    """
    When a person ended a session; all else about sessions follows from the reviews' times.

    From here on an undo may name an undo, which older versions would not understand.
    """
    db.execute("""
        CREATE TABLE session_ends (
            id TEXT PRIMARY KEY, reviewer TEXT NOT NULL, at TEXT NOT NULL
        ) STRICT""")


@migrations(name="0019_frozen_sets")
def create_frozen_sets(db: Database) -> None:
    """
    One row per version of a set of hard cases, its frames with it: rows are never changed.

    `id` is a SHA-256 of the rest. Two laptops may give one name and version to different frames,
    so these two together are not unique. `frames` is a JSON list of lists.
    """
    db.execute("""
        CREATE TABLE frozen_sets (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL,
            origin TEXT NOT NULL, model_id TEXT, reviewer TEXT NOT NULL, made_at TEXT NOT NULL,
            follows TEXT, count INTEGER NOT NULL, frames TEXT NOT NULL
        ) STRICT""")
    for verb in ("UPDATE", "DELETE"):
        db.execute(f"""
            CREATE TRIGGER frozen_sets_no_{verb.lower()} BEFORE {verb} ON frozen_sets
            BEGIN SELECT RAISE(ABORT, 'frozen sets never change'); END""")
    db.execute("""
        CREATE TRIGGER frozen_sets_no_replace BEFORE INSERT ON frozen_sets
        WHEN EXISTS (SELECT 1 FROM frozen_sets WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'frozen sets never change'); END""")


@migrations(name="0021_camera_views")
def create_camera_views(db: Database) -> None:
    """What is kept of each picture to tell how its camera fares; `version` is of how it is made."""
    db.execute("""
        CREATE TABLE camera_views (
            content_hash TEXT PRIMARY KEY, version INTEGER NOT NULL, pixels TEXT NOT NULL,
            tiles BLOB NOT NULL, samples BLOB NOT NULL, view BLOB NOT NULL, tint REAL NOT NULL
        ) STRICT""")


def unknown_to_us(connection: sqlite3.Connection) -> list[str]:
    """Names of steps a newer Fieldcheck has made in this database, in order; reads only."""
    has_steps = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE name = ?", [migrations.migrations_table]
    ).fetchone()
    if not has_steps:
        return []
    rows = connection.execute(
        f"SELECT name FROM {migrations.migrations_table} WHERE migration_set = ? ORDER BY name",
        [migrations.name],
    )
    known = {step.name for step in migrations._migrations}
    return [name for (name,) in rows if name not in known]
