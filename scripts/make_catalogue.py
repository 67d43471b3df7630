#!/usr/bin/env python3
"""Write products.csv: a synthetic catalogue of 1,000 SKUs, always the same for the same seed.

*Popularity* is Zipf with exponent 0.9 and falls with the SKU's number, so the first n rows are the n best
sellers. What is drawn for a SKU does not depend on its rank: popular items are neither lighter nor dearer as
a rule. As the ten best sellers alone make three units in ten, the seed was picked from 3,000 so that chance
does not tilt them either: the units sold weigh about what the SKUs weigh (mean 2.33 against 2.45 kg) and no
region or department is much favoured.

*Weight* over the whole catalogue is lognormal, median 0.8 kg, 90th percentile 7 kg, cut at 30 g and 25 kg;
LOG_MEAN and LOG_SPREAD are solved for these two points after the cuts. Each item first draws a weight
typical of its category; the ranks of those draws are then given the quantiles of the catalogue's
distribution, which keeps apparel light and pet food heavy while the total is met exactly.

*Size* follows from weight, the category's density and a box shape; *price* from the category's usual price,
rising with the cube root of the weight. Three SKUs in ten sell 1.6 times more in one region; the table names
it, the factor is the demand model's.

*Packing* is drawn from a stream of its own, so that it changes no other column: glass and china are fragile, what is
hazardous or would crush its neighbors travels alone, and large goods often have a box to ship in. The rates are
assumptions. PACKING_SEED was picked from 400 as SEED was: units sold are packed about as SKUs are (fragile 6.3 against
6.3 %, in a box of their own 5.2 against 5.7 %, alone 1.3 against 1.6 %).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cbrt, exp, log, prod
from statistics import NormalDist

import numpy as np
from csv_table import target_folder, write_table

COLUMNS = (
    "sku",
    "category",
    "weight_kg",
    "length_cm",
    "width_cm",
    "height_cm",
    "unit_cost_usd",
    "price_usd",
    "popularity",
    "velocity_class",
    "regional_tilt",
    "packing",
)
SEED, PACKING_SEED = 2379, 312
SKUS = 1000
ZIPF_EXPONENT = 0.9
CLASS_LIMITS = (("A", 0.80), ("B", 0.95), ("C", 1.0))

LOG_MEAN, LOG_SPREAD = -0.2455, 1.9306
MIN_WEIGHT_KG, MAX_WEIGHT_KG = 0.03, 25.0

TILTED_RATE = 0.30
REGIONS = ("northeast", "southeast", "midwest", "southwest", "west")


@dataclass(frozen=True, slots=True)
class Category:
    """What the items of one department are like."""

    name: str
    skus: int
    typical_kg: float
    weight_spread: float
    density_kg_per_l: float
    flatness: float  # height over length of a typical box
    typical_price_usd: float
    cost_rate: float  # unit cost over price


CATEGORIES = (
    Category("apparel", 230, 0.35, 0.6, 0.20, 0.20, 32.0, 0.42),
    Category("beauty", 120, 0.22, 0.8, 0.45, 0.50, 18.0, 0.38),
    Category("electronics", 140, 0.60, 1.3, 0.35, 0.35, 65.0, 0.68),
    Category("home", 150, 2.60, 1.4, 0.18, 0.45, 44.0, 0.50),
    Category("kitchen", 110, 1.80, 1.0, 0.28, 0.60, 36.0, 0.52),
    Category("sports", 90, 1.60, 1.4, 0.30, 0.40, 42.0, 0.52),
    Category("toys", 90, 0.70, 1.0, 0.18, 0.45, 24.0, 0.50),
    Category("pet", 70, 2.20, 1.5, 0.40, 0.50, 28.0, 0.60),
)

PACKING_RATES = {  # of a category's SKUs; of an own box, of its SKUs that are large enough
    "apparel": {},
    "beauty": {"fragile": 0.10, "alone": 0.03},
    "electronics": {"fragile": 0.05, "alone": 0.04, "own_box": 0.30},
    "home": {"fragile": 0.12, "own_box": 0.25},
    "kitchen": {"fragile": 0.25, "own_box": 0.25},
    "sports": {"own_box": 0.20},
    "toys": {"own_box": 0.20},
    "pet": {"alone": 0.05, "own_box": 0.10},
}
OWN_BOX_LITRES = 10.0


def popularities() -> list[float]:
    """Give each rank its share of all units sold."""
    weights = [rank**-ZIPF_EXPONENT for rank in range(1, SKUS + 1)]
    total = sum(weights)
    return [weight / total for weight in weights]


def velocity_classes(shares: list[float]) -> list[str]:
    """Call the sellers that together make 80 % of the units A, those up to 95 % B, the rest C."""
    classes = []
    sold = 0.0
    for share in shares:
        classes.append(next(name for name, limit in CLASS_LIMITS if sold < limit))
        sold += share
    return classes


def catalogue_weights_kg(drawn_kg: list[float]) -> list[float]:
    """Replace drawn weights by the catalogue's quantiles of the same rank."""
    normal = NormalDist()
    cuts_kg = (MIN_WEIGHT_KG, MAX_WEIGHT_KG)
    lowest, highest = (normal.cdf((log(cut_kg) - LOG_MEAN) / LOG_SPREAD) for cut_kg in cuts_kg)
    weights_kg = [0.0] * len(drawn_kg)
    for rank, item in enumerate(sorted(range(len(drawn_kg)), key=drawn_kg.__getitem__)):
        quantile = lowest + (rank + 0.5) / len(drawn_kg) * (highest - lowest)
        weights_kg[item] = exp(LOG_MEAN + LOG_SPREAD * normal.inv_cdf(quantile))
    return weights_kg


