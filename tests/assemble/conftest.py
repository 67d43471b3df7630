"""What the tests of assembling share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.assemble.tiny import Tiny


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """A whole scenario of a few lines, with its tables where we stand."""
    monkeypatch.chdir(tmp_path)
    return Tiny(tmp_path)
