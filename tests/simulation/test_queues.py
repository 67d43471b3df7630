"""Waiting lines: by promise, by arrival, and never anybody lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulation.shipping import a_shipment
from twin.simulation.queues import ArrivalQueue, PromiseQueue, Queue
from twin.simulation.shipments import Shipment

MOVES = st.lists(st.one_of(st.none(), st.integers(0, 4).map(float)), max_size=40)


def numbers(queue: Queue) -> list[int]:
    """Empty a line and return the numbers of the orders."""
    return [queue.pop().order.number for _ in range(queue.size)]


def test_the_earliest_promise_is_served_first() -> None:
    queue = PromiseQueue()
    for number, promised_by in enumerate([48.0, 24.0, 72.0, 24.0]):
        queue.push(a_shipment(number=number, promised_by=promised_by))

    assert numbers(queue) == [1, 3, 0, 2]


def test_the_first_to_come_is_served_first() -> None:
    queue = ArrivalQueue()
    for number, promised_by in enumerate([48.0, 24.0, 72.0, 24.0]):
        queue.push(a_shipment(number=number, promised_by=promised_by))

    assert numbers(queue) == [0, 1, 2, 3]


def test_a_later_comer_with_an_earlier_promise_goes_ahead() -> None:
    queue = PromiseQueue()
    queue.push(a_shipment(number=0, promised_by=24.0))
    queue.push(a_shipment(number=1, promised_by=48.0))
    first = queue.pop()
    queue.push(a_shipment(number=2, promised_by=24.0))

    assert [first.order.number, *numbers(queue)] == [0, 2, 1]


def promise_of(item: tuple[int, Shipment]) -> tuple[float, int]:
    """Rank by promise, then by arrival."""
    return item[1].order.promised_by, item[0]


def arrival_of(item: tuple[int, Shipment]) -> tuple[float, int]:
    """Rank by arrival."""
    return 0.0, item[0]


@pytest.mark.parametrize(("queue_of", "rank"), [(PromiseQueue, promise_of), (ArrivalQueue, arrival_of)])
def test_a_line_behaves_like_a_sorted_list(
    queue_of: type[PromiseQueue] | type[ArrivalQueue], rank: Callable[[tuple[int, Shipment]], tuple[float, int]]
) -> None:
    @given(MOVES)
    def check(moves: list[float | None]) -> None:
        """Push a promise, or pop at `None`."""
        queue, expected = queue_of(), list[tuple[int, Shipment]]()
        for number, promised_by in enumerate(moves):
            if promised_by is not None:
                shipment = a_shipment(number=number, promised_by=promised_by)
                queue.push(shipment)
                expected.append((number, shipment))
            elif expected:
                first = min(expected, key=rank)
                expected.remove(first)
                assert queue.pop() is first[1]
            assert queue.size == len(expected)

    check()
