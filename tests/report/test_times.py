import numpy as np
import pandas as pd
import pytest

from twin.report.times import density, time_frames

NEVER = None


def counts(**designs):
    rows = [
        {"design": design, "replication": replication, "hours": hours, "orders": orders}
        for design, found in designs.items()
        for replication, hours, orders in found
    ]
    return pd.DataFrame(rows).astype({"hours": float})


def promise(**designs):
    rows = [{"design": d, "hours": hours, "orders": orders} for d, found in designs.items() for hours, orders in found]
    return pd.DataFrame(rows)


def frames(answer, delivered, against=None, late=None):
    drawn = (answer.study.designs[0],)
    against = promise(central_dc=[(-1, 1)]) if against is None else against
    return time_frames(answer.study, drawn, "central_dc", (delivered, against), late or {})


def test_an_order_of_exactly_three_days_is_within_three_days(answer):
    found = frames(answer, counts(central_dc=[(0, 72, 40), (0, 73, 60)]))

    assert found.asked_days == 3
    assert found.share("central_dc") == pytest.approx(0.4)


def test_orders_that_never_arrive_stay_in_the_whole(answer):
    found = frames(answer, counts(central_dc=[(0, 24, 50), (0, NEVER, 50)]))

    assert found.within["central_dc"][-1] == pytest.approx(0.5)


def test_another_day_is_asked_about_where_three_days_tell_nothing(answer):
    found = frames(answer, counts(central_dc=[(0, 150, 50), (0, 250, 50)]))

    assert found.asked_days == 7


def test_the_half_width_comes_from_the_spread_of_the_replications(answer):
    found = frames(answer, counts(central_dc=[(0, 24, 50), (0, 90, 50), (1, 24, 54), (1, 90, 46)]))

    # shares 0.50 and 0.54: s = 0.0283, t(0.975, 1) = 12.706
    assert found.half_widths["central_dc"] == pytest.approx(12.706 * 0.02828 / 2**0.5, rel=1e-3)


def test_the_late_share_is_that_of_the_kpi_where_it_is_known(answer):
    found = frames(answer, counts(central_dc=[(0, 24, 100)]), late={"central_dc": 0.062})

    assert found.late_rates == {"central_dc": 0.062}


def test_otherwise_late_is_what_did_not_arrive_by_the_promise(answer):
    found = frames(
        answer, counts(central_dc=[(0, 24, 90), (0, NEVER, 10)]), promise(central_dc=[(-5, 80), (0, 6), (20, 4)])
    )

    assert found.late_rates["central_dc"] == pytest.approx(0.2)


def test_densities_of_all_designs_have_the_same_area():
    table = promise(a=[(-30, 100)], b=[(-40, 7), (-20, 7)])
    hours = np.arange(-100, 100)

    assert density(table, "a", hours).sum() == pytest.approx(1.0)
    assert density(table, "b", hours).sum() == pytest.approx(1.0)
