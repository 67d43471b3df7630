"""The decision service: the routing code of the twin, asked over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic

import msgspec

from twin import __version__
from twin.domain.errors import Problem
from twin.domain.extras import needs
from twin.domain.network import Network
from twin.policies.routing.roles import RoutingPolicy
from twin.service.asking import Admission
from twin.service.desk import Desk
from twin.service.doors import Door
from twin.service.openapi import completed, described
from twin.service.problems import NOT_FOUND, WRONG_METHOD, Refused, shown
from twin.service.routes import EVERYWHERE, JSON, Service, routes_of
from twin.service.settings import Settings
from twin.service.worker import Worker

with needs("service"):
    from fastapi import Depends, FastAPI, Request, Response
    from fastapi.openapi.utils import get_openapi
    from starlette.exceptions import HTTPException
    from starlette.routing import Match


def create_app(
    policy: RoutingPolicy,
    policy_name: str,
    network: Network,
    settings: Settings | None = None,
    clock: Callable[[], float] = monotonic,
) -> FastAPI:
    """Return the service that decides for a network by a policy."""
    settings = settings or Settings()
    worker = Worker(settings.limits.waiting, clock)
    service = Service(Desk(policy, policy_name, network, settings, clock), worker, settings.limits)

    @asynccontextmanager
    async def until_closed(_: FastAPI) -> AsyncIterator[None]:
        yield
        worker.close()

    # FastAPI's own document and pages stay off: the pages load their scripts from another host
    app = FastAPI(
        title="Decisions of the twin",
        version=__version__,
        lifespan=until_closed,
        openapi_url=None,
        redirect_slashes=False,
    )
    admitted = [Depends(Admission(settings, clock))]
    for route in routes_of(service):
        said = described(route.asked, route.answered, route.refusals)
        app.add_api_route(route.path, route.call, methods=[route.method], dependencies=admitted, **said)
    app.add_api_route("/healthz", service.health, **described(None, "HealthMessage", EVERYWHERE))
    app.add_api_route("/openapi.json", _document(app, network, settings), dependencies=admitted)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_middleware(Door, hosts=settings.names, origins=settings.origins)
    return app


def _document(app: FastAPI, network: Network, settings: Settings) -> Callable[[], Awaitable[Response]]:
    """Return what answers with the OpenAPI document of the routes so far."""
    plain = get_openapi(title=app.title, version=app.version, description=__doc__, routes=app.routes)
    document = msgspec.json.encode(completed(plain, network, settings.limits, keys=bool(settings.keys)))

    async def openapi() -> Response:
        return Response(document, media_type=JSON)

    return openapi


async def _no_route(request: Request, error: Exception) -> Response:
    """Refuse a path that is not there, or a method that it does not have."""
    assert isinstance(error, HTTPException), "this handler is for these"
    if error.status_code == WRONG_METHOD.status:
        allowed = ", ".join(_methods(request))
        problem = Problem("method", shown(request.method), allowed, "see GET /openapi.json")
        raise Refused(WRONG_METHOD, problem, headers={"Allow": allowed})
    problem = Problem("path", shown(request.url.path), "one that is there", "see GET /openapi.json")
    raise Refused(NOT_FOUND, problem)


def _methods(request: Request) -> list[str]:
    """Return what can be done at the path of a request."""
    here = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in here for method in route.methods})
