import json

import pytest

from twin.domain.errors import TwinError
from twin.report.study import read_study


def rewritten(folder, place, **changes):
    content = json.loads((folder / "study.json").read_text("utf-8")) | changes
    place.mkdir(exist_ok=True)
    (place / "study.json").write_text(json.dumps(content), encoding="utf-8")
    return place


def test_the_baseline_comes_first_and_the_others_keep_their_order(study_folder, tmp_path):
    study = read_study(rewritten(study_folder, tmp_path, baseline="omnichannel"))

    assert [design.name for design in study.designs] == [
        "omnichannel", "central_dc", "regional_3dc", "distribution_network",
    ]  # fmt: skip
    assert [design.name for design in study.candidates()] == ["central_dc", "regional_3dc", "distribution_network"]


def test_a_baseline_that_is_no_design_is_refused(study_folder, tmp_path):
    with pytest.raises(TwinError, match="baseline 'nowhere' is not among its designs"):
        read_study(rewritten(study_folder, tmp_path, baseline="nowhere"))


def test_a_folder_without_a_study_file_is_no_study(tmp_path):
    with pytest.raises(TwinError, match=r"has no study\.json"):
        read_study(tmp_path)


def test_zip3_keep_their_zeros(study_folder):
    places = read_study(study_folder).places

    assert places["zip3"].str.len().eq(3).all()


def test_the_measured_window_starts_after_the_warm_up(study_folder):
    window = read_study(study_folder).window

    assert (window.starts_at, window.ends_at) == (48.0, 216.0)


def test_the_first_measure_decides_where_none_is_said_to(study_folder, tmp_path):
    measures = json.loads((study_folder / "study.json").read_text("utf-8"))["measures"]
    plain = {kpi: {**measure, "primary": False} for kpi, measure in measures.items()}

    assert read_study(rewritten(study_folder, tmp_path, measures=plain)).primary.kpi == "cost_per_order"


def test_a_study_that_is_not_complete_is_partial(study_folder, tmp_path):
    assert read_study(rewritten(study_folder, tmp_path, state="partial")).partial
    assert not read_study(study_folder).partial
