"""The local server beside Streamlit: picture and review routes, host check, start-up warmth."""

from __future__ import annotations

import gc
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from core.errors import DiskError, FieldcheckError, ReviewError
from core.workflows import doors

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# 'self' and what Streamlit itself needs (inline styles, blob: modules of its components, eval).
CSP = (
    b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    b"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    b"media-src 'self' blob: data:; connect-src 'self' blob: data:; worker-src 'self' blob:; "
    b"frame-ancestors 'none'; base-uri 'self'"
)
HEADERS = [
    (b"content-security-policy", CSP),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
KEEP = {"Cache-Control": "private, max-age=86400, immutable"}
LONG_SIDES = {"thumb": 192, "display": 1280}
UNREADABLE = "This decision cannot be read. Nothing was stored."
MOST_BYTES = 65_536
MOST_EVENT_BYTES = 4 * MOST_BYTES  # 200 frames decided at once

_one_at_a_time = Lock()


class LocalOnly:
    """Answers this machine only, and our routes only to our own pages (DNS rebinding, CSRF)."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or pass on one request, with the security headers added."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        if not _is_ours(headers, scope["path"]):
            await PlainTextResponse("forbidden", 403)(scope, receive, send)
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _is_ours(headers: dict[str, str], path: str) -> bool:
    if headers.get("host", "").rsplit(":", 1)[0] not in ("127.0.0.1", "localhost"):
        return False
    is_own_page = headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    return is_own_page or not path.startswith("/api/")


async def picture(request: Request) -> Response:
    """A frame as JPEG: `size` is "thumb", "display", "full", or "seen" (PNG, by the model)."""
    project = doors.behind(request.path_params["token"])
    asked = request.query_params.get("size", "display")
    if project is not None and asked in ("full", "seen"):
        return await _pixels(project, request.path_params["digest"], asked)
    size = LONG_SIDES.get(asked)
    if project is None or size is None:
        return _gone()
    from core.workflows import scores

    return await _answered(
        lambda: Response(
            scores.picture_jpeg(project, request.path_params["digest"], long_side=size),
            media_type="image/jpeg",
            headers=KEEP,
        )
    )


async def _pixels(project: Any, digest: str, asked: str) -> Response:
    """A frame with its own pixels, or with those the model gets of it."""
    from core.workflows import around, scores

    if asked == "full":
        return await _answered(
            lambda: Response(
                scores.full_jpeg(project, digest), media_type="image/jpeg", headers=KEEP
            )
        )
    return await _answered(
        lambda: Response(
            around.seen_png(project, digest),
            media_type="image/png",
            # The preparation may be mended; Streamlit's gzip would not make a PNG smaller.
            headers={"Cache-Control": "no-store", "Content-Encoding": "identity"},
        )
    )


async def dial(request: Request) -> Response:
    """
    A damaged frame and what of it the model sees, lossless (BMP after BMP, the second from byte
    X-Seen on), with the model's answer to it in the header X-Answer.
    """
    project = doors.behind(request.path_params["token"])
    if project is None:
        return _gone()
    from core.workflows import dial as workflow

    def work() -> Response:
        chain = workflow.parse_chain(request.query_params.get("chain", ""))
        size = request.query_params.get("size", "")
        # One model, two cores: a second forward pass beside the first would only slow both.
        with _one_at_a_time:
            damaged, seen, answer = workflow.dial_pictures(
                project,
                request.path_params["digest"],
                chain=chain,
                short_side=workflow.checked_size(size),
            )
        headers = {
            "X-Answer": json.dumps(answer),
            "X-Seen": str(len(damaged)),
            # Streamlit would gzip it: 20 ms for a picture that never leaves this machine.
            "Content-Encoding": "identity",
            "Cache-Control": "private, max-age=600",
        }
        return Response(damaged + seen, media_type="image/bmp", headers=headers)

    return await _answered(work)


async def queue_items(request: Request) -> Response:
    """The frames of a queue order, and what this reviewer can undo."""
    project = doors.behind(request.path_params["token"])
    if project is None:
        return _gone()
    from core.workflows import keymap, narrow, queue

    def work() -> Response:
        keys = keymap.keymap(project)
        found = queue.queue(
            narrow.narrowed_by_text(project, request.query_params.get("narrow", "")),
            order=request.query_params.get("order", "suspicious"),
            with_decided=request.query_params.get("decided") == "1",
        )
        return JSONResponse(
            {
                "items": queue.items_json(found),
                "history": queue.undoable_json(project),
                "classes": list(keys.classes),
                "keys": keymap.keymap_json(keys),
                "decided": found.decided,
                "total": found.total,
                "coming": found.coming,
                "pace": found.pace,
            },
            headers={"Cache-Control": "no-store"},
        )

    return await _answered(work)


async def queue_event(request: Request) -> Response:
    """Commit one decision, then answer. A repeated one is answered alike and changes nothing."""
    project = doors.behind(request.path_params["token"])
    if project is None:
        return _gone()
    body = await request.body()
    from core.workflows import queue

    def work() -> Response:
        event = _sent(body, most=MOST_BYTES)
        if not isinstance(event, dict):
            raise ReviewError(UNREADABLE)
        review = queue.record(project, event)
        answer: dict[str, Any] = {"saved": review.sequence, "id": review.id}
        if review.undoes or review.asked:
            answer["item"] = queue.item_after(project, review, asked=event.get("asked"))
        return JSONResponse(answer)

    return await _answered(work)


async def queue_around(request: Request) -> Response:
    """A frame's clip, its look-alikes and where the model looks; blind=1 leaves hints out."""
    project = doors.behind(request.path_params["token"])
    if project is None:
        return _gone()
    from core.workflows import around

    return await _answered(
        lambda: JSONResponse(
            around.around_json(
                project,
                request.path_params["digest"],
                is_blind=request.query_params.get("blind") == "1",
            ),
            headers={"Cache-Control": "no-store"},
        )
    )


async def queue_keys(request: Request) -> Response:
    """Change one key of the project, commit it, and answer with all keys as they are now."""
    project = doors.behind(request.path_params["token"])
    if project is None:
        return _gone()
    body = await request.body()
    from core.workflows import keymap

    def work() -> Response:
        asked = _sent(body, most=MOST_BYTES)
        if not isinstance(asked, dict):
            raise ReviewError("This change of keys cannot be read. Nothing was changed.")
        keys = keymap.change(project, asked)
        return JSONResponse({"classes": list(keys.classes), "keys": keymap.keymap_json(keys)})

    return await _answered(work)


async def queue_session(request: Request) -> Response:
    """The session that goes on, in one line; POST ends it and answers with its summary."""
    project = doors.behind(request.path_params["token"])
    if project is None:
        return _gone()
    from core.workflows import sessions

    def work() -> Response:
        is_end = request.method == "POST"
        told = sessions.ended_json(project) if is_end else {"line": sessions.current_line(project)}
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    return await _answered(work)


async def doubts_events(request: Request) -> Response:
    """The events of labels that look wrong, and what this reviewer can undo."""
    project = doors.behind(request.path_params["token"])
    if project is None:
        return _gone()
    from core.workflows import keymap, label_doubts

    def work() -> Response:
        mode = request.query_params.get("mode", "")
        shown = label_doubts.page_json(_doubts(project, request), mode)
        keys = keymap.keymap(project)  # the queue's, so that a class has one key on both pages
        return JSONResponse(
            {**shown, "classes": list(keys.classes), "keys": keymap.keymap_json(keys)},
            headers={"Cache-Control": "no-store"},
        )

    return await _answered(work)


async def doubts_event(request: Request) -> Response:
    """Commit the decision of one event, every frame of it, then answer; sent again it is safe."""
    project = doors.behind(request.path_params["token"])
    if project is None:
        return _gone()
    body = await request.body()
    from core.workflows import label_doubts

    def work() -> Response:
        standing = label_doubts.record_event(project, _sent(body, most=MOST_EVENT_BYTES))
        return JSONResponse(
            {
                "standing": standing,
                "history": label_doubts.history(project),
                **label_doubts.after_json(_doubts(project, request)),
            }
        )

    return await _answered(work)


async def doubts_hard(request: Request) -> Response:
    """Keep the model's errors among the suspects as hard cases."""
    project = doors.behind(request.path_params["token"])
    if project is None:
        return _gone()
    from core.workflows import label_doubts

    return await _answered(
        lambda: JSONResponse(
            {"kept": label_doubts.keep_hard_cases(project, _doubts(project, request))}
        )
    )


def _doubts(project: Any, request: Request) -> Any:
    from core.records import Folder
    from core.workflows import label_doubts, narrow

    asked = request.query_params
    folder = next((one for one in Folder if one.value == asked.get("folder")), Folder.FIELD)
    return label_doubts.doubts(
        narrow.narrowed_by_text(project, asked.get("narrow", "")),
        folder=folder,
        source=asked.get("source", "crossed"),
    )


def _sent(body: bytes, *, most: int) -> Any:
    """What a component sent of a decision; ReviewError if it is too long or no JSON."""
    if len(body) > most:
        raise ReviewError("This decision is too long to keep.")
    try:
        return json.loads(body)
    except ValueError as error:
        raise ReviewError(UNREADABLE) from error


async def _answered(work: Callable[[], Response]) -> Response:
    """Run blocking work off the event loop; plain errors become plain answers."""
    try:
        return await run_in_threadpool(work)
    except DiskError as error:
        return JSONResponse({"error": str(error)}, 507)
    except FieldcheckError as error:
        return JSONResponse({"error": str(error)}, 400)
    except Exception:
        logging.getLogger("fieldcheck").exception("a route failed")
        return JSONResponse({"error": "Something went wrong inside Fieldcheck; see its log."}, 500)


def _gone() -> Response:
    # Not 400: the component holds what it has until the page comes back with another name.
    return JSONResponse({"error": "This project is no longer open here; reload the page."}, 410)


def overview(request: Request) -> Response:
    """The overview is the default page: Streamlit serves it at the root and knows no name of it."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"./{query}")


ROUTES = [
    Route("/overview", overview),
    Route("/api/pictures/{token}/{digest}", picture),
    Route("/api/dial/{token}/{digest}", dial),
    Route("/api/queue/{token}", queue_items),
    Route("/api/queue/{token}/events", queue_event, methods=["POST"]),
    Route("/api/around/{token}/{digest}", queue_around),
    Route("/api/queue/{token}/keys", queue_keys, methods=["POST"]),
    Route("/api/queue/{token}/session", queue_session, methods=["GET", "POST"]),
    Route("/api/doubts/{token}", doubts_events),
    Route("/api/doubts/{token}/events", doubts_event, methods=["POST"]),
    Route("/api/doubts/{token}/hard", doubts_hard, methods=["POST"]),
]
MIDDLEWARE = [Middleware(LocalOnly)]

_warming = Lock()
_is_warm = False


def warm_up(load: Callable[[], object]) -> None:
    """
    Import the heavy packages beside the first page, once, then take them out of the collector.

    gc.freeze(): Streamlit's collection after every rerun would otherwise walk torch's objects
    and hold the next picture back by a quarter of a second.
    """
    global _is_warm  # noqa: PLW0603 - one process, one warm-up
    with _warming:
        if _is_warm:
            return
        _is_warm = True

    def work() -> None:
        try:
            load()
        except FieldcheckError:
            pass  # the page that needs the model says so
        except Exception:
            logging.getLogger("fieldcheck").exception("warm-up failed")
        gc.collect()
        gc.freeze()

    Thread(target=work, name="warm-up", daemon=True).start()


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Bring in what the first page needs while the browser fetches Streamlit's own files."""
    Thread(target=_first_imports, name="first-imports", daemon=True).start()
    send_at_once()
    yield {}


def send_at_once() -> None:
    """
    TCP_NODELAY on every socket that listens here; connections inherit it.

    Streamlit binds with protocol 0, and asyncio switches Nagle's algorithm off only where the
    protocol says TCP: the last piece of every second picture then waits 40 ms for an
    acknowledgement. Streamlit hands its socket to nobody, so it is looked up among all objects.
    """
    for found in gc.get_objects():
        if (
            type(found) is socket.socket
            and found.fileno() >= 0
            and found.family in (socket.AF_INET, socket.AF_INET6)
            and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        ):
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _first_imports() -> None:
    from core.workflows import overview, quick_check  # noqa: F401


def start(app: Any) -> None:
    """Run the app; inside a script run (Streamlit's AppTest on app.py) run the router instead."""
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    if get_script_run_ctx(suppress_warning=True) is None:
        app.run()
        return
    router = Path(__file__).with_name("router.py")
    code = compile(router.read_text(encoding="utf-8"), str(router), "exec")
    exec(code, {"__name__": "__main__", "__file__": str(router)})
