#!/usr/bin/env python3
"""Write demand_profile_hours.csv and demand_profile_season.csv: when customers order.

Both are smooth curves of our own, not the record of any shop. The day has a quiet night (4 % of the orders
before 06:00), a morning rise around 08:20 and a plateau from 10:00 to 22:00. The year is flat but for spring
and midsummer promotions, and climbs to 1.6 times its mean from Black Friday to Cyber Monday. Days of special
offers, which can reach five times a normal day, belong to the scenarios, not to this curve.
"""

from __future__ import annotations

from itertools import pairwise
from math import exp

from csv_table import target_folder, write_table

NIGHT_FLOOR = 0.05
MORNING_AT, MORNING_WIDTH = 8.3, 0.9
EVENING_AT, EVENING_WIDTH = 23.2, 0.8

PEAK_FACTOR = 1.6
# Day of a 365-day year, and how far the day stands between the low season (0) and the peak (1).
SEASON = (
    (1, 0.15),
    (15, 0.05),
    (45, 0.06),
    (100, 0.05),
    (130, 0.10),
    (160, 0.06),
    (193, 0.18),
    (215, 0.08),
    (240, 0.12),
    (285, 0.20),
    (305, 0.22),
    (320, 0.45),
    (331, 1.00),
    (335, 1.00),
    (350, 0.85),
    (356, 0.35),
    (360, 0.15),
    (366, 0.15),
)


def step(hour: float, at: float, width: float) -> float:
    """Rise smoothly from 0 to 1 around an hour."""
    return 1 / (1 + exp((at - hour) / width))


def activity(hour: int) -> float:
    """Give the relative number of orders in an hour; the evening runs on past midnight."""
    middle = hour + 0.5
    if middle < MORNING_AT / 2:
        return NIGHT_FLOOR + 1 - step(middle + 24, EVENING_AT, EVENING_WIDTH)
    morning = step(middle, MORNING_AT, MORNING_WIDTH)
    return NIGHT_FLOOR + morning * (1 - step(middle, EVENING_AT, EVENING_WIDTH))


def hour_shares() -> list[float]:
    """Give the share of each hour, to five decimals; the busiest hour takes the rounding."""
    total = sum(activity(hour) for hour in range(24))
    shares = [round(activity(hour) / total, 5) for hour in range(24)]
    busiest = shares.index(max(shares))
    shares[busiest] += 1 - sum(shares)
    return shares


def position(day: int) -> float:
    """Give the place of a day between low season and peak, on straight lines between the anchors."""
    for (start, low), (end, high) in pairwise(SEASON):
        if start <= day <= end:
            return low + (high - low) * (day - start) / (end - start)
    raise ValueError(f"day of the year must be in 1-366, got {day}")


def season_factors() -> list[tuple[int, float]]:
    """Give the factor at each anchor, such that the year has mean 1 and the peak its factor."""
    mean = sum(position(day) for day in range(1, 366)) / 365
    low_season = (1 - PEAK_FACTOR * mean) / (1 - mean)
    return [(day, low_season + (PEAK_FACTOR - low_season) * place) for day, place in SEASON]


def main() -> None:
    """Write both curves."""
    folder = target_folder()
    hours = [(str(hour), f"{share:.5f}") for hour, share in enumerate(hour_shares())]
    write_table(folder / "demand_profile_hours.csv", ("hour", "share"), hours)
    season = [(str(day), f"{factor:.4f}") for day, factor in season_factors()]
    write_table(folder / "demand_profile_season.csv", ("day_of_year", "factor"), season)


if __name__ == "__main__":
    main()
