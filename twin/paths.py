"""Where things lie: the shipped parts and scenarios, and the user's own beside where they stand."""

from __future__ import annotations

from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

from twin.domain.errors import ConfigurationError, Problem


def data_root() -> Path:
    """Return the folder with our `conf` and `scenarios`: inside the installed package, or the checkout."""
    package = Path(str(files("twin")))
    shipped = package / "_data"
    return shipped if shipped.is_dir() else package.parent


def conf_dir() -> Path:
    """Return the folder of the shipped parts."""
    return data_root() / "conf"


def own_conf_dir() -> Path | None:
    """Return the `conf` folder where the user stands, unless there is none or it is the shipped one."""
    own = Path.cwd() / "conf"
    if not own.is_dir() or (conf_dir().is_dir() and own.samefile(conf_dir())):
        return None
    return own


def scenario_dirs() -> list[Path]:
    """Return the folders searched for scenarios, the user's own first."""
    folders = dict.fromkeys(((Path.cwd() / "scenarios").resolve(), (data_root() / "scenarios").resolve()))
    return [folder for folder in folders if folder.is_dir()]


def shown(path: Path) -> str:
    """Write a path as a reader knows it: relative to where they stand or to the shipped data, else whole."""
    for root in (Path.cwd(), data_root()):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.as_posix()


def find_table(name: str) -> Path:
    """Find a table the configuration names: from the working directory, then in `conf`, the user's first.

    Raises
    ------
    ConfigurationError
        When no such file exists; it names the nearest file that does.
    """
    roots = [Path.cwd(), *filter(None, (own_conf_dir(),)), conf_dir()]
    for root in roots:
        if (root / name).is_file():
            return root / name
    neighbours = [file.name for root in roots for file in (root / name).parent.glob("*") if file.is_file()]
    near = get_close_matches(Path(name).name, neighbours, n=1)
    cure = f"did you mean {(Path(name).parent / near[0]).as_posix()!r}?" if near else "check the path"
    searched = ", ".join(map(str, roots))
    raise ConfigurationError([Problem("configuration", f"no table {name!r}", f"a file under {searched}", cure)])
