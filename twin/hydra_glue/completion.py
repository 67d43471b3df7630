"""TAB completion of overrides, asked of Hydra."""

from __future__ import annotations

from collections.abc import Sequence

from hydra._internal.core_plugins.bash_completion import BashCompletion

from twin.hydra_glue.composing import CONFIG_NAME
from twin.hydra_glue.sources import hydra_session

NO_PARTS = ("hydra", "tables/")  # settings of Hydra itself, and folders of CSV files


def completions(words: Sequence[str]) -> list[str]:
    """Complete the last of some overrides: groups, their parts, keys; nothing where Hydra cannot say.

    In a list such as `scenario=storm,ba` the last part is completed.
    """
    *before, word = words or [""]
    key, equals, value = word.partition("=")
    listed, comma, last = value.rpartition(",")
    try:
        with hydra_session() as hydra:
            line = " ".join([*before, f"{key}{equals}{last}"])
            found = BashCompletion(hydra.config_loader)._query(CONFIG_NAME, line)  # noqa: SLF001  (there is no public way)
    except Exception:  # noqa: BLE001  (a broken part must not put a traceback into the user's prompt)
        return []
    found = [one for one in found if not one.startswith(NO_PARTS)]
    head = f"{key}{equals}"
    return [head + listed + comma + one.removeprefix(head) for one in found] if comma else found


def parts_of(group: str) -> list[str]:
    """Return the names of all parts of a group, the user's own among them."""
    with hydra_session() as hydra:
        return sorted(hydra.config_loader.get_group_options(group))
