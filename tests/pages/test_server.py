"""The local routes: for this machine and our pages only, saved before answered, plain errors."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import uuid
from contextlib import closing
from io import BytesIO

import numpy as np
import PIL.Image
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from core import project as project_module
from core.records import Condition
from core.workflows import dial, doors, queue, scores, scoring
from pages._shared import server

HERE = "http://127.0.0.1:8501"


@pytest.fixture
def client() -> TestClient:
    """Our routes and middleware around a page that stands for Streamlit's."""
    page = Route("/", lambda request: PlainTextResponse("a page"))
    app = Starlette(routes=[*server.ROUTES, page], middleware=server.MIDDLEWARE)
    return TestClient(app, base_url=HERE, raise_server_exceptions=False)


@pytest.fixture
def token(tiny_project) -> str:
    return doors.open_door(tiny_project)


@pytest.fixture
def digest(tiny_project) -> str:
    """The content hash of the first frame by path."""
    return str(scores.dial_frames(tiny_project)["content_hash"].iloc[0])


def decision(digest: str, **changes: object) -> dict[str, object]:
    """An event as the queue component sends it."""
    return {
        "id": str(uuid.uuid4()), "client": "tab", "sequence": 1, "content_hash": digest,
        "action": "label", "value": "green", "undoes": None,
    } | changes  # fmt: skip


def rows(project) -> list[tuple[str, str, str | None]]:
    """(id, action, value) of every review on disk, read past Fieldcheck."""
    with closing(sqlite3.connect(f"file:{project.database}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT id, action, value FROM reviews").fetchall()


def is_plain(response) -> bool:
    """A sentence for a person: no path, no code, no insides."""
    said = response.json()["error"]
    return " " in said and not any(bad in said for bad in ("/", "Error", "Traceback", "<"))


@pytest.mark.parametrize("path", ["/", "/api/queue/x"])
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8501", "", "0.0.0.0:8501"]
)
def test_another_host_name_is_refused(host, path, client):
    assert client.get(path, headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:8501", "localhost"])
def test_this_machine_is_answered(host, client):
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_our_routes_refuse_other_sites(site, client, tiny_project, token, digest):
    headers = {"Sec-Fetch-Site": site}

    read = client.get(f"/api/queue/{token}", headers=headers)
    written = client.post(f"/api/queue/{token}/events", json=decision(digest), headers=headers)

    assert (read.status_code, written.status_code) == (403, 403)
    assert rows(tiny_project) == []


def test_a_link_from_elsewhere_may_open_a_page(client):
    assert client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/queue/{token}", "/nothing/here"])
def test_every_answer_forbids_other_origins(path, client, token):
    headers = client.get(path.format(token=token)).headers

    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "http:" not in policy and "https:" not in policy and "*" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/pictures/{token}/0"),
        ("GET", "/api/dial/{token}/0?corruption=low_light"),
        ("GET", "/api/pictures/{token}/0?size=full"),
        ("GET", "/api/around/{token}/0"),
        ("GET", "/api/queue/{token}"),
        ("POST", "/api/queue/{token}/events"),
    ],
)
@pytest.mark.usefixtures("tiny_project")
def test_a_door_of_an_earlier_server_is_told_to_wait(method, path, client):
    response = client.request(method, path.format(token="forgotten"), json={})

    assert response.status_code == 410
    assert is_plain(response)


@pytest.mark.parametrize(("size", "long_side"), [("thumb", 192), ("display", 1280)])
def test_a_picture_is_a_jpeg_no_larger_than_asked(size, long_side, client, token, digest):
    response = client.get(f"/api/pictures/{token}/{digest}?size={size}")

    picture = PIL.Image.open(BytesIO(response.content))
    assert response.headers["content-type"] == "image/jpeg"
    assert picture.format == "JPEG" and max(picture.size) <= long_side


