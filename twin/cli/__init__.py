"""The command line, and nothing else: read the words, call what does the work, say what went wrong.

Everything heavy is imported inside the commands, so that `twin --help` answers at once.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from contextlib import redirect_stdout, suppress

import typer

from twin import __version__
from twin.cli import designs, imports, routing  # noqa: F401  (their commands belong to the application)
from twin.cli.app import app
from twin.domain.errors import TwinError

INTERRUPTED = 130
BUG = 1


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Run the command line.

    It exits with 2 for what the user can mend, 1 for a bug, 130 when interrupted, 137 when a worker was killed.
    """
    if os.environ.get("_TWIN_COMPLETE") == "complete_bash":
        _complete_in_bash()
        return
    try:
        app(prog_name="twin")
    except TwinError as error:
        typer.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(error.exit_code)
    except SystemExit as leaving:
        if leaving.code == INTERRUPTED:
            typer.echo("Interrupted. The same command goes on where it stopped.", err=True)
        raise
    except Exception:  # noqa: BLE001  (the last resort: whatever arrives here is our mistake)
        traceback.print_exc()
        typer.echo(f"\nThis is a bug in twin {__version__}; please report it with the lines above.", err=True)
        sys.exit(BUG)


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
