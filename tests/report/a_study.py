"""A small study folder that looks like a real one: real places where they ship, made-up noise everywhere."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

ZIP3_TABLE = Path(__file__).parents[2] / "conf" / "tables" / "us" / "zip3.csv"
ZONE_MILES = np.array([50, 150, 300, 600, 1000, 1400, 1800])

CITIES = {
    "columbus": ("Columbus", 39.98, -82.98),
    "reno": ("Reno", 39.53, -119.81),
    "dallas": ("Dallas", 32.78, -96.8),
    "harrisburg": ("Harrisburg", 40.27, -76.88),
    "newark": ("Newark", 40.74, -74.17),
    "los_angeles": ("Los Angeles", 34.05, -118.24),
    "atlanta": ("Atlanta", 33.75, -84.39),
    "houston": ("Houston", 29.76, -95.37),
    "chicago": ("Chicago", 41.88, -87.63),
    "seattle": ("Seattle", 47.61, -122.33),
    "orlando": ("Orlando", 28.54, -81.38),
    "minneapolis": ("Minneapolis", 44.98, -93.27),
    "phoenix": ("Phoenix", 33.45, -112.07),
    "denver": ("Denver", 39.74, -104.99),
}
DISTRIBUTORS = tuple(CITIES)[4:]


@dataclass(frozen=True)
class Made:
    """One made-up design: its nodes and what makes it dearer or better than the others."""

    title: str
    nodes: dict[str, str]
    handling_usd: float
    fixed_usd: float
    inbound_usd: float
    turns: float
    split_rate: float
    near_rate: float


@lru_cache(maxsize=1)
def places() -> pd.DataFrame:
    """ZIP3 areas with their people: the shipped table where present, else a grid of made-up ones."""
    if ZIP3_TABLE.exists():
        with ZIP3_TABLE.open(encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        names = {"lat": "latitude", "lng": "longitude", "lon": "longitude", "pop2010": "population"}
        table = pd.DataFrame(rows).rename(columns=names)[["zip3", "latitude", "longitude", "population"]]
        return table.astype({"latitude": float, "longitude": float, "population": float})
    random = np.random.default_rng(1)
    count = 400
    return pd.DataFrame(
        {
            "zip3": [f"{number:03d}" for number in range(100, 100 + count)],
            "latitude": random.uniform(30, 47, count).round(3),
            "longitude": random.uniform(-121, -75, count).round(3),
            "population": random.lognormal(12, 1, count).round(),
        }
    )


def stores() -> dict[str, tuple[str, float, float]]:
    """24 stores in the most populous places that are not too close to each other."""
    found: list[tuple[float, float]] = []
    for place in places().sort_values("population", ascending=False).itertuples():
        spot = (float(place.latitude), float(place.longitude))
        if all(abs(spot[0] - lat) + abs(spot[1] - lon) > 1.6 for lat, lon in found):
            found.append(spot)
    return {f"store_{n:02d}": (f"Store {n}", *spot) for n, spot in enumerate(found[:24], start=1)}


SITES = CITIES | stores()


def designs() -> dict[str, Made]:
    """Four networks: one DC, three DCs, three DCs with stores, one DC with distributors."""
    three = dict.fromkeys(("reno", "dallas", "harrisburg"), "dc")
    spread = {"columbus": "dc"} | dict.fromkeys(DISTRIBUTORS, "distributor")
    return {
        "central_dc": Made("Central DC", {"columbus": "dc"}, 2.1, 0.93, 0.66, 8.9, 0.012, 0.0),
        "regional_3dc": Made("Regional, 3 DCs", three, 2.16, 2.45, 0.98, 6.7, 0.049, 1.0),
        "omnichannel": Made("Omnichannel", three | dict.fromkeys(stores(), "store"), 3.1, 2.75, 1.21, 5.5, 0.083, 0.45),
        "distribution_network": Made("Distribution network", spread, 2.96, 0.8, 0.47, 9.4, 0.093, 0.84),
    }


def miles_between(lat: np.ndarray, lon: np.ndarray, there: tuple[float, float]) -> np.ndarray:
    """Great-circle miles."""
    rise, turn = np.radians(there[0] - lat), np.radians(there[1] - lon)
    chord = np.sin(rise / 2) ** 2
    chord += np.cos(np.radians(lat)) * np.cos(np.radians(there[0])) * np.sin(turn / 2) ** 2
    return 2 * 3958.76 * np.arcsin(np.sqrt(np.minimum(1, chord)))


@dataclass(frozen=True)
class Size:
    """How much of everything is made up."""

    replications: int = 6
    orders_per_day: int = 600
    warmup_days: int = 2
    measured_days: int = 7
    seed: int = 20261122

    @property
    def days(self) -> int:
        """Days with orders."""
        return self.warmup_days + self.measured_days


def demand(size: Size, replication: int) -> pd.DataFrame:
    """Customers of one replication, the same for every design."""
    random = np.random.default_rng([size.seed, replication])
    count = random.poisson(size.orders_per_day * size.days)
    zip3 = places()
    weight = zip3["population"].to_numpy()
    at = random.choice(len(zip3), count, p=weight / weight.sum())
    placed_at = np.sort(random.uniform(0, 24 * size.days, count))
    expedited = random.random(count) < 0.25
    due_days = np.where(expedited, 3, 6)
    return pd.DataFrame(
        {
            "order": np.arange(count),
            "placed_at": placed_at,
            "promised_by": 24 * (np.floor(placed_at / 24) + due_days + 1.0),
            "destination": zip3["zip3"].to_numpy()[at],
            "latitude": zip3["latitude"].to_numpy()[at],
            "longitude": zip3["longitude"].to_numpy()[at],
            "expedited": expedited,
            "luck": random.random(count),
            "near_luck": random.random(count),
            "split_luck": random.random(count),
            "weight_kg": random.lognormal(0.3, 0.5, count),
        }
    )


def shipped(orders: pd.DataFrame, made: Made) -> pd.DataFrame:
    """Where each order ships from under a design, when it arrives and what it costs."""
    lat, lon = orders["latitude"].to_numpy(), orders["longitude"].to_numpy()
    names = list(made.nodes)
    miles = np.array([miles_between(lat, lon, SITES[name][1:]) for name in names])
    is_main = np.array([kind == "dc" for kind in made.nodes.values()])
    near = orders["near_luck"].to_numpy() < made.near_rate
    only_main = np.where(is_main[:, None], miles, np.inf)
    node = np.where(near & (made.near_rate > 0), miles.argmin(axis=0), only_main.argmin(axis=0))
    distance = miles[node, np.arange(len(orders))]
    zone = np.searchsorted(ZONE_MILES, distance) + 1
    by_air = orders["expedited"].to_numpy() & (zone > 5)
    ground_days = np.array([1, 1, 2, 2, 3, 4, 5, 5])[zone - 1]
    luck = orders["luck"].to_numpy()
    transit = np.where(by_air, 2, ground_days) + (luck > 0.93) + 2 * (luck > 0.985)
    placed = orders["placed_at"].to_numpy()
    pickup_day = np.floor((placed + 10) / 24)
    arrives = pickup_day * 24 + transit * 24 + 9 + 10 * ((luck * 7919) % 1)
    label = 5.9 + 0.62 * zone + 1.1 * orders["weight_kg"].to_numpy() + 7.5 * by_air
    tonne_km = orders["weight_kg"].to_numpy() / 1000 * distance * 1.609
    return pd.DataFrame(
        {
            "order": orders["order"],
            "node": pd.Categorical.from_codes(node, names),
            "zone": zone.astype("int8"),
            "distance_km": distance * 1.609,
            "delivered_at": np.where(luck > 0.9996, np.nan, np.maximum(arrives, placed + 4)),
            "label_usd": label,
            "surcharge_usd": 0.19 * label,
            "ground_kg": np.where(by_air, 0, 0.12 * tonne_km * 3),
            "air_kg": np.where(by_air, 0.9 * tonne_km * 3, 0),
        }
    )


def backlog(size: Size, made: Made, replication: int) -> pd.DataFrame:
    """Hourly work waiting: a daily wave, and a hump at two nodes after the storm."""
    random = np.random.default_rng([size.seed, replication, 7])
    at = np.arange(1, 24 * (size.days + 1) + 1, dtype=float)
    start = 24 * (size.warmup_days + 1)
    parts = []
    for name in made.nodes:
        wave = np.maximum(0, 1.5 * np.sin((at - 8) / 24 * 2 * np.pi)) * random.uniform(0.8, 1.2)
        hump = {"newark": 22.0, "columbus": 9.0}.get(name, 0.0) * random.uniform(0.8, 1.2)
        since = np.maximum(0, at - start)
        wave += hump * np.minimum(since / 30, np.exp(-np.maximum(0, since - 30) / 40))
        for stage, share in (("pick", 0.7), ("pack", 0.3)):
            hours = wave * share * 8
            parts.append(pd.DataFrame({"at": at, "node": name, "stage": stage, "stations": 8, "waiting_hours": hours}))
    table = pd.concat(parts, ignore_index=True)
    return table.astype({"node": "category", "stage": "category", "stations": "int32"})