@pytest.mark.parametrize("asked", ["0" * 32, "..%2F..%2Fmetadata.csv", "fieldcheck.db", "%00"])
def test_only_pictures_of_the_project_are_given_out(asked, client, token):
    response = client.get(f"/api/pictures/{token}/{asked}")

    assert response.status_code in (400, 404)
    assert "image" not in response.headers["content-type"]
    assert "fieldcheck.db" not in response.text


def test_a_picture_that_broke_since_is_a_plain_answer_without_its_place(
    client, fresh_project, own_frames
):
    scoring.index_frames(fresh_project)
    frame = scores.scores(fresh_project).frames.iloc[0]
    place = {"field": own_frames.field_folder, "reference": own_frames.reference_folder}
    (place[frame["folder"]] / frame["path"]).write_bytes(b"\xff\xd8\xff junk")
    token = doors.open_door(fresh_project)

    broken = client.get(f"/api/pictures/{token}/{frame['content_hash']}")
    (place[frame["folder"]] / frame["path"]).unlink()
    gone = client.get(f"/api/pictures/{token}/{frame['content_hash']}")

    assert (broken.status_code, gone.status_code) == (400, 400)
    assert str(own_frames.root) not in broken.text + gone.text
    assert broken.json()["error"] and is_plain(gone)


@pytest.mark.parametrize("severity", [0.0, 2.5, 5.0])
@pytest.mark.parametrize("name", ["gaussian_noise", "low_light", "jpeg_compression"])
def test_the_dial_shows_the_very_array_the_model_answered(name, severity, client, token, digest):
    project = doors.behind(token)
    chain = (Condition(name, severity),)
    wanted = dial.dial_frame(project, digest, chain=chain)

    response = client.get(f"/api/dial/{token}/{digest}?chain={name}:{severity}")

    shown = np.asarray(PIL.Image.open(BytesIO(response.content)))
    assert response.headers["content-type"].startswith("image/")
    assert shown.dtype == np.uint8 and np.array_equal(shown, wanted.image)
    assert json.loads(response.headers["x-answer"]) == dial.answer_json(wanted.answer)
    assert response.headers["content-encoding"] == "identity"  # else Streamlit's gzip takes 20 ms


def test_a_picture_comes_in_its_own_size_or_as_the_model_gets_it(
    client, tiny_project, token, digest
):
    full = client.get(f"/api/pictures/{token}/{digest}?size=full")
    seen = client.get(f"/api/pictures/{token}/{digest}?size=seen")

    shown = np.asarray(PIL.Image.open(BytesIO(full.content))).astype(int)
    own = np.asarray(PIL.Image.open(scores.picture_path(tiny_project, digest))).astype(int)
    assert full.headers["content-type"] == "image/jpeg" and "immutable" in str(full.headers)
    assert shown.shape == own.shape and np.abs(shown - own).mean() < 2
    assert seen.headers["content-type"] == "image/png" and "no-store" in str(seen.headers)
    assert PIL.Image.open(BytesIO(seen.content)).size == (32, 32)


def test_what_lies_around_a_frame_is_told_without_hints_when_blind(client, token, digest):
    told = client.get(f"/api/around/{token}/{digest}")
    blind = client.get(f"/api/around/{token}/{digest}?blind=1").json()

    assert told.headers["cache-control"] == "no-store"
    assert len(told.json()["suggestion"]["frames"]) == 5
    assert digest in [frame["content_hash"] for frame in told.json()["strip"]["frames"]]
    assert blind["suggestion"] is None and blind["strip"]["title"] == told.json()["strip"]["title"]


@pytest.mark.parametrize("asked", ["0" * 64, "..%2Fmetadata.csv", "%00"])
def test_nothing_lies_around_what_is_no_frame(asked, client, token):
    for route in (f"/api/around/{token}/{asked}", f"/api/pictures/{token}/{asked}?size=seen"):
        response = client.get(route)

        assert response.status_code in (400, 404)
        if response.status_code == 400:
            assert is_plain(response)


