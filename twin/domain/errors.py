"""What can be wrong, said so that it can be mended: one family of errors for the whole twin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


class TwinError(Exception):
    """Something the user can mend; its message says what was expected, what was found and where."""

    exit_code: ClassVar[int] = 2


class UsageError(TwinError):
    """A command was given that cannot be carried out as it stands."""


class MachineError(TwinError):
    """The disk is full, or a folder may not be written to: nothing that another configuration would mend."""

    exit_code: ClassVar[int] = 4


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a configuration: where, what was found, what was expected, how to mend it."""

    where: str
    found: str
    expected: str
    cure: str = ""

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.found}", f"  expected: {self.expected}"]
        if self.cure:
            lines.append(f"  to mend:  {self.cure}")
        return "\n".join(lines)


class ConfigurationError(TwinError):
    """Everything that is wrong in a configuration, all of it at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        if not self.problems:
            raise ValueError("a configuration error needs at least one problem")
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n\n".join(str(problem) for problem in self.problems)
