"""Answers that live and die with the state of the project they were computed from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

K = TypeVar("K")
P = ParamSpec("P")
R = TypeVar("R")
Work = Callable[Concatenate[K, P], R]

_shelves = Lock()


def kept_beside(*, most: int) -> Callable[[Work[K, P, R]], Work[K, P, R]]:
    """
    As functools.lru_cache, for functions of one state of the project and a few choices.

    lru_cache would hold the last `most` states themselves, a table of all frames each, for as long
    as nobody asks anew. Here answers lie on the state, and go when it goes.

    Args:
        most: answers kept of one function for one state; the one not asked for longest goes first.
    """

    def decorate(work: Work[K, P, R]) -> Work[K, P, R]:
        @wraps(work)
        def asked(state: K, /, *choices: P.args, **named: P.kwargs) -> R:
            key: Hashable = (choices, tuple(sorted(named.items())))
            with _shelves:
                shelves: dict[Any, OrderedDict[Hashable, R]] = vars(state).setdefault("_kept", {})
                shelf = shelves.setdefault(asked, OrderedDict())
                if key in shelf:
                    shelf.move_to_end(key)
                    return shelf[key]
            answer = work(state, *choices, **named)
            with _shelves:
                shelf[key] = answer
                while len(shelf) > most:
                    shelf.popitem(last=False)
            return answer

        return asked

    return decorate
