"""How a decision service is set up: where it listens, who may ask, and how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path

from twin.domain.errors import UsageError

KIB, MIB = 1024, 1024 * 1024
LAST_PORT = 65_535
LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
ANY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104  (not bound here: they are left out of the names)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the service takes at once; `order_units` because packing 1,000 units takes half a second."""

    request_bytes: int = 256 * KIB
    batch_bytes: int = MIB
    batch_orders: int = 500
    order_lines: int = 500
    order_units: int = 1_000
    pictures: int = 16
    picture_bytes: int = 8 * MIB
    requests_per_second: float = 200.0
    burst: int = 400
    waiting: int = 200
    read_seconds: float = 10.0
    answers: int = 10_000
    answer_bytes: int = 64 * MIB

    def __post_init__(self) -> None:
        for limit in fields(self):
            value = getattr(self, limit.name)
            if not value > 0:
                raise ValueError(f"{limit.name} must be above zero, got {value}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a service listens, who may ask it, and where it writes down what it decided.

    `keys` holds the sha256 of each API key by the name of its owner. `hosts` are further names by which callers know
    the service, `origins` the web pages that may ask it.
    """

    host: str = "127.0.0.1"
    port: int = 8350
    keys: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    audit_log: Path | None = None
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not 0 <= self.port <= LAST_PORT:
            raise UsageError(
                f"--port {self.port}: there is no such port; expected 0 to {LAST_PORT}; 0 takes any that is free"
            )
        if not self.keys and not is_loopback(self.host):
            raise UsageError(
                f"--host {self.host}: everybody who reaches this machine could ask without an API key; expected "
                "127.0.0.1, ::1 or localhost, or API keys in TWIN_API_KEYS or --keys FILE"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which callers may know the service; "any address" is none."""
        return tuple(dict.fromkeys((*LOCAL_NAMES, *self.hosts, *([] if self.host in ANY_ADDRESS else [self.host]))))


def is_loopback(host: str) -> bool:
    """Answer whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
