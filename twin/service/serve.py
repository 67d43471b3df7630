"""Starts the decision service: `twin serve`."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from twin.domain.errors import TwinError
from twin.domain.extras import needs
from twin.service.settings import Settings

if TYPE_CHECKING:
    from twin.simulation.world import Model


class CannotListen(TwinError):  # noqa: N818  (says what is wrong with the address)
    """The service cannot be reached at the address it was given."""

    exit_code: ClassVar[int] = 4


def serve(model: Model, policy_name: str, settings: Settings, say: Callable[[str], object] = print) -> None:
    """Decide for the network of a model by its routing policy until somebody stops it."""
    with needs("service"):
        import uvicorn

        from twin.service.app import create_app

    app = create_app(model.routing, policy_name, model.network, settings)
    listener = listen(settings.host, settings.port)
    config = uvicorn.Config(
        app, http="h11", ws="none", log_level="warning", access_log=False, server_header=False, proxy_headers=False
    )
    host, port = listener.getsockname()[:2]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    say(f"Deciding for {model.network.name} by {policy_name} at http://{address} until Ctrl-C.")
    with suppress(KeyboardInterrupt):  # the way to stop it
        uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address; port 0 is any that is free.

    It says that it speaks TCP, because asyncio sends small answers at once only then: else each waits 40 ms.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, proto=socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise CannotListen(
            f"--host {host} --port {port}: cannot listen there: {error}; expected an address of this machine and a "
            "port that nobody uses; take another --port, or 0 for any that is free"
        ) from None
    return listener
