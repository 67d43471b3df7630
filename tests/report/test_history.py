import shutil

import pandas as pd
import pytest

from twin.domain.errors import TwinError
from twin.report import history
from twin.report.history import find_runs, read_backlog, read_click_to_deliver, read_flows, read_zip3_medians
from twin.report.study import read_study


@pytest.fixture
def copy(study_folder, tmp_path):
    return shutil.copytree(study_folder, tmp_path / "copy")


def orders_of(folder, design):
    parts = [pd.read_parquet(path) for path in sorted((folder / design).glob("rep-*/orders.parquet"))]
    orders = pd.concat(parts)
    return orders[(orders["placed_at"] >= 48) & (orders["placed_at"] < 216)]


def test_flows_add_up_to_the_shipments_of_measured_orders(answer, study_folder):
    flows = read_flows(answer.runs)

    mine = flows[flows["design"] == "regional_3dc"]
    assert mine["shipments"].sum() == len(orders_of(study_folder, "regional_3dc"))
    assert mine["per_day"].sum() == pytest.approx(mine["shipments"].sum() / (7 * 6))
    assert set(mine["node"]) == {"reno", "dallas", "harrisburg"}


def test_medians_are_those_of_the_delivered_orders_of_a_zip3(answer, study_folder):
    orders = orders_of(study_folder, "central_dc").dropna(subset=["delivered_at"])
    busiest = orders["destination"].value_counts().index[0]

    medians = read_zip3_medians(answer.runs)

    mine = medians[(medians["design"] == "central_dc") & (medians["destination"] == busiest)]
    first = pd.read_parquet(study_folder / "central_dc" / "rep-0000" / "orders.parquet")
    first = first[(first["destination"] == busiest) & first["placed_at"].between(48, 216, inclusive="left")]
    expected = (first["delivered_at"] - first["placed_at"]).median()
    assert mine.set_index("replication")["p50_hours"][0] == pytest.approx(expected)


def test_orders_that_never_arrive_are_counted_without_hours(answer, study_folder):
    counts = read_click_to_deliver(answer.runs)

    mine = counts[counts["design"] == "central_dc"]
    orders = orders_of(study_folder, "central_dc")
    assert mine["orders"].sum() == len(orders)
    assert mine.loc[mine["hours"].isna(), "orders"].sum() == orders["delivered_at"].isna().sum()


def test_backlog_is_hours_of_all_stages_at_full_staffing(answer, study_folder):
    rows = read_backlog(answer.runs, "regional_3dc")

    nodes = pd.read_parquet(study_folder / "regional_3dc" / "rep-0000" / "nodes.parquet")
    at_60 = nodes[(nodes["at"] == 60.0) & (nodes["node"] == "reno")]
    mine = rows[(rows["at"] == 60.0) & (rows["node"] == "reno") & (rows["replication"] == 0)]
    assert mine["hours"].item() == pytest.approx(at_60["waiting_hours"].sum() / 8)


def test_a_replication_without_a_manifest_is_not_a_result(copy):
    (copy / "omnichannel" / "rep-0003" / "manifest.json").unlink()

    assert find_runs(read_study(copy)).common == (0, 1, 2, 4, 5)


def test_designs_without_a_common_replication_cannot_be_reported(copy):
    for manifest in (copy / "omnichannel").glob("rep-*/manifest.json"):
        manifest.unlink()

    with pytest.raises(TwinError, match="no replication is finished in every design"):
        find_runs(read_study(copy))


def test_large_studies_are_sampled_evenly_and_never_below_a_few_replications(study_folder, monkeypatch):
    monkeypatch.setattr(history, "MAX_ROWS", 1)
    monkeypatch.setattr(history, "FEWEST_REPLICATIONS", 3)

    assert find_runs(read_study(study_folder)).sampled == (0, 2, 4)


def test_small_studies_are_read_whole(answer):
    assert answer.runs.sampled == answer.runs.common == (0, 1, 2, 3, 4, 5)
