"""Where Hydra looks: our parts, the user's own parts, and scenarios that need no folder of their own.

Two sources and a search-path plug-in are registered in code, so that `scenario=storm` finds the file
`scenarios/storm.yaml` beside the user before ours, and `network=mine` finds `conf/network/mine.yaml` there.
Both look at every file before Hydra reads it (see `scanning`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from hydra import initialize_config_dir
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra._internal.hydra import Hydra
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.global_hydra import GlobalHydra
from hydra.core.object_type import ObjectType
from hydra.core.plugins import Plugins
from hydra.plugins.config_source import ConfigResult
from hydra.plugins.search_path_plugin import SearchPathPlugin

from twin import paths
from twin.domain.errors import ConfigurationError
from twin.hydra_glue.scanning import MAX_BYTES, Kind, scan

VERSION_BASE = "1.3"
GROUP = "scenario"


class DataSource(FileConfigSource):
    """A folder of YAML files that are data: each is scanned before it is loaded."""

    kind: ClassVar[Kind] = "part"

    def load_config(self, config_path: str) -> ConfigResult:
        """Load one file, refusing what does not belong into data."""
        file = Path(self.path, self._normalize_file_name(config_path))
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
        problems = scan(content, paths.shown(file), self.kind)
        if problems:
            raise ConfigurationError(problems)
        return super().load_config(config_path)


class OwnPartsSource(DataSource):
    """The user's own `conf` folder: parts only, neither a `config.yaml` nor settings of Hydra."""

    @staticmethod
    def scheme() -> str:
        """Name the scheme of this source's paths."""
        return "twinparts"

    def is_config(self, config_path: str) -> bool:
        """Answer whether there is such a part."""
        return "/" in config_path and not _reserved(config_path) and super().is_config(config_path)

    def is_group(self, config_path: str) -> bool:
        """Answer whether there is such a folder of parts."""
        return not _reserved(config_path) and super().is_group(config_path)


class ScenarioSource(DataSource):
    """A folder of scenarios, which Hydra sees as the group `scenario`; each may set any value."""

    kind: ClassVar[Kind] = "scenario"

    @staticmethod
    def scheme() -> str:
        """Name the scheme of this source's paths."""
        return "twinscenarios"

    def load_config(self, config_path: str) -> ConfigResult:
        """Load a scenario; its keys count from the top, whether or not it says `@package _global_`."""
        result = super().load_config(config_path.removeprefix(f"{GROUP}/"))
        result.header["package"] = "_global_"
        return result

    def is_config(self, config_path: str) -> bool:
        """Answer whether there is such a scenario."""
        group, _, name = config_path.partition("/")
        return group == GROUP and bool(name) and super().is_config(name)

    def is_group(self, config_path: str) -> bool:
        """Answer whether a path is the one group there is, or the root above it."""
        return config_path in ("", GROUP)

    def list(self, config_path: str, results_filter: ObjectType | None) -> list[str]:
        """List the scenarios, or the group itself when asked for the root."""
        if config_path == GROUP:
            names = sorted(file.stem for file in Path(self.path).glob("*.yaml"))
            return [] if results_filter == ObjectType.GROUP else names
        return [] if results_filter == ObjectType.CONFIG else [GROUP]


class SearchPath(SearchPathPlugin):
    """Put the user's own parts before ours, and scenarios behind, whenever our `conf` is what Hydra reads."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Extend the search path of one Hydra application."""
        main = [part.path for part in search_path.get_path() if part.provider == "main"]
        if main not in ([str(paths.conf_dir())], [f"file://{paths.conf_dir()}"]):
            return
        own = paths.own_conf_dir()
        if own is not None:
            search_path.prepend("own parts", f"{OwnPartsSource.scheme()}://{own}", anchor="main")
        for folder in paths.scenario_dirs():
            search_path.append("scenarios", f"{ScenarioSource.scheme()}://{folder}")


def register() -> None:
    """Tell Hydra about our sources; doing so again changes nothing."""
    for plugin in (OwnPartsSource, ScenarioSource, SearchPath):
        Plugins.instance().register(plugin)


@contextmanager
def hydra_session() -> Iterator[Hydra]:
    """Open Hydra on our parts and leave no trace of it, even inside a job that Hydra itself has started."""
    register()
    around = GlobalHydra.instance().hydra
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(paths.conf_dir()), job_name="twin", version_base=VERSION_BASE):
            opened = GlobalHydra.instance().hydra
            assert opened is not None
            yield opened
    finally:
        GlobalHydra.instance().hydra = around


def _reserved(config_path: str) -> bool:
    return config_path.partition("/")[0] in ("hydra", GROUP)
