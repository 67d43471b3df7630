"""A plan in the making knows what each node is to send already."""

from __future__ import annotations

import pytest

from tests.policies.worlds import SnapshotView, an_order, lines_of, ways_from, what, who_ships_what
from twin.policies.routing.rules import Draft


def a_draft(order=None, most_units: float = 99, **stock: dict[str, int]) -> Draft:
    view = SnapshotView(ways_from("akron", "dayton"), stock, most_units=most_units)
    return Draft(order or an_order(mug=4, lamp=1), view)


def test_what_a_node_is_to_send_adds_up_in_the_order_of_the_lines() -> None:
    draft = a_draft(akron={"mug": 4, "lamp": 1})

    assert draft.take("akron", lines_of(lamp=1))
    assert draft.take("akron", lines_of(mug=3))
    assert draft.take("akron", lines_of(mug=1))

    (shipment,) = draft.decision().shipments
    assert shipment.lines is draft.order.lines
    assert draft.rest == ()


def test_a_node_that_no_service_leaves_with_all_of_it_keeps_what_it_had_to_send() -> None:
    draft = a_draft(akron={"mug": 4, "lamp": 1}, most_units=4)
    draft.take("akron", lines_of(mug=4))

    taken = draft.take("akron", lines_of(lamp=1))

    assert not taken
    assert who_ships_what(draft.decision()) == {"akron": {"mug": 4}}
    assert what(draft.rest) == {"lamp": 1}


def test_a_node_takes_nothing_by_taking_no_lines() -> None:
    draft = a_draft(akron={"mug": 4})

    assert not draft.take("akron", ())
    assert not draft.uses("akron")


@pytest.mark.parametrize(("unit", "share"), [("unit", {"mug": 1, "lamp": 1}), ("line", {"lamp": 1}), ("order", {})])
def test_a_node_shares_what_it_has_besides_what_it_is_to_send(unit, share: dict[str, int]) -> None:
    draft = a_draft(akron={"mug": 3, "lamp": 1})
    draft.take("akron", lines_of(mug=2))

    assert what(draft.share("akron", draft.rest, unit)) == share


@pytest.mark.parametrize(
    ("basis", "units"), [("on_hand", 4), ("on_hand_minus_reserved", 2), ("available_to_promise", 2)]
)
def test_what_a_node_is_to_send_is_reserved_but_still_on_hand(basis, units: int) -> None:
    draft = a_draft(akron={"mug": 4})
    draft.take("akron", lines_of(mug=2))

    assert draft.stock(basis, "akron", "mug") == units


def test_what_is_tried_on_a_copy_counts_only_once_it_is_taken_over() -> None:
    draft = a_draft(akron={"mug": 4})
    trial = draft.copy()
    trial.take("akron", lines_of(mug=4))

    assert not draft.uses("akron")
    draft.become(trial)
    assert who_ships_what(draft.decision()) == {"akron": {"mug": 4}}
