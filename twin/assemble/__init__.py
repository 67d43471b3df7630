"""Turns a configuration into the objects that run; tables are read here, and every problem is named at once."""

from twin.assemble.model import build

__all__ = ["build"]
