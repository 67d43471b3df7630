"""Parcels that never arrive whole: who is hit, what is sent anew, what it costs, and that the books still balance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.factories import Tables, a_level, a_model, a_network, a_node, a_service, always, an_order, run
from twin.domain.distributions import Distribution
from twin.domain.liability import Liability
from twin.domain.surcharges import Surcharges
from twin.simulation.streams import stream

TUE = 24.0


ON_TIME = always(0.0)


def lived(
    folder: Path, *orders: Any, liability: Liability, extra_days: Distribution = ON_TIME, **special: Any
) -> Tables:
    """Run some orders at Columbus, by a service that answers for so much; $5 for a label in zone 1."""
    service = a_service(liability=liability, surcharges=Surcharges(fuel_rate=0.1), extra_days=extra_days)
    network = a_network([a_node()], services=[service], levels=[a_level(late_credit_usd=3.0)])
    return run(a_model(network, orders or [an_order(9.0, "432", 120.0, mug=2)], runout_days=16, **special), folder)


def test_a_lost_parcel_is_missed_a_week_after_it_should_have_come_and_sent_anew(tmp_path: Path) -> None:
    tables = lived(tmp_path, liability=Liability(lost_rate=1.0, claim_limit_usd=100.0))

    lost, anew = tables.shipments.sort_values("routed_at").to_dict("records")
    # it leaves on Monday at 17:30 and should come on Tuesday at 17:00
    assert (lost["outcome"], lost["departed_at"]) == ("lost", 17.5)
    assert np.isnan(lost["delivered_at"])
    assert (anew["outcome"], anew["routed_at"]) == ("delivered", TUE + 17.0 + 7 * 24)
    (event,) = tables.events[["at", "kind", "subject", "units", "reason"]].to_numpy().tolist()
    assert event == [TUE + 17.0 + 7 * 24, "lost", "columbus", 2, "parcel_ground"]


def test_a_damaged_parcel_is_refused_when_it_should_have_come(tmp_path: Path) -> None:
    tables = lived(tmp_path, liability=Liability(damaged_rate=1.0))

    assert tables.shipments.sort_values("routed_at")["outcome"].tolist() == ["damaged", "delivered"]
    assert tables.shipments["routed_at"].max() == TUE + 17.0


def test_the_order_is_delivered_with_the_parcel_that_comes_and_late(tmp_path: Path) -> None:
    tables = lived(tmp_path, liability=Liability(lost_rate=1.0))

    (order,) = tables.orders.to_dict("records")
    assert (order["status"], order["units"], order["units_shipped"], order["shipments"]) == ("delivered", 2, 2, 2)
    assert order["delivered_at"] == tables.shipments["delivered_at"].max() > order["promised_by"]
    assert tables.shipments.sort_values("routed_at")["late_credit_usd"].tolist() == [0.0, 3.0]


@pytest.mark.parametrize(("limit_usd", "paid_usd"), [(100.0, 8.0), (5.0, 5.0), (0.0, 0.0)])
def test_the_carrier_pays_for_the_goods_up_to_its_limit(limit_usd: float, paid_usd: float, tmp_path: Path) -> None:
    tables = lived(tmp_path, liability=Liability(lost_rate=1.0, claim_limit_usd=limit_usd))

    shipments = tables.shipments.sort_values("routed_at")
    assert shipments["lost_goods_usd"].tolist() == [8.0, 0.0]  # two mugs at $4
    assert shipments["claimed_usd"].tolist() == [-paid_usd, 0.0]


def test_what_is_lost_leaves_the_shelf_and_is_taken_from_it_again(tmp_path: Path) -> None:
    tables = lived(tmp_path, liability=Liability(lost_rate=1.0), stock={"columbus": {"mug": 5}})

    assert tables.stock["on_hand_units"].iloc[-1] == 5 - 2 - 2


def test_an_order_whose_goods_are_gone_is_cancelled_once_its_patience_is_over(tmp_path: Path) -> None:
    tables = lived(tmp_path, liability=Liability(lost_rate=1.0), stock={"columbus": {"mug": 2}})

    assert tables.orders["status"].tolist() == ["cancelled"]
    assert tables.events["kind"].tolist() == ["lost", "cancelled"]


def test_an_orders_own_luck_says_whether_its_parcel_is_lost(tmp_path: Path) -> None:
    luck = stream(1, 0, "order-luck", "loss", "0").random(40)
    orders = [an_order(8.0 + number / 100, "432", 120.0, mug=1) for number in range(40)]

    shipments = lived(tmp_path, *orders, liability=Liability(lost_rate=0.2, damaged_rate=0.1)).shipments

    first = shipments.sort_values("routed_at").groupby("order")["outcome"].first()
    expected = np.select([luck < 0.2, luck < 0.3], ["lost", "damaged"], "delivered")
    assert first.tolist() == expected.tolist()
    assert {"lost", "damaged", "delivered"} == set(expected)


def test_a_carrier_gives_back_part_of_the_freight_of_what_it_brings_late(tmp_path: Path) -> None:
    refund = Liability(late_refund_rate=0.5)

    usual = lived(tmp_path, liability=refund).shipments["claimed_usd"]
    late = lived(tmp_path, liability=refund, extra_days=always(1.0)).shipments["claimed_usd"]

    assert (usual.tolist(), late.tolist()) == ([0.0], [-2.75])  # half of $5.50