def test_an_event_of_label_doubts_is_stored_frame_by_frame(client, tiny_project, token):
    digests = scores.dial_frames(tiny_project)["content_hash"].iloc[:2]
    sent = [decision(digest, client="doubts-1", sequence=n) for n, digest in enumerate(digests, 1)]
    route = f"/api/doubts/{token}/events?source=model"

    answer = client.post(route, json=sent)
    again = client.post(route, json=sent)
    refused = [client.post(route, content=body) for body in (b"{", b"{}", b"[" + b" " * 2_000_000)]

    assert set(answer.json()["standing"]) == set(digests)
    assert again.json()["standing"] == answer.json()["standing"]
    assert [r.status_code for r in refused] == [400, 400, 400]
    assert all(is_plain(r) and r.json()["error"] for r in refused)
    assert len(rows(tiny_project)) == 2


def test_connections_to_a_listening_socket_send_at_once():
    with socket.socket(socket.AF_INET) as listening:  # protocol 0, as Streamlit opens it
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        server.send_at_once()

        with socket.create_connection(listening.getsockname()), listening.accept()[0] as answering:
            assert answering.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    "question",
    [
        "chain=low_light:much",
        "chain=low_light:5.5",
        "chain=low_light:-1",
        "chain=low_light:nan",
        "chain=low_light:inf",
        "chain=earthquake:1",
        "chain=low_light:1%2Bfield_fog:1%2Bglare:1%2Bhand:1",
        "chain=low_light:1&size=300",
        "",
    ],
)
def test_an_impossible_damage_is_refused_plainly(question, client, token, digest):
    response = client.get(f"/api/dial/{token}/{digest}?{question}")

    assert response.status_code == 400
    assert is_plain(response)


@pytest.mark.parametrize("order", queue.ORDERS)
def test_the_queue_gives_every_order_without_places_on_disk(order, client, tiny_project, token):
    response = client.get(f"/api/queue/{token}?order={order}")

    given = response.json()
    wanted = queue.queue(tiny_project, order=order)
    assert [item["content_hash"] for item in given["items"]] == [
        item.content_hash for item in wanted.items
    ]
    assert given["classes"] == ["red", "green", "blue"]
    assert str(tiny_project.folder) not in response.text
    assert response.headers["cache-control"] == "no-store"


def test_an_order_that_does_not_exist_is_refused_plainly(client, token):
    response = client.get(f"/api/queue/{token}?order=alphabetical")

    assert response.status_code == 400
    assert is_plain(response)


def test_a_decision_is_on_disk_before_it_is_answered(client, tiny_project, token, digest):
    event = decision(digest)

    response = client.post(f"/api/queue/{token}/events", json=event)

    assert response.json() == {"saved": 1, "id": event["id"]}
    assert rows(tiny_project) == [(event["id"], "label", "green")]


def test_a_repeated_decision_changes_nothing_and_is_answered_alike(
    client, tiny_project, token, digest
):
    event = decision(digest)
    first = client.post(f"/api/queue/{token}/events", json=event)

    again = client.post(f"/api/queue/{token}/events", json=event)

    assert again.json() == first.json() and again.status_code == 200
    assert len(rows(tiny_project)) == 1


def test_another_decision_under_a_number_already_used_is_refused(
    client, tiny_project, token, digest
):
    client.post(f"/api/queue/{token}/events", json=decision(digest))

    other = client.post(f"/api/queue/{token}/events", json=decision(digest, value="blue"))

    assert other.status_code == 400 and is_plain(other)
    assert [value for _, _, value in rows(tiny_project)] == ["green"]


