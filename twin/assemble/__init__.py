"""Turns a configuration and its tables into the objects that run; every problem is named at once."""

from twin.assemble.model import build

__all__ = ["build"]
