"""Which boxes items go into: the smallest that fits, else several, and each item exactly once."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import a_product, a_service
from tests.policies.worlds import lines_of
from twin.domain.cartons import Carton, Parcel
from twin.domain.products import Product
from twin.policies.cartons import MAX_FILL_RATE, Packer

SMALL = Carton("small", (20.0, 10.0, 10.0), max_weight_kg=2.0, tare_kg=0.1, cost_usd=0.25, co2e_kg=0.01)
MEDIUM = Carton("medium", (30.0, 20.0, 20.0), max_weight_kg=10.0, tare_kg=0.2, cost_usd=0.5, co2e_kg=0.02)
LARGE = Carton("large", (60.0, 40.0, 40.0), max_weight_kg=20.0, tare_kg=0.4, cost_usd=1.0, co2e_kg=0.04)
CARTONS = (LARGE, SMALL, MEDIUM)


def an_item(sku: str = "item", *dimensions_cm: float, weight_kg: float = 0.5) -> Product:
    length, width, height = dimensions_cm or (10.0, 5.0, 4.0)
    return a_product(sku, dimensions_cm=(length, width, height), weight_kg=weight_kg)


def a_packer(*items: Product, cartons: tuple[Carton, ...] = CARTONS) -> Packer:
    return Packer({item.sku: item for item in items}, cartons, [a_service()])


def ids(boxes: list[tuple[Carton | None, list[Product]]]) -> list[str | None]:
    return [carton and carton.carton_id for carton, _ in boxes]


@pytest.mark.parametrize(
    ("item", "carton"),
    [
        (an_item("thumb", 5.0, 5.0, 5.0), "small"),
        (an_item("as large as the box", 20.0, 10.0, 10.0), "small"),
        (an_item("a little longer", 20.1, 10.0, 10.0), "medium"),
        (an_item("wide", 15.0, 11.0, 5.0), "medium"),
        (an_item("heavy", 5.0, 5.0, 5.0, weight_kg=2.5), "medium"),
        (an_item("large", 55.0, 35.0, 35.0), "large"),
        (an_item("ski", 170.0, 10.0, 10.0), None),
        (an_item("anvil", 20.0, 20.0, 20.0, weight_kg=30.0), None),
    ],
    ids=lambda value: getattr(value, "sku", str(value)),
)
def test_one_item_goes_into_the_smallest_carton_that_takes_its_sides_and_weight(item: Product, carton: str) -> None:
    boxes = a_packer(item).boxes([item])

    assert ids(boxes) == [carton]


def test_several_items_leave_air_in_the_box() -> None:
    # small holds 2,000 cm3, of which 1,700 may be filled: eight items of 200 cm3, not nine
    items = [an_item(weight_kg=0.1)] * 9
    packer = a_packer(items[0])

    assert ids(packer.boxes(items[:8])) == ["small"]
    assert ids(packer.boxes(items)) == ["medium"]


def test_two_items_leave_air_too() -> None:
    # 1,800 cm3 would fit the small carton's 2,000, but not the 1,700 that may be filled
    half = an_item("half", 10.0, 10.0, 9.0)

    assert ids(a_packer(half).boxes([half, half])) == ["medium"]


def test_a_single_item_may_fill_its_box_to_the_brim() -> None:
    brick = an_item("brick", 20.0, 10.0, 10.0)

    assert brick.volume_cm3 > MAX_FILL_RATE * SMALL.volume_cm3
    assert ids(a_packer(brick).boxes([brick])) == ["small"]


def test_what_does_not_fit_one_carton_goes_into_several() -> None:
    # three cubes of 30 kg in all: two reach the large carton's limit of 20 kg, the third goes alone
    cube = an_item("cube", 20.0, 20.0, 20.0, weight_kg=10.0)

    boxes = a_packer(cube).boxes([cube] * 3)

    assert [(ids([box]), len(box[1])) for box in boxes] == [(["large"], 2), (["medium"], 1)]


def test_an_item_too_large_for_any_carton_ships_in_its_own_packaging_beside_the_others() -> None:
    ski, thumb = an_item("ski", 170.0, 10.0, 10.0, weight_kg=3.0), an_item("thumb", 5.0, 5.0, 5.0)
    packer = a_packer(ski, thumb)

    parcels = packer.pack(lines_of(ski=1, thumb=1))

    assert ids(packer.boxes([thumb, ski])) == ["small", None]
    assert parcels.packaging_usd == 0.25
    # 170 cm are 66.9 inches, 17,000 cm3 are 1,037.4 in3, 3 kg are 6.6 lb; the other box is the small carton
    assert sorted(parcels.signature) == [
        Parcel(weight_lb=2, volume_in3=123, longest_in=8),
        Parcel(weight_lb=7, volume_in3=1038, longest_in=67),
    ]


def test_parcels_add_up_goods_and_cartons() -> None:
    cube = an_item("cube", 20.0, 20.0, 20.0, weight_kg=10.0)

    parcels = a_packer(cube).pack(lines_of(cube=3))

    assert parcels.weight_kg == pytest.approx(30.6)  # and 0.4 + 0.2 of cartons
    assert (parcels.packaging_usd, parcels.packaging_co2e_kg) == (1.5, 0.06)
    assert (parcels.lines, parcels.units) == (1, 3)


def test_the_weight_of_a_box_is_counted_in_whole_pounds_up_at_least_one() -> None:
    feather, pound = an_item("feather", weight_kg=0.001), an_item("pound", weight_kg=0.36)
    packer = a_packer(feather, pound)

    assert packer.pack(lines_of(feather=1)).signature[0].weight_lb == 1
    assert packer.pack(lines_of(pound=1)).signature[0].weight_lb == 2  # 0.46 kg with its box are 1.01 lb


def test_the_same_lines_are_packed_once() -> None:
    packer = a_packer(an_item())

    assert packer.pack(lines_of(item=2)) is packer.pack(lines_of(item=2))


def test_shipments_that_no_price_can_tell_apart_share_a_key() -> None:
    blue, red, heavy = an_item("blue"), an_item("red"), an_item("heavy", weight_kg=1.9)
    packer = a_packer(blue, red, heavy)

    assert packer.pack(lines_of(blue=1)).key == packer.pack(lines_of(red=1)).key
    assert packer.pack(lines_of(blue=1)).key != packer.pack(lines_of(heavy=1)).key
    assert packer.pack(lines_of(blue=2)).key != packer.pack(lines_of(blue=1, red=1)).key  # lines cost fees


def test_boxes_that_every_carrier_bills_alike_share_a_key_whatever_their_size() -> None:
    # both weigh one pound, and their 123 and 733 in3 stay below the threshold of 1,728
    thumb, wide = an_item("thumb", 5.0, 5.0, 5.0, weight_kg=0.2), an_item("wide", 15.0, 11.0, 5.0, weight_kg=0.2)
    packer = a_packer(thumb, wide)

    small, medium = packer.pack(lines_of(thumb=1)), packer.pack(lines_of(wide=1))

    assert small.key == medium.key
    assert small.signature != medium.signature
    assert small.packaging_usd < medium.packaging_usd


sides = st.floats(1.0, 80.0).map(lambda side: round(side, 1))
items = st.builds(
    lambda number, dimensions, weight_kg: an_item(f"item-{number}", *sorted(dimensions)[::-1], weight_kg=weight_kg),
    st.integers(0, 10_000),
    st.tuples(sides, sides, sides),
    st.floats(0.01, 25.0),
)
cartons = st.builds(
    lambda number, dimensions, weight_kg: Carton(
        f"carton-{number}", tuple(sorted(dimensions)[::-1]), weight_kg, 0.1, 0.1, 0.1
    ),
    st.integers(0, 10_000),
    st.tuples(sides, sides, sides),
    st.floats(0.5, 30.0),
)


@settings(max_examples=50, deadline=None)
@given(goods=st.lists(items, min_size=1, max_size=6), sizes=st.lists(cartons, max_size=4))
def test_every_item_is_packed_once_and_every_box_holds_what_is_in_it(goods: list[Product], sizes: list[Carton]) -> None:
    boxes = a_packer(*goods, cartons=tuple(sizes)).boxes(goods)

    assert Counter(item for _, inside in boxes for item in inside) == Counter(goods)
    for carton, inside in boxes:
        if carton is None:
            assert len(inside) == 1
        else:
            assert sum(item.weight_kg for item in inside) <= carton.max_weight_kg
            assert sum(item.volume_cm3 for item in inside) <= carton.volume_cm3
            for item in inside:
                assert all(side <= room for side, room in zip(item.dimensions_cm, carton.dimensions_cm, strict=True))


@settings(max_examples=50, deadline=None)
@given(item=items, sizes=st.lists(cartons, max_size=5))
def test_one_item_never_ships_in_a_larger_box_than_it_needs(item: Product, sizes: list[Carton]) -> None:
    ((chosen, _),) = a_packer(item, cartons=tuple(sizes)).boxes([item])

    fitting = [
        carton
        for carton in sizes
        if item.weight_kg <= carton.max_weight_kg
        and all(side <= room for side, room in zip(item.dimensions_cm, carton.dimensions_cm, strict=True))
    ]
    assert (chosen is None) == (not fitting)
    assert chosen is None or chosen.volume_cm3 == min(carton.volume_cm3 for carton in fitting)