def test_an_undo_brings_the_frame_back_as_it_was(client, tiny_project, token, digest):
    event = decision(digest)
    client.post(f"/api/queue/{token}/events", json=event)
    undo = decision(digest, sequence=2, action="undo", value=None, undoes=event["id"])

    response = client.post(f"/api/queue/{token}/events", json=undo)

    assert response.json()["item"]["content_hash"] == digest
    assert response.json()["item"]["decision"] is None
    assert len(rows(tiny_project)) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "purple"},
        {"value": None},
        {"action": "delete"},
        {"action": "undo", "undoes": None},
        {"action": "undo", "undoes": "nothing"},
        {"action": "hard_case", "value": "maybe"},
        {"action": "tag", "value": "  "},
        {"action": "note", "value": "x" * 10_001},
        {"content_hash": "0" * 32},
        {"content_hash": None},
        {"id": "not an id"},
        {"client": ""},
        {"client": "x" * 65},
        {"sequence": 0},
        {"sequence": "first"},
        {"sequence": 10**30},
    ],
    ids=str,
)
def test_a_decision_that_cannot_be_is_refused_plainly(changes, client, tiny_project, token, digest):
    response = client.post(f"/api/queue/{token}/events", json=decision(digest, **changes))

    assert response.status_code == 400, response.text
    assert is_plain(response)
    assert rows(tiny_project) == []


@pytest.mark.parametrize("missing", ["id", "client", "sequence", "content_hash", "action"])
def test_a_decision_with_a_part_missing_is_refused_plainly(
    missing, client, tiny_project, token, digest
):
    event = decision(digest)
    del event[missing]

    response = client.post(f"/api/queue/{token}/events", json=event)

    assert response.status_code == 400
    assert is_plain(response)
    assert rows(tiny_project) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[1, 2]", b'"label"', b"\xff\xfe", b"null", b"[" * 9])
@pytest.mark.usefixtures("tiny_project")
def test_a_body_that_cannot_be_read_is_refused_plainly(body, client, token):
    response = client.post(f"/api/queue/{token}/events", content=body)

    assert response.status_code == 400
    assert is_plain(response)


def test_a_body_too_long_to_be_a_decision_is_refused(client, tiny_project, token, digest):
    event = decision(digest, padding="x" * server.MOST_BYTES)

    response = client.post(f"/api/queue/{token}/events", json=event)

    assert response.status_code == 400
    assert is_plain(response)
    assert rows(tiny_project) == []


def test_looking_at_the_events_route_decides_nothing(client, tiny_project, token):
    assert client.get(f"/api/queue/{token}/events").status_code == 405
    assert rows(tiny_project) == []


def test_a_database_that_cannot_be_written_loses_nothing(
    client, tiny_project, token, digest, monkeypatch
):
    monkeypatch.setattr("core.store.database.PATIENCE", 0.1)
    event = decision(digest)
    with closing(sqlite3.connect(tiny_project.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = client.post(f"/api/queue/{token}/events", json=event)
        other.rollback()

    again = client.post(f"/api/queue/{token}/events", json=event)

    assert refused.status_code == 507
    assert is_plain(refused)
    assert again.json() == {"saved": 1, "id": event["id"]}
    assert rows(tiny_project) == [(event["id"], "label", "green")]


def test_a_bug_is_answered_plainly_and_its_insides_go_to_the_log(
    client, token, digest, monkeypatch, caplog
):
    def fail(*_args, **_named):
        raise RuntimeError("secret insides")

    monkeypatch.setattr(scores, "picture_jpeg", fail)

    response = client.get(f"/api/pictures/{token}/{digest}")

    assert response.status_code == 500
    assert "secret" not in response.text and is_plain(response)
    assert "secret insides" in caplog.text


def test_a_door_leads_to_the_same_project_after_a_restart(tiny_project, monkeypatch):
    project_module.remember(tiny_project)
    token = doors.open_door(tiny_project)
    monkeypatch.setattr(doors, "_opened", {})

    assert doors.behind(token) == tiny_project
    assert doors.open_door(tiny_project) == token
    assert doors.behind(token[:-1] + ("0" if token[-1] != "0" else "1")) is None


def test_another_home_opens_other_doors(tiny_project, tmp_path, monkeypatch):
    token = doors.open_door(tiny_project)
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / "other"))

    assert doors.open_door(tiny_project) != token
    assert (tmp_path / "other" / doors.KEY).stat().st_size == 32
    assert [p.name for p in (tmp_path / "other").iterdir()] == [doors.KEY]


def test_a_home_that_cannot_be_written_still_opens_doors(tiny_project, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / "file"))

    token = doors.open_door(tiny_project)

    assert doors.open_door(tiny_project) == token
    assert doors.behind(token) == tiny_project


