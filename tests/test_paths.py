from pathlib import Path

import pytest

from tests.conftest import write_files
from twin import paths
from twin.domain.errors import ConfigurationError


def test_a_checkout_finds_its_parts_beside_the_package():
    assert paths.conf_dir() == Path(paths.__file__).parents[1] / "conf"


def test_an_installed_package_finds_its_parts_inside_itself(tmp_path, monkeypatch):
    (tmp_path / "_data").mkdir()
    monkeypatch.setattr(paths, "files", lambda _: tmp_path)

    assert paths.conf_dir() == tmp_path / "_data" / "conf"


def test_own_scenarios_come_before_the_shipped_ones(standing):
    (standing / "scenarios").mkdir()

    assert paths.scenario_dirs() == [standing / "scenarios", standing.parent / "shipped" / "scenarios"]


def test_without_own_scenarios_only_the_shipped_ones_are_searched(standing):
    assert paths.scenario_dirs() == [standing.parent / "shipped" / "scenarios"]


def test_in_the_checkout_its_scenarios_and_parts_are_not_also_the_users_own(standing, monkeypatch):
    monkeypatch.chdir(standing.parent / "shipped")

    assert paths.scenario_dirs() == [standing.parent / "shipped" / "scenarios"]
    assert paths.own_conf_dir() is None


def test_own_parts_lie_in_conf_where_the_user_stands(standing):
    assert paths.own_conf_dir() is None

    (standing / "conf").mkdir()

    assert paths.own_conf_dir() == standing / "conf"


def test_a_shipped_table_is_found_from_anywhere(standing):
    found = paths.find_table("tables/us/zones.csv")

    assert found == standing.parent / "shipped" / "conf" / "tables" / "us" / "zones.csv"


@pytest.mark.parametrize("own", ["tables/us/zones.csv", "conf/tables/us/zones.csv"])
def test_an_own_table_wins_over_the_shipped_one(standing, own):
    write_files(standing, {own: "zone"})

    assert paths.find_table("tables/us/zones.csv") == standing / own


def test_a_missing_table_is_refused_with_the_nearest_name(standing):
    with pytest.raises(
        ConfigurationError, match=r"no table 'tables/us/zone.csv'(?s:.*)did you mean 'tables/us/zones.csv'"
    ):
        paths.find_table("tables/us/zone.csv")


def test_a_table_like_no_other_is_refused_with_the_folders_searched(standing):
    with pytest.raises(ConfigurationError, match=r"no table 'stock.csv'(?s:.*)standing(?s:.*)check the path"):
        paths.find_table("stock.csv")


def test_a_path_is_shown_as_the_user_or_the_shipped_data_knows_it(standing, tmp_path):
    assert paths.shown(standing / "scenarios" / "mine.yaml") == "scenarios/mine.yaml"
    assert paths.shown(tmp_path / "shipped" / "conf" / "config.yaml") == "conf/config.yaml"
    assert paths.shown(Path("/elsewhere/x.yaml")) == "/elsewhere/x.yaml"
