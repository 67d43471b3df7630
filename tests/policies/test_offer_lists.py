"""Lists of offers that are made as far as somebody reads them."""

from __future__ import annotations

import pytest

from twin.policies.decision import Offer
from twin.policies.offer_lists import FIRST_READ, OfferList


def an_offer(cell: int) -> Offer:
    return Offer(f"node {cell}", "parcel_ground", 1, float(cell), 1.0, 1, cell, 1)


class Maker:
    """Makes offers and remembers of which cells."""

    def __init__(self) -> None:
        self.made: list[int] = []

    def __call__(self, cell: int) -> Offer:
        self.made.append(cell)
        return an_offer(cell)


def test_a_list_reads_like_a_tuple() -> None:
    cells = list(range(30))

    offers = OfferList(cells, an_offer)

    assert len(offers) == 30
    assert list(offers) == [an_offer(cell) for cell in cells]
    assert list(offers) == list(offers)
    assert (offers[0], offers[20], offers[-1]) == (an_offer(0), an_offer(20), an_offer(29))
    assert offers[3:5] == (an_offer(3), an_offer(4))
    assert an_offer(29) in offers


def test_only_what_is_read_is_made_and_once() -> None:
    make = Maker()
    offers = OfferList(range(100), make)

    for offer in offers:
        if offer.pickup == FIRST_READ:
            break
    again = [offer.pickup for offer, _ in zip(offers, range(FIRST_READ), strict=False)]

    assert again == list(range(FIRST_READ))
    assert make.made == list(range(2 * FIRST_READ))


def test_readers_at_different_places_do_not_disturb_each_other() -> None:
    offers = OfferList(range(20), an_offer)
    slow = iter(offers)
    first = [next(slow).pickup for _ in range(6)]

    fast = [offer.pickup for offer in offers]

    assert fast == list(range(20))
    assert first + [offer.pickup for offer in slow] == list(range(20))


@pytest.mark.parametrize("count", range(FIRST_READ + 1))
def test_a_short_list_is_made_at_once(count: int) -> None:
    make = Maker()

    offers = OfferList(range(count), make)

    assert make.made == list(range(count))
    assert [offer.pickup for offer in offers] == list(range(count))


def test_there_is_nothing_behind_the_end() -> None:
    with pytest.raises(IndexError):
        OfferList(range(3), an_offer)[3]
