"""Which boxes items go into: the cheapest that hold them, and each item exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import a_product, a_service
from tests.policies.worlds import lines_of
from twin.domain.cartons import Carton, Parcel
from twin.domain.products import Packing, Product
from twin.policies.box_choice import PARCEL_USD, POUND_USD, Box
from twin.policies.box_fit import MOST_CUT, MOST_PLACED, Sides, fit
from twin.policies.box_holding import MAX_FILL_RATE, PADDING_RATE
from twin.policies.box_sharing import MOST_SPLIT
from twin.policies.cartons import Packer

SMALL = Carton("small", (20.0, 10.0, 10.0), max_weight_kg=2.0, tare_kg=0.1, cost_usd=0.25, co2e_kg=0.01)
MEDIUM = Carton("medium", (30.0, 20.0, 20.0), max_weight_kg=10.0, tare_kg=0.2, cost_usd=0.5, co2e_kg=0.02)
LARGE = Carton("large", (60.0, 40.0, 40.0), max_weight_kg=20.0, tare_kg=0.4, cost_usd=1.0, co2e_kg=0.04)
CARTONS = (LARGE, SMALL, MEDIUM)


def an_item(sku: str = "item", *dimensions_cm: float, weight_kg: float = 0.5, packing: Packing = "together") -> Product:
    length, width, height = dimensions_cm or (10.0, 5.0, 4.0)
    return a_product(sku, dimensions_cm=(length, width, height), weight_kg=weight_kg, packing=packing)


def a_packer(*items: Product, cartons: tuple[Carton, ...] = CARTONS) -> Packer:
    return Packer({item.sku: item for item in items}, cartons, [a_service()])


def ids(boxes: Sequence[Box]) -> list[str | None]:
    return [box.carton and box.carton.carton_id for box in boxes]


def skus(boxes: Sequence[Box]) -> list[list[str]]:
    return [[item.sku for item in box.items] for box in boxes]


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
def test_one_item_goes_into_the_cheapest_carton_that_takes_its_sides_and_weight(item: Product, carton: str) -> None:
    boxes = a_packer(item).boxes([item])

    assert ids(boxes) == [carton]


def test_a_heavy_item_takes_the_cheaper_cardboard_as_its_weight_is_billed_anyway() -> None:
    squat = Carton("squat", (20.0, 15.0, 10.0), max_weight_kg=5.0, tare_kg=0.1, cost_usd=1.0, co2e_kg=0.0)
    roomy = Carton("roomy", (36.0, 27.0, 6.0), max_weight_kg=5.0, tare_kg=0.1, cost_usd=0.32, co2e_kg=0.0)
    light, heavy = an_item("light", weight_kg=0.5), an_item("heavy", weight_kg=2.0)
    packer = Packer({}, [squat, roomy], [a_service(dim_threshold_in3=0.0)])

    # at least 2 lb against 3 lb, but 5 lb in either for the heavy one
    assert ids(packer.boxes([light])) == ["squat"]
    assert ids(packer.boxes([heavy])) == ["roomy"]


def test_two_items_may_fill_a_box_to_the_brim() -> None:
    half = an_item("half", 10.0, 10.0, 10.0)

    assert ids(a_packer(half).boxes([half, half])) == ["small"]


def test_items_that_volume_and_sides_would_let_in_go_elsewhere_if_they_do_not_fit_side_by_side() -> None:
    bar = an_item("bar", 11.0, 6.0, 6.0)

    assert 2 * bar.volume_cm3 < MAX_FILL_RATE * SMALL.volume_cm3
    assert ids(a_packer(bar).boxes([bar])) == ["small"]
    assert ids(a_packer(bar).boxes([bar, bar])) == ["medium"]


def test_many_items_leave_air_in_the_box() -> None:
    # small holds 2,000 cm3, of which 1,700 may be filled: eight items of 200 cm3, not nine
    items = [an_item(weight_kg=0.1)] * 9
    packer = a_packer(items[0])

    assert ids(packer.boxes(items[:8])) == ["small"]
    assert ids(packer.boxes(items)) == ["medium"]


def test_beyond_the_limit_of_work_volume_decides() -> None:
    # nobody tries to place so many
    brick = an_item("brick", 9.0, 5.0, 2.0, weight_kg=0.01)
    most = int(MAX_FILL_RATE * MEDIUM.volume_cm3 / brick.volume_cm3)
    packer = a_packer(brick, cartons=(MEDIUM,))

    assert most > MOST_PLACED
    assert fit([brick.dimensions_cm] * most, MEDIUM.dimensions_cm).fits is None
    assert [len(box.items) for box in packer.boxes([brick] * most)] == [most]
    assert [len(box.items) for box in packer.boxes([brick] * (most + 1))] == [most, 1]


def test_a_single_item_may_fill_its_box_to_the_brim() -> None:
    brick = an_item("brick", 20.0, 10.0, 10.0)

    assert brick.volume_cm3 > MAX_FILL_RATE * SMALL.volume_cm3
    assert ids(a_packer(brick).boxes([brick])) == ["small"]


def test_what_does_not_fit_one_carton_goes_into_several() -> None:
    # three cubes of 30 kg in all: two reach the large carton's limit of 20 kg, the third travels alone
    cube = an_item("cube", 20.0, 20.0, 20.0, weight_kg=10.0)

    boxes = a_packer(cube).boxes([cube] * 3)

    assert [(ids([box]), len(box.items)) for box in boxes] == [(["large"], 2), (["medium"], 1)]


def test_an_item_too_large_for_any_carton_ships_in_its_own_packaging_beside_the_others() -> None:
    ski, thumb = an_item("ski", 170.0, 10.0, 10.0, weight_kg=3.0), an_item("thumb", 5.0, 5.0, 5.0)
    packer = a_packer(ski, thumb)

    parcels = packer.pack(lines_of(ski=1, thumb=1))

    assert ids(packer.boxes([thumb, ski])) == [None, "small"]
    assert parcels.packaging_usd == 0.25
    # 170 cm are 66.9 inches and 10 cm 3.9, 17,000 cm3 are 1,037.4 in3, 3 kg are 6.6 lb; the other is the small carton
    assert sorted(parcels.signature) == [
        Parcel(weight_lb=2, volume_in3=123, longest_in=8, second_in=4, girth_in=16),
        Parcel(weight_lb=7, volume_in3=1038, longest_in=67, second_in=4, girth_in=16),
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


def test_many_items_fill_the_largest_carton_first() -> None:
    cube = an_item("cube", 20.0, 20.0, 20.0, weight_kg=4.0)

    boxes = a_packer(cube).boxes([cube] * 6)

    assert [(ids([box]), len(box.items)) for box in boxes] == [(["large"], 5), (["medium"], 1)]


def test_the_order_of_lines_makes_no_difference() -> None:
    packer = a_packer(an_item("mug"), an_item("jar", 8.0, 8.0, 8.0), an_item("pan", 28.0, 18.0, 5.0))

    assert packer.pack(lines_of(mug=1, jar=1, pan=2)) == packer.pack(lines_of(pan=2, jar=1, mug=1))


def test_fragile_goods_share_a_box_with_each_other_only() -> None:
    glass, vase, mug = an_item("glass", packing="fragile"), an_item("vase", packing="fragile"), an_item("mug")

    assert skus(a_packer(glass, vase, mug).boxes([glass, mug, vase])) == [["mug"], ["glass", "vase"]]


def test_fragile_goods_keep_room_for_padding() -> None:
    # of the small carton's 2,000 cm3 padding takes 600
    assert SMALL.volume_cm3 * (1 - PADDING_RATE) == 1400
    fits = an_item("fits", 13.9, 10.0, 10.0, packing="fragile")
    touches = an_item("touches", 14.1, 10.0, 10.0, packing="fragile")

    assert ids(a_packer(fits, touches).boxes([fits])) == ["small"]
    assert ids(a_packer(fits, touches).boxes([touches])) == ["medium"]


def test_two_fragile_items_keep_room_for_padding_together() -> None:
    bowl = an_item("bowl", 10.0, 9.0, 8.0, packing="fragile")

    assert ids(a_packer(bowl).boxes([bowl])) == ["small"]
    assert ids(a_packer(bowl).boxes([bowl, bowl])) == ["medium"]


def test_what_travels_alone_gets_a_box_for_every_unit() -> None:
    battery, mug = an_item("battery", packing="alone"), an_item("mug")

    boxes = a_packer(battery, mug).boxes([battery, mug, battery, mug])

    assert skus(boxes) == [["mug", "mug"], ["battery"], ["battery"]]
    assert ids(boxes) == ["small", "small", "small"]


def test_what_has_its_own_box_ships_in_it_without_a_carton() -> None:
    kettle, mug = an_item("kettle", packing="own_box", weight_kg=1.0), an_item("mug")
    packer = a_packer(kettle, mug)

    parcels = packer.pack(lines_of(kettle=2, mug=1))

    assert ids(packer.boxes([kettle, mug, kettle])) == ["small", None, None]
    assert parcels.packaging_usd == 0.25
    assert parcels.weight_kg == pytest.approx(2 * 1.0 + 0.5 + 0.1)  # the carton's tare only


def test_two_boxes_are_taken_where_one_large_one_would_cost_more() -> None:
    # the large carton is billed at 43 lb, two medium ones at 2 lb each
    tray = an_item("tray", 30.0, 20.0, 15.0)

    boxes = a_packer(tray).boxes([tray, tray])

    assert ids(boxes) == ["medium", "medium"]
    assert sum(box.cost_usd for box in boxes) == 2 * (PARCEL_USD + 0.5 + POUND_USD * 2)


def test_one_item_more_may_save_cardboard_but_never_on_the_whole() -> None:
    # the flat mailer is cheaper than the small box, yet billed at 3 lb instead of 2
    mailer = Carton("mailer", (36.0, 27.0, 6.0), max_weight_kg=3.0, tare_kg=0.04, cost_usd=0.32, co2e_kg=0.0)
    box = Carton("box", (20.0, 15.0, 10.0), max_weight_kg=5.0, tare_kg=0.085, cost_usd=0.35, co2e_kg=0.0)
    book, map_ = an_item("book", 20.0, 12.0, 5.0), an_item("map", 30.0, 20.0, 1.0)
    packer = Packer({"book": book, "map": map_}, [mailer, box], [a_service(dim_threshold_in3=0.0)])

    one, two = packer.boxes([book]), packer.boxes([book, map_])

    assert (ids(one), ids(two)) == (["box"], ["mailer"])
    assert packer.pack(lines_of(book=1, map=1)).packaging_usd < packer.pack(lines_of(book=1)).packaging_usd
    assert two[0].cost_usd > one[0].cost_usd


def test_a_box_that_would_not_hold_fewer_items_is_not_trusted_with_more() -> None:
    # extreme points place all six, but not the five without the third
    chest = Carton("chest", (10.0, 8.0, 6.0), max_weight_kg=20.0, tare_kg=0.1, cost_usd=0.25, co2e_kg=0.0)
    sides = [(6.0, 5.0, 4.0), (7.0, 3.0, 3.0), (5.0, 4.0, 3.0), (7.0, 4.0, 2.0), (7.0, 2.0, 2.0), (3.0, 3.0, 3.0)]
    goods = [an_item(f"item-{number}", *item, weight_kg=0.1) for number, item in enumerate(sides)]

    boxes = a_packer(*goods, cartons=(chest,)).boxes(goods)

    assert fit(sides, chest.dimensions_cm).fits
    assert fit([*sides[:2], *sides[3:]], chest.dimensions_cm).fits is False
    assert len(boxes) == 2


sides = st.floats(1.0, 80.0).map(lambda side: round(side, 1))
packings = st.sampled_from(["together", "together", "fragile", "alone", "own_box"])
items = st.builds(
    lambda number, dimensions, weight_kg, packing: an_item(
        f"item-{number}", *sorted(dimensions)[::-1], weight_kg=weight_kg, packing=packing
    ),
    st.integers(0, 10_000),
    st.tuples(sides, sides, sides),
    st.floats(0.01, 25.0),
    packings,
)
small_items = st.builds(
    lambda number, dimensions, packing: an_item(
        f"item-{number}", *sorted(dimensions)[::-1], weight_kg=dimensions[0] / 10, packing=packing
    ),
    st.integers(0, 10_000),
    st.tuples(*[st.integers(2, 24).map(float)] * 3),
    st.sampled_from(["together", "together", "fragile"]),
)
cartons = st.builds(
    lambda number, dimensions, weight_kg, cost_usd: Carton(
        f"carton-{number}", tuple(sorted(dimensions)[::-1]), weight_kg, 0.1, cost_usd, 0.1
    ),
    st.integers(0, 10_000),
    st.tuples(sides, sides, sides),
    st.floats(0.5, 30.0),
    st.floats(0.1, 4.0),
)
by_sku = {"unique_by": lambda item: item.sku}
by_id = {"unique_by": lambda carton: carton.carton_id}


@settings(max_examples=100)
@given(
    goods=st.lists(st.one_of(items, small_items), min_size=1, max_size=6, **by_sku),
    units=st.integers(1, 3),
    sizes=st.lists(cartons, max_size=4, **by_id),
)
def test_every_item_is_packed_once_and_every_box_holds_what_is_in_it(
    goods: list[Product], units: int, sizes: list[Carton]
) -> None:
    goods = [*goods, *goods[:1] * (units - 1)]

    boxes = a_packer(*goods, cartons=(*sizes, *CARTONS)).boxes(goods)

    assert Counter(item.sku for box in boxes for item in box.items) == Counter(item.sku for item in goods)
    for box in boxes:
        if box.carton is None:
            assert len(box.items) == 1
        else:
            assert sum(item.weight_kg for item in box.items) <= box.carton.max_weight_kg
            found = fit([item.dimensions_cm for item in box.items], box.carton.dimensions_cm)
            assert found.fits
            assert_inside(found.placements, box.carton.dimensions_cm)


@settings(max_examples=100)
@given(goods=st.lists(st.one_of(items, small_items), min_size=1, max_size=6, **by_sku))
def test_every_item_travels_in_the_company_that_it_bears(goods: list[Product]) -> None:
    boxes = a_packer(*goods).boxes(goods)

    for box in boxes:
        (packing,) = {item.packing for item in box.items}
        assert packing in {"together", "fragile"} or len(box.items) == 1
        assert packing != "own_box" or box.carton is None
        if packing == "fragile" and box.carton is not None:
            filled = sum(item.volume_cm3 for item in box.items) / box.carton.volume_cm3
            assert filled <= 1 - PADDING_RATE + 1e-9


@settings(max_examples=150)
@given(
    goods=st.lists(st.one_of(small_items, items), min_size=2, max_size=MOST_CUT, **by_sku),
    left=st.sets(st.integers(0, MOST_CUT - 1), min_size=1),
    sizes=st.lists(cartons, max_size=3, **by_id),
)
def test_up_to_four_units_an_order_never_costs_less_for_what_is_added(
    goods: list[Product], left: set[int], sizes: list[Carton]
) -> None:
    packer = a_packer(*goods, cartons=(*sizes, *CARTONS))
    fewer = [item for number, item in enumerate(goods) if number not in left][:MOST_SPLIT]

    assert cost_usd(packer, fewer) <= cost_usd(packer, goods) + 1e-9


@settings(max_examples=60)
@given(
    goods=st.lists(small_items, min_size=2, max_size=MOST_SPLIT, **by_sku),
    sizes=st.lists(cartons, max_size=3, **by_id),
    cut=st.integers(1, MOST_SPLIT - 1),
)
def test_no_two_orders_are_packed_more_cheaply_than_one_of_both(
    goods: list[Product], sizes: list[Carton], cut: int
) -> None:
    packer = a_packer(*goods, cartons=(*sizes, *CARTONS))

    assert cost_usd(packer, goods) <= cost_usd(packer, goods[:cut]) + cost_usd(packer, goods[cut:]) + 1e-9


@settings(max_examples=50)
@given(item=items, sizes=st.lists(cartons, max_size=5, **by_id))
def test_one_item_never_ships_in_a_larger_box_than_it_needs(item: Product, sizes: list[Carton]) -> None:
    ((cost, chosen, _),) = a_packer(item, cartons=tuple(sizes)).boxes([item])

    fitting = [carton for carton in sizes if item.packing != "own_box" and takes(carton, item)]
    assert (chosen is None) == (not fitting)
    for carton in fitting:
        ((other, _, _),) = a_packer(item, cartons=(carton,)).boxes([item])
        assert cost <= other


def takes(carton: Carton, item: Product) -> bool:
    free_cm3 = carton.volume_cm3 * (1 - PADDING_RATE if item.packing == "fragile" else 1)
    return (
        item.weight_kg <= carton.max_weight_kg
        and item.volume_cm3 <= free_cm3
        and all(side <= room for side, room in zip(item.dimensions_cm, carton.dimensions_cm, strict=True))
    )


def cost_usd(packer: Packer, goods: Sequence[Product]) -> float:
    return sum(box.cost_usd for box in packer.boxes(goods)) if goods else 0.0


def assert_inside(placements: Sequence[tuple[Sides, Sides]], room: Sides) -> None:
    for at, lies in placements:
        assert all(begin + side <= wall + 1e-6 for begin, side, wall in zip(at, lies, room, strict=True))
