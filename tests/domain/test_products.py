"""Products, cartons and parcels."""

from __future__ import annotations

from math import inf, nan

import pytest

from tests.factories import a_product
from twin.domain.cartons import Carton


def test_the_volume_is_that_of_the_bounding_box() -> None:
    assert a_product(dimensions_cm=(12.0, 10.0, 5.0)).volume_cm3 == 600.0
    assert a_carton().volume_cm3 == 6000.0


@pytest.mark.parametrize(
    ("special", "message"),
    [
        ({"weight_kg": nan}, "every number must be finite and not negative"),
        ({"price_usd": inf}, "every number must be finite and not negative"),
        ({"unit_cost_usd": -1.0}, "every number must be finite and not negative"),
        ({"popularity": -0.1}, "every number must be finite and not negative"),
        ({"weight_kg": 0.0}, "weight and dimensions must be above zero"),
        ({"dimensions_cm": (10.0, 5.0, 0.0)}, "weight and dimensions must be above zero"),
        ({"dimensions_cm": (5.0, 10.0, 4.0)}, "dimensions must be given longest first"),
        ({"packing": "brittle"}, "packing must be one of together, fragile, alone, own_box, got 'brittle'"),
    ],
    ids=str,
)
def test_a_product_that_cannot_be_is_refused(special, message: str) -> None:
    with pytest.raises(ValueError, match=f"product 'mug': {message}"):
        a_product(**special)


def a_carton(dimensions_cm=(30.0, 20.0, 10.0), max_weight_kg: float = 5.0) -> Carton:
    return Carton("box", dimensions_cm, max_weight_kg, 0.1, 0.2, 0.3)


@pytest.mark.parametrize(
    ("special", "message"),
    [
        ({"dimensions_cm": (30.0, 20.0, 0.0)}, "dimensions and weight limit must be above zero"),
        ({"max_weight_kg": 0.0}, "dimensions and weight limit must be above zero"),
        ({"dimensions_cm": (10.0, 20.0, 30.0)}, "dimensions must be given longest first"),
    ],
    ids=str,
)
def test_a_carton_that_cannot_be_is_refused(special, message: str) -> None:
    with pytest.raises(ValueError, match=f"carton 'box': {message}"):
        a_carton(**special)
