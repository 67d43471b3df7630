"""Names the optional part of the twin that is to be installed where something is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from twin.domain.errors import TwinError


class MissingExtra(TwinError):  # noqa: N818  (says what is to be installed)
    """An optional part of the twin is not installed."""


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Import what belongs to an optional part of the twin."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"the part {extra!r} of the twin is not installed: found no module {error.name!r}; "
            f"expected what the part brings; install it with: pip install 'twin[{extra}]'"
        ) from error
