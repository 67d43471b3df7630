"""What stands before every route: foreign hosts and foreign pages are refused, and no failure gets out raw."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from typing import Any

from twin.domain.errors import Problem
from twin.service.problems import FAILED, FOREIGN_HOST, FOREIGN_ORIGIN, MEDIA_TYPE, Refused, shown

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HARMLESS = ("GET", "HEAD")
HOST = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::[0-9]{1,5})?")
log = logging.getLogger(__name__)


class Door:
    """Lets only those requests in that know the service by one of its names and come from no foreign page.

    A page of another site can make a browser send a request here, and with a name of its own that points to this
    machine it could even read the answer; the names stop the second, the origins the first.
    """

    def __init__(self, app: App, hosts: Iterable[str], origins: Iterable[str]) -> None:
        self._app, self._hosts, self._origins = app, tuple(host.lower() for host in hosts), tuple(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._refuse_strangers(scope)
            await self._app(scope, receive, send)
        except Refused as refused:
            if refused.kind is FAILED:
                log.exception("%s %r failed", scope["method"], scope["path"])
            await _refuse(refused, scope["path"], send)
        except Exception:
            log.exception("%s %r failed", scope["method"], scope["path"])
            problem = Problem("this service", "a failure of its own", "none", "the log of the service says more")
            await _refuse(Refused(FAILED, problem), scope["path"], send)

    def _refuse_strangers(self, scope: Scope) -> None:
        hosts = list(_header(scope, b"host"))
        name = _name(hosts[0]) if len(hosts) == 1 else ""
        if name not in self._hosts:
            problem = Problem(
                "header Host",
                shown(", ".join(hosts)),
                f"one of {', '.join(self._hosts)}",
                "start with --allow-host NAME",
            )
            raise Refused(FOREIGN_HOST, problem)
        if scope["method"] in HARMLESS:
            return
        for origin in _header(scope, b"origin"):
            if origin not in self._origins and origin not in (f"http://{hosts[0]}", f"https://{hosts[0]}"):
                problem = Problem("header Origin", shown(origin), "this service", "start with --allow-origin ORIGIN")
                raise Refused(FOREIGN_ORIGIN, problem)


def _header(scope: Scope, name: bytes) -> Iterator[str]:
    """Yield every value of a header."""
    return (value.decode("latin-1") for key, value in scope["headers"] if key == name)


def _name(host: str) -> str:
    """Return the name of a `Host` header without its port, nothing where it is none."""
    match = HOST.fullmatch(host)
    return (match["ipv6"] or match["name"]).lower() if match else ""


async def _refuse(refused: Refused, path: str, send: Send) -> None:
    """Send a problem without any help."""
    body = refused.body(path)
    headers = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), **refused.headers}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": refused.kind.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
