import numpy as np
import pandas as pd
import pytest

from twin.report.fig_pareto import _free_side, _Scale
from twin.report.kpis import Kpis
from twin.report.labels import Box
from twin.report.pareto import front_rates, pareto_frames


def values(*means, noise=0.1, runs=30):
    random = np.random.default_rng(5)
    return np.array(means) + noise * random.standard_normal((runs, len(means)))


def test_a_design_better_on_both_is_always_on_the_front_and_the_other_never():
    rates = front_rates(values(10.0, 5.0), values(10.0, 5.0), seed=1)

    assert rates.tolist() == [1.0, 0.0]


def test_designs_that_trade_one_for_the_other_are_both_on_the_front():
    rates = front_rates(values(10.0, 5.0), values(5.0, 10.0), seed=1)

    assert rates.tolist() == [1.0, 1.0]


def test_the_front_is_shared_where_nothing_is_decided():
    rates = front_rates(values(5.0, 5.0, noise=1.0), values(5.0, 5.0, noise=1.0), seed=1)

    assert (rates > 0.05).all()
    assert rates.sum() < 2


def test_the_same_seed_gives_the_same_shares():
    across, up = values(5.0, 5.1, noise=1.0), values(5.0, 5.1, noise=1.0)

    assert front_rates(across, up, seed=7).tolist() == front_rates(across, up, seed=7).tolist()


def test_boxes_hold_their_estimate_and_cheaper_designs_stand_left(answer):
    frames = pareto_frames(answer.study, answer.kpis)

    assert frames is not None
    assert [standing.design for standing in frames.standings] == [design.name for design in answer.study.designs]
    assert all(standing.half_across > 0 and standing.half_up > 0 for standing in frames.standings)
    across = {standing.design: standing.across for standing in frames.standings}
    assert across["distribution_network"] < across["central_dc"]


def test_a_design_is_beaten_only_where_some_other_is_surely_better_on_both(answer):
    names = [design.name for design in answer.study.designs]
    cost = pd.DataFrame(values(10.0, 12.0, 8.0, 10.02, noise=0.05), columns=names)
    on_time = pd.DataFrame(values(0.95, 0.90, 0.90, 0.95, noise=0.001), columns=names)
    kpis = Kpis({"cost_per_order": cost, "on_time_delivery_rate": on_time}, {})

    frames = pareto_frames(answer.study, kpis)

    assert frames is not None
    assert frames.beaten == {names[1]}


def test_without_two_known_measures_there_is_nothing_to_draw(answer):
    assert pareto_frames(answer.study, Kpis({}, {})) is None


@pytest.mark.parametrize("runs", [1])
def test_one_run_beats_nobody(answer, runs):
    names = [design.name for design in answer.study.designs]
    table = pd.DataFrame([[1.0, 2.0, 3.0, 4.0]] * runs, columns=names)

    frames = pareto_frames(answer.study, Kpis({"cost_per_order": table, "on_time_delivery_rate": table}, {}))

    assert frames is not None
    assert frames.beaten == frozenset()


def test_names_lie_beside_their_boxes_and_over_no_other_name_or_are_left_out():
    scale = _Scale((0, 1), (0, 1), 800, 400)
    boxes = [Box(100 + 10 * at, 100, 600 + 10 * at, 250) for at in range(12)]  # as of a sweep: nearly the same
    names = []
    for box in boxes:
        spot = _free_side(box, (130, 80), (boxes, names), scale)
        names += [] if spot is None else [spot]

    assert 1 <= len(names) < 12
    assert not any(one.overlaps(other) for one in names for other in names if one is not other)
    assert all(spot.inside(Box(0, 0, 800, 400)) for spot in names)


def test_a_name_far_from_its_box_would_be_taken_for_that_of_another():
    scale, box = _Scale((0, 1), (0, 1), 800, 400), Box(0, 0, 800, 60)
    around = [Box(0, 60, 800, 200)]

    assert _free_side(box, (130, 80), ([box], around), scale) is None
