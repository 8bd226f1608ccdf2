"""Look-alikes of the tiny project: one list, filters, several pictures, and bad input."""

from __future__ import annotations

import io
import shutil

import numpy as np
import PIL.Image
import pytest

from core.errors import ExtraMissingError, FieldcheckError, NothingYetError, PictureError
from core.findings import frame_maps
from core.records import Action, Folder
from core.store import predictions as prediction_store
from core.store.database import connect
from core.workflows import grid, queue, scores, scoring, similar, similar_index, similar_map


@pytest.fixture
def digests(tiny_project) -> list[str]:
    frames = scores.scores(tiny_project).of(Folder.FIELD).drop_duplicates("content_hash")
    return list(frames["content_hash"])


def change_embeddings(project, change) -> None:
    """Every stored embedding becomes change(place, embedding)."""
    with connect(project.database) as db:
        rows = db.execute("SELECT content_hash, embedding FROM predictions").fetchall()
        for place, (digest, vector) in enumerate(sorted(rows)):
            new = np.asarray(change(place, np.frombuffer(vector, "<f4")), dtype="<f4")
            db.execute(
                "UPDATE predictions SET embedding = ? WHERE content_hash = ?",
                [new.tobytes(), digest],
            )
        prediction_store.bump_revision(db)
        db.conn.commit()