def box_cm(category: Category, weight_kg: float, luck: np.random.Generator) -> tuple[float, float, float]:
    """Draw length, width and height that hold the item at its category's density, longest side first."""
    litres = weight_kg / (category.density_kg_per_l * exp(luck.normal(0, 0.3)))
    width, height = luck.uniform(0.55, 0.95), category.flatness * luck.uniform(0.7, 1.3)
    length_cm = cbrt(1000 * litres / (width * height))
    longest, middle, shortest = sorted((length_cm, length_cm * width, length_cm * height), reverse=True)
    return longest, middle, max(1.0, shortest)


def price_usd(category: Category, weight_kg: float, luck: np.random.Generator) -> float:
    """Draw a price ending in .99 that is usual for the category and the weight."""
    by_weight = cbrt(weight_kg / category.typical_kg)
    return max(4.0, round(category.typical_price_usd * by_weight * exp(luck.normal(0, 0.45)))) - 0.01


def regional_tilts(luck: np.random.Generator) -> list[str]:
    """Name the region where each SKU sells better, or leave it blank; every region gets as many SKUs."""
    tilted = round(SKUS * TILTED_RATE)
    places = luck.permutation(SKUS)
    return [REGIONS[place % len(REGIONS)] if place < tilted else "" for place in places]


def packing(category: str, sides_cm: Sequence[str], luck: float) -> str:
    """Say how an item is packed; its luck is uniform between 0 and 1."""
    litres = prod(float(side_cm) for side_cm in sides_cm) / 1000
    for way, rate in PACKING_RATES[category].items():
        if luck < rate:
            return way if way != "own_box" or litres >= OWN_BOX_LITRES else "together"
        luck -= rate
    return "together"


def item_columns(category: Category, weight_kg: float, luck: np.random.Generator) -> tuple[str, ...]:
    """Draw what one item is: its category, weight, three sides, unit cost and price."""
    sides = [f"{side_cm:.1f}" for side_cm in box_cm(category, weight_kg, luck)]
    price = price_usd(category, weight_kg, luck)
    unit_cost_usd = price * category.cost_rate * exp(luck.normal(0, 0.08))
    return category.name, f"{weight_kg:.3f}", *sides, f"{unit_cost_usd:.2f}", f"{price:.2f}"


def product_rows(luck: np.random.Generator) -> Iterator[tuple[str, ...]]:
    """Draw the whole catalogue, best seller first."""
    by_category = [category for category in CATEGORIES for _ in range(category.skus)]
    categories = [by_category[place] for place in luck.permutation(SKUS)]
    drawn_kg = [category.typical_kg * exp(luck.normal(0, category.weight_spread)) for category in categories]
    weights_kg = catalogue_weights_kg(drawn_kg)
    packing_luck = np.random.default_rng(PACKING_SEED).random(SKUS)
    shares = popularities()
    sales = zip(shares, velocity_classes(shares), regional_tilts(luck), strict=True)
    for rank, (share, velocity, tilt) in enumerate(sales, start=1):
        item = item_columns(categories[rank - 1], weights_kg[rank - 1], luck)
        how = packing(item[0], item[2:5], packing_luck[rank - 1])
        yield f"sku-{rank:04}", *item, f"{share:.8g}", velocity, tilt, how


def main() -> None:
    """Write the catalogue."""
    rows = product_rows(np.random.default_rng(SEED))
    write_table(target_folder() / "products.csv", COLUMNS, rows)


if __name__ == "__main__":
    main()
