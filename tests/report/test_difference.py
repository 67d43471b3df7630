import numpy as np
import pandas as pd
import pytest

from twin.report import palette
from twin.report.fig_difference import difference_frames, groups, scale_color, shares_of_people
from twin.report.sections_maps import difference_finding


def medians(answer, changes):
    """P50 by ZIP3 of the four most populous places: baseline 80 h, and 80 h plus a change in each replication."""
    zip3 = answer.study.places.nlargest(4, "population")["zip3"]
    rows = []
    for destination, by_run in zip(zip3, changes, strict=True):
        for replication, change in enumerate(by_run):
            rows.append(("central_dc", destination, replication, 80.0))
            rows.append(("regional_3dc", destination, replication, 80.0 + change))
    return pd.DataFrame(rows, columns=["design", "destination", "replication", "p50_hours"])


def frames(answer, changes):
    return difference_frames(answer.study, medians(answer, changes), len(changes[0]))


def test_a_change_in_every_run_is_decided_and_a_mixed_one_is_not(answer):
    found = frames(answer, [(-30, -31), (-30, 30), (3, 3.1), (0, 0)]).of("regional_3dc")

    by_change = found.set_index(found["change_hours"].round(2))["decided"]
    assert by_change.to_dict() == {-30.5: True, 0.0: False, 3.05: True}


def test_shares_of_people_add_up_to_everyone(answer):
    found = groups(frames(answer, [(-60, -61), (-30, -31), (-3, -3.1), (5, 5.1)]), "regional_3dc")

    assert sum(group.people_rate for group in found) == pytest.approx(1.0)
    assert all(group.people_rate > 0 for group in found if group.words != "About the same")


def test_an_undecided_change_counts_as_about_the_same(answer):
    found = frames(answer, [(-60, 59), (-60, 59), (-60, 59), (-60, 59)])

    assert {group.words: group.people_rate for group in groups(found, "regional_3dc")}["About the same"] == 1.0
    assert shares_of_people(found, "regional_3dc") == (0.0, 0.0, 0.0)


def test_one_run_decides_nothing(answer):
    assert not frames(answer, [(-60,), (-30,), (3,), (5,)]).changes["decided"].any()


def test_a_study_of_hours_has_classes_in_hours(answer):
    words = [group.words for group in groups(frames(answer, [(-5, -5.1), (-1, -1), (0, 0), (1, 1)]), "regional_3dc")]

    assert words == [
        "More than 12 h sooner", "6 to 12 h sooner", "2 to 6 h sooner", "About the same", "2 h or more later",
    ]  # fmt: skip


def test_the_finding_is_about_the_chosen_candidate(answer):
    found = frames(answer, [(-20, -20.1)] * 4)

    assert difference_finding(found, "regional_3dc") == (
        "100% of people get their order at least half a day sooner; nobody waits 2 hours or more longer"
    )


def test_a_small_gain_is_not_called_half_a_day(answer):
    found = frames(answer, [(-5, -5.1)] * 4)

    assert difference_finding(found, "regional_3dc").startswith("100% of people get their order 2 hours or more sooner")


def test_no_change_is_said_so(answer):
    assert difference_finding(frames(answer, [(0, 0)] * 4), "regional_3dc") == (
        "Hardly anybody's order comes 2 hours or more sooner or later"
    )


@pytest.mark.parametrize(("share", "color"), [(-1.0, "#083F61"), (0.0, "#083F61"), (0.5, "#E4E7EA"), (2.0, "#8A3304")])
def test_the_scale_is_clipped_at_its_ends(share, color):
    assert scale_color(share) == color


def test_the_scale_turns_from_blue_over_gray_to_rust():
    reds = [int(scale_color(share)[1:3], 16) for share in np.linspace(0.2, 0.5, 7)]

    assert reds == sorted(reds)
    assert scale_color(0.5) != palette.RULE
