"""The command line, and nothing else: read the words, call what does the work, say what went wrong.

Everything heavy is imported inside the commands, so that `twin --help` answers at once.
"""

from __future__ import annotations

import io
import os
import shlex
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress

import typer

from twin import __version__
from twin.cli import choosing, designs, imports, optimizing, routing, siting  # noqa: F401  (their commands belong to the application)
from twin.cli.app import app
from twin.domain.errors import TwinError

BUG = 1
SIGNALED = 128  # and the number of the signal, as a shell reports it


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Run the command line.

    It exits with 0 when all is well, 1 for a bug, 2 for what the user can mend, 3 where replications failed, 4 where
    the disk is full or must not be written to, 130 when interrupted and 143 when told to end.
    """
    if os.environ.get("_TWIN_COMPLETE") == "complete_bash":
        _complete_in_bash()
        return
    try:
        with _stopped_by_signals():
            app(prog_name="twin")
    except TwinError as error:
        typer.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(error.exit_code)
    except Stopped as stop:
        typer.echo(f"Stopped. What is finished is kept; go on with:\n  {_resuming(sys.argv[1:])}", err=True)
        sys.exit(SIGNALED + stop.number)
    except Exception:  # noqa: BLE001  (the last resort: whatever arrives here is our mistake)
        traceback.print_exc()
        typer.echo(f"\nThis is a bug in twin {__version__}; please report it with the lines above.", err=True)
        sys.exit(BUG)


class Stopped(BaseException):
    """A signal asks the program to end; nobody but `main` may catch it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """End in good order at the first interrupt or request to end, and at once at the second."""
    watched = (signal.SIGINT, signal.SIGTERM)
    before = {one: signal.getsignal(one) for one in watched}

    def stop(number: int, _: object) -> None:
        for one in watched:
            signal.signal(one, signal.SIG_DFL)
        raise Stopped(number)

    for one in watched:
        signal.signal(one, stop)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _resuming(words: Sequence[str]) -> str:
    """Return the command that goes on where this one stopped: not from the beginning."""
    return " ".join(["twin", *(shlex.quote(word) for word in words if word != "--new")])


def _complete_in_bash() -> None:
    """Answer bash, which breaks `scenario=st` into three words and wants only the last of them completed."""
    words: list[str] = []
    for word in os.environ["COMP_WORDS"].split("\n")[: int(os.environ["COMP_CWORD"]) + 1]:
        if words and (word == "=" or words[-1].endswith("=")):
            words[-1] += word
        else:
            words.append(word)
    os.environ.update(COMP_WORDS="\n".join(words), COMP_CWORD=str(len(words) - 1))
    answer = io.StringIO()
    with redirect_stdout(answer), suppress(SystemExit):
        app(prog_name="twin")
    key_and_equals = words[-1][: words[-1].find("=") + 1]
    for line in answer.getvalue().splitlines():
        typer.echo(line.removeprefix(key_and_equals))