def test_a_full_disk_answers_507_stores_nothing_and_the_same_event_goes_through_later(
    client, tiny_project, token, digest, monkeypatch
):
    from core.store import database

    queue.queue(tiny_project)  # what the page has read before
    plain = database._write_ahead

    def with_a_full_disk(connection):
        plain(connection)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    event = decision(digest, action="note", value="x" * 9_999)
    with monkeypatch.context() as patch:
        patch.setattr(database, "_write_ahead", with_a_full_disk)
        refused = client.post(f"/api/queue/{token}/events", json=event)
        assert rows(tiny_project) == []

    assert refused.status_code == 507
    assert "is full" in refused.json()["error"]
    assert client.post(f"/api/queue/{token}/events", json=event).status_code == 200
    assert [value for _, _, value in rows(tiny_project)] == ["x" * 9_999]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of another kind")
def test_a_read_only_project_is_looked_at_and_its_decisions_wait_in_the_browser(
    client, tiny_project, token, digest, monkeypatch
):
    # What such a folder does is tested with real permissions in the store's own tests.
    from core.store import database

    monkeypatch.setattr(database, "is_read_only", lambda path: True)
    event = decision(digest)

    refused = client.post(f"/api/queue/{token}/events", json=event)
    looked = client.get(f"/api/queue/{token}?order=newest")

    assert refused.status_code == 507
    assert "Nothing was stored" in refused.json()["error"]
    assert looked.status_code == 200
    assert len(looked.json()["items"]) == 49
    monkeypatch.undo()
    assert rows(tiny_project) == []
    assert client.post(f"/api/queue/{token}/events", json=event).status_code == 200


def test_the_overview_has_an_address_too(client):
    answer = client.get("/overview?camera=cam1", follow_redirects=False)

    assert answer.status_code == 307
    assert answer.headers["location"] == "./?camera=cam1"
    assert client.get("/overview").text == "a page"


def test_the_keys_of_a_project_are_sent_with_its_queue_and_changed_by_a_route(client, token):
    asked = f"/api/queue/{token}?order=newest"
    before = client.get(asked).json()["keys"]["acts"]["note"]
    answer = client.post(f"/api/queue/{token}/keys", json={"act": "note", "key": "m"})

    assert (before["key"], before["usual"]) == ("n", "n")
    assert answer.status_code == 200
    assert answer.json()["keys"]["acts"]["note"]["key"] == "m"
    assert client.get(asked).json()["keys"] == answer.json()["keys"]
    moved = client.post(f"/api/queue/{token}/keys", json={"label": "blue", "key": "1"}).json()
    assert client.get(asked).json()["classes"] == moved["classes"] == ["blue", "green", "red"]


@pytest.mark.parametrize("body", [b"", b"[1]", b"{}", b'{"act": "note", "key": "a"}', b"\xff"])
def test_a_refused_change_of_keys_is_told_plainly_and_changes_nothing(client, token, body):
    asked = f"/api/queue/{token}?order=newest"
    before = client.get(asked).json()["keys"]
    answer = client.post(f"/api/queue/{token}/keys", content=body)

    assert answer.status_code == 400
    assert is_plain(answer)
    assert client.get(asked).json()["keys"] == before
    assert client.post("/api/queue/nobody/keys", content=body).status_code == 410