def picture(colour: int, seed: int = 0) -> bytes:
    image = np.random.default_rng(seed).integers(0, 60, (48, 64, 3))
    image[:, :, colour] += 150
    stream = io.BytesIO()
    PIL.Image.fromarray(image.astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def test_the_list_is_that_of_cosines_without_the_frame_and_its_clip(tiny_project, digests):
    found = similar.similar(tiny_project, [digests[0]], count=200)

    frames = scores.scores(tiny_project).frames.drop_duplicates("content_hash")
    clip = frames.set_index("content_hash").loc[digests[0], "clip"]
    others = frames[(frames["clip"] != clip) & frames["answer"].notna()]
    vectors = scores.vectors(tiny_project, "embedding", [digests[0], *others["content_hash"]])
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    true = dict(zip(others["content_hash"], units[1:] @ units[0], strict=True))
    assert set(found.frames["content_hash"]) == set(true)
    assert found.is_proven
    shown = found.frames
    assert np.allclose(shown["likeness"], shown["content_hash"].map(true), atol=5e-5)
    alike = shown[shown["kind"] == "looks_alike"]["likeness"]
    assert (np.diff(alike) <= 0).all()


def test_its_own_clip_comes_when_asked_for_and_one_of_each_clip_is_one(tiny_project, digests):
    clips = scores.scores(tiny_project).frames.set_index("content_hash")["clip"]
    clips = clips[~clips.index.duplicated()]

    own = similar.similar(tiny_project, [digests[0]], clips="all", count=200).frames
    each = similar.similar(tiny_project, [digests[0]], clips="one_each", count=200).frames

    assert clips[digests[0]] in set(own["clip"])
    assert digests[0] not in set(own["content_hash"])
    assert each["clip"].is_unique
    assert set(each["clip"]) == set(clips) - {clips[digests[0]]}


def test_folder_and_label_narrow_the_list_by_what_stands_now(tiny_project, digests):
    reference = similar.similar(tiny_project, [digests[0]], folder="reference", count=200).frames
    assert set(reference["folder"]) == {"reference"}
    assert len(reference) == 60

    grid.label_frames(tiny_project, digests[20:22], "blue")
    blue = similar.similar(tiny_project, [digests[0]], label="blue", count=200).frames

    assert set(digests[20:22]) <= set(blue["content_hash"])
    assert set(blue["label_now"]) == {"blue"}
    labelled = similar.similar(tiny_project, [digests[0]], is_labelled=True, count=200).frames
    assert labelled["label_now"].notna().all()


def test_an_exact_copy_heads_the_list_and_names_its_files(fresh_project, own_frames):
    source = sorted((own_frames.field_folder / "cam1").glob("*.jpg"))[0]
    shutil.copy(source, own_frames.reference_folder / "red" / "copied.jpg")
    scoring.prepare(fresh_project)
    like, pictures = similar.asked(fresh_project, [str(source)])

    found = similar.similar(fresh_project, like, pictures=pictures, count=5)

    assert pictures == []
    assert found.frames["kind"].iloc[0] == "exact_copy"
    assert "reference/red/copied.jpg" in found.frames["note"].iloc[0]
    rows = similar.similar_json(found)
    assert {row["path"] for row in rows if row["kind"] == "exact_copy"} == {
        f"cam1/{source.name}", "red/copied.jpg"
    }  # fmt: skip
    assert [row["kind"] for row in rows].count("exact_copy") == 2


def test_several_pictures_are_their_mean_direction_and_each_row_says_which_is_closest(
    tiny_project, digests
):
    asked = [digests[0], digests[20], digests[40]]

    found = similar.similar(tiny_project, asked, clips="all", count=100).frames

    vectors = scores.vectors(tiny_project, "embedding", [*asked, *found["content_hash"]])
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    alike = found["kind"].to_numpy() == "looks_alike"
    middle = units[:3].sum(axis=0)
    true = units[3:] @ (middle / np.linalg.norm(middle))
    assert np.allclose(found["likeness"][alike], true[alike], atol=5e-5)
    assert set(asked).isdisjoint(found["content_hash"])
    assert list(found["closest"]) == list((units[3:] @ units[:3].T).argmax(axis=1) + 1)


def test_a_picture_from_outside_is_seen_by_the_model_and_a_broken_one_told(tiny_project):
    outside = similar.outside_picture(tiny_project, "mine.png", picture(0))

    found = similar.similar(tiny_project, pictures=[outside], count=10).frames

    assert set(found["answer"]) == {"red"}
    assert "red" in outside.words
    with pytest.raises(PictureError, match=r"bad\.jpg"):
        similar.outside_picture(tiny_project, "bad.jpg", b"\xff\xd8\xff no picture")
    with pytest.raises(PictureError, match=r"empty\.jpg"):
        similar.outside_picture(tiny_project, "empty.jpg", b"")


def test_nan_embeddings_are_found_by_hash_at_most_and_ask_for_nothing(tiny_project, digests):
    bad = sorted(scores.scores(tiny_project).frames["content_hash"].unique())[::2]
    change_embeddings(tiny_project, lambda place, v: v * np.nan if place % 2 == 0 else v)

    good = next(d for d in digests if d not in bad)
    found = similar.similar(tiny_project, [good], clips="all", count=200).frames
    assert set(found.loc[found["kind"] == "looks_alike", "content_hash"]).isdisjoint(bad)

    of_bad = similar.similar(tiny_project, [next(d for d in digests if d in bad)], clips="all")
    assert any("has not answered" in note for note in of_bad.notes)
    assert "looks_alike" not in set(of_bad.frames["kind"])


def test_frames_all_the_same_to_the_model_are_said_to_be_in_the_order_of_content(
    tiny_project, digests
):
    change_embeddings(tiny_project, lambda place, v: np.ones_like(v))

    found = similar.similar(tiny_project, [digests[0]], count=200).frames

    alike = found[found["kind"] == "looks_alike"]
    assert list(alike["content_hash"]) == sorted(alike["content_hash"])
    assert set(alike["note"]) == {"The same to the model"}


def test_nothing_answered_yet_and_one_frame_alone(fresh_project):
    with pytest.raises(NothingYetError, match="no frames yet"):
        similar.similar(fresh_project, ["a" * 64])
    scoring.index_frames(fresh_project)
    digest = scores.scores(fresh_project).frames["content_hash"].iloc[0]

    found = similar.similar(fresh_project, [digest], count=5)

    assert any("not answered" in note for note in found.notes)
    with pytest.raises(NothingYetError, match="answered"):
        similar_map.frame_map(fresh_project)


def test_wrong_questions_are_told(tiny_project, digests):
    for how, said in [
        ({"like": []}, "Name a frame"),
        ({"like": ["f" * 64]}, "No frame of this project"),
        ({"like": digests[:21]}, "too many"),
        ({"like": digests[:1], "clips": "some"}, "no choice"),
        ({"like": digests[:1], "folder": "attic"}, "no folder"),
    ]:
        with pytest.raises(FieldcheckError, match=said):
            similar.similar(tiny_project, **how)


def test_the_index_is_kept_read_again_and_made_anew_when_an_answer_changes(tiny_project):
    first = similar_index.looks_of(tiny_project)
    folder = first.folder
    similar_index._kept.clear()
    again = similar_index.looks_of(tiny_project)
    assert again.folder == folder
    assert (again.index.whole == first.index.whole).all()

    change_embeddings(tiny_project, lambda place, v: v[::-1])
    changed = similar_index.looks_of(tiny_project)

    assert changed.folder != folder
    assert [path.name for path in changed.folder.parent.iterdir()] == [changed.folder.name]


def test_a_disk_that_refuses_costs_only_the_files(tiny_project, digests, monkeypatch):
    def refuse(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.store.near_index._write", refuse)

    assert similar_index.looks_of(tiny_project).folder is None
    assert len(similar.similar(tiny_project, [digests[0]], count=5).frames) == 5
    assert list((tiny_project.folder / "similar").iterdir()) == []


def test_many_get_a_label_after_a_preview_and_one_undo_takes_it_back(tiny_project):
    frames = scores.scores(tiny_project).of(Folder.FIELD).drop_duplicates("content_hash")
    known = frames["label"].isin(["red", "green", "blue"]) & (frames["label"] != "blue")
    red = list(frames[known & (frames["label"] == "red")]["content_hash"][:3])
    bare = list(frames[frames["label"].isna()]["content_hash"][:2])
    blue = list(frames[frames["label"] == "blue"]["content_hash"][:1])

    plan = grid.label_plan(tiny_project, [*red, *bare, *blue], "blue")
    act = grid.label_frames(tiny_project, [*red, *bare, *blue], "blue")

    assert plan.words == (
        "5 frames become “blue”: 3 change from “red”, 2 had no label; "
        "1 frame carries “blue” already and stays."
    )
    assert (act.frames, act.kind) == (5, "label")
    written = queue.reviews_list(tiny_project)
    assert {(row["action"], row["value"]) for row in written} == {(Action.LABEL, "blue")}
    assert {c["hash"] for c in grid.cards(tiny_project, frames) if c["decided"] == "blue"} == {
        *red, *bare
    }  # fmt: skip
    with pytest.raises(FieldcheckError, match="Nothing was changed"):
        grid.label_frames(tiny_project, red, "blue")

    assert grid.undo_act(tiny_project, grid.last_act(tiny_project)) == 5
    assert grid.label_plan(tiny_project, red, "red").changed == ()
    with pytest.raises(FieldcheckError):
        grid.label_frames(tiny_project, red, "no such class")


def test_a_map_draws_part_of_many_and_a_lasso_takes_what_is_not_drawn_too(
    tiny_project, monkeypatch
):
    monkeypatch.setattr(similar_map, "MOST_DRAWN", 12)
    similar_map._frame_map.cache_clear()

    found = similar_map.frame_map(tiny_project)
    again = similar_map.frame_map(tiny_project)

    assert found is again
    assert found.drawn.sum() == 12
    assert "12 of 49 frames are drawn" in found.words
    drawn = similar_map.points(found, colour="camera")
    line = {"x": [-9, 9, 9, -9], "y": [-9, -9, 9, 9]}
    inside = similar_map.drawn_round(found, list(drawn["content_hash"]), [line], colour="folder")
    assert len(inside) == len(found.frames)
    one = similar_map.drawn_round(found, list(drawn["content_hash"][:1]), [], colour="folder")
    assert list(one["content_hash"]) == list(drawn["content_hash"][:1])
    similar_map._frame_map.cache_clear()


def test_a_map_that_needs_a_missing_package_names_the_command(tiny_project, monkeypatch):
    def missing(_rows):
        raise ImportError("no umap")

    monkeypatch.setitem(similar_map.LAYOUTS, "umap", missing)

    with pytest.raises(ExtraMissingError, match="pip install"):
        similar_map.frame_map(tiny_project, way="umap")
    with pytest.raises(FieldcheckError, match="no map"):
        similar_map.frame_map(tiny_project, way="globe")


def test_the_first_map_is_scikit_learns_pca():
    from sklearn.decomposition import PCA

    rows = np.random.default_rng(0).normal(size=(60, 7)) * np.arange(1, 8)

    assert np.allclose(
        np.abs(frame_maps.by_main_directions(rows)), np.abs(PCA(2).fit_transform(rows)), atol=1e-8
    )
    assert frame_maps.by_main_directions(rows[:1]).tolist() == [[0, 0]]
