from dataclasses import replace
from math import inf, isnan

import numpy as np
import pandas as pd

from twin.report.backlog import MOST_PANELS, backlog_frames
from twin.report.study import Event, Site

STORM = Event("storm", 24.0 * 4, 24.0 * 5, ("east",))


def rows(level_of_day, node="columbus", replications=(0, 1)):
    """Hourly backlog, the same through each day: `level_of_day` is one number per measured day."""
    at = np.arange(49, 49 + 24 * len(level_of_day), dtype=float)
    hours = np.repeat(np.array(level_of_day, float), 24)
    parts = [pd.DataFrame({"replication": r, "at": at, "node": node, "hours": hours + r}) for r in replications]
    return pd.concat(parts)


def frames(answer, level_of_day, events=(STORM,)):
    study = replace(answer.study, disruptions=events)
    return backlog_frames(study, answer.baseline, rows(level_of_day), {"columbus": 0.9}, recommended=False)


def test_the_curve_is_the_mean_of_the_replications(answer):
    node = frames(answer, [1, 1, 9, 5, 1, 1, 1]).nodes[0]

    assert node.mean[0] == 1.5
    assert node.peak_hours == 9.5
    assert node.low[0] < node.mean[0] < node.high[0]


def test_recovery_is_counted_from_the_start_of_the_event_to_the_first_day_back(answer):
    node = frames(answer, [1, 1, 9, 5, 1, 1, 1]).nodes[0]

    assert node.recovered_after_days == 2


def test_a_node_that_falls_behind_again_has_not_recovered_before(answer):
    node = frames(answer, [1, 1, 9, 1, 6, 1, 1]).nodes[0]

    assert node.recovered_after_days == 3


def test_a_node_still_behind_at_the_end_has_not_recovered(answer):
    assert frames(answer, [1, 1, 9, 8, 7, 6, 5]).nodes[0].recovered_after_days == inf


def test_a_node_that_was_not_hit_has_nothing_to_recover_from(answer):
    assert isnan(frames(answer, [1, 1, 1.5, 1, 1, 1, 1]).nodes[0].recovered_after_days)


def test_without_an_event_there_is_no_recovery(answer):
    assert isnan(frames(answer, [1, 1, 9, 5, 1, 1, 1], events=()).nodes[0].recovered_after_days)


def test_events_outside_the_measured_days_are_not_drawn(answer):
    early = Event("early", 0.0, 24.0, ())

    assert frames(answer, [1] * 7, events=(early,)).events == ()


def test_of_many_nodes_only_the_longest_backlogs_are_drawn(answer):
    names = [f"n{number}" for number in range(MOST_PANELS + 3)]
    sites = tuple(Site(name, name, "store", 40.0, -90.0, True) for name in names)
    design = replace(answer.baseline, nodes=sites)
    table = pd.concat([rows([number] * 7, node=name) for number, name in enumerate(names)])

    found = backlog_frames(answer.study, design, table, {}, recommended=True)

    assert len(found.nodes) == MOST_PANELS + 3
    assert len(found.drawn) == MOST_PANELS
    assert [node.name for node in found.drawn[:2]] == [names[-1], names[-2]]
