"""What a plan comes to by the twin's own rates, and why it cannot be carried out where it cannot."""

from __future__ import annotations

from math import inf

import pytest
from msgspec import structs

from tests.calibration.shadow_world import AIR, a_picture, a_plan, an_order, shelf, ships
from twin.calibration.plan_figures import figures, figures_of, read_plan
from twin.policies.contract import order_from

EVERYTHING = order_from(an_order(mug=2, lamp=1))


def read(*shipments, arrives_at: float = 0.0, **unfilled: int):
    """Read a plan for two mugs and a lamp on a picture of plenty."""
    view = shelf().view(a_picture(arrives_at=arrives_at))
    return read_plan(a_plan(*shipments, **unfilled), EVERYTHING, view)


def test_a_plan_is_priced_with_freight_handling_and_boxes() -> None:
    found = figures_of(read(ships("reno", AIR, mug=2), ships("columbus", lamp=1)).decision, EVERYTHING)

    assert found.nodes == ("columbus", "reno")
    assert found.services == ("parcel_ground", AIR)
    assert (found.shipments, found.units) == (2, 3)
    # a lamp's box counts as 18 lb, zone 1 by ground for $10; two mugs go to zone 4 by air for three times $8
    assert found.cost_usd == pytest.approx(10.0 + 0.5 + 24.0 + 0.25)


def test_lateness_is_that_of_the_last_shipment() -> None:
    assert figures_of(read(ships("reno", mug=2, lamp=1)).decision, EVERYTHING).late_hours == 0.0
    late = read(ships("reno", mug=2, lamp=1), arrives_at=103.5)
    assert figures_of(late.decision, EVERYTHING).late_hours == 3.5


def test_what_never_arrives_is_infinitely_late() -> None:
    assert figures_of(read(ships("reno", mug=2, lamp=1), arrives_at=inf).decision, EVERYTHING).late_hours == inf


def test_a_plan_of_nothing_comes_to_nothing() -> None:
    found = figures([], 100.0)

    assert (found.nodes, found.shipments, found.units, found.cost_usd, found.late_hours) == ((), 0, 0, 0.0, 0.0)


def test_no_plan_has_no_figures() -> None:
    assert figures_of(None, EVERYTHING) is None


@pytest.mark.parametrize(
    ("shipments", "said", "priced"),
    [
        ([ships("reno", mug=2)], "order 1: ordered {'mug': 2, 'lamp': 1}, but shipped and unfilled add up to", True),
        ([ships("boston", mug=2, lamp=1)], "order 1: node 'boston' cannot send 2 of mug, 1 of lamp to 432 by", False),
        ([ships("reno", mug=9, lamp=1)], "order 1: node 'reno' is to ship 9 of mug, ordered were 2", False),
        ([ships("reno", zebra=1)], "order 1: node 'reno' is to ship 1 of zebra, ordered were 0", False),
    ],
)
def test_a_plan_that_cannot_be_carried_out_says_why(shipments, said, priced) -> None:
    found = read(*shipments)

    assert found.said.startswith(said)
    assert (found.decision is not None) is priced


def test_a_shipment_of_nothing_is_refused_before_it_is_packed() -> None:
    found = read(structs.replace(ships("reno"), lines=()))

    assert found.said == "order 1: node 'reno' is to ship nothing"
    assert found.decision is None


def test_a_plan_that_can_be_carried_out_has_nothing_to_say() -> None:
    assert read(ships("reno", mug=2, lamp=1)).said == ""
    assert read(ships("reno", mug=2), lamp=1).said == ""
