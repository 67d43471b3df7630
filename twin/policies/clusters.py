"""Destinations put together that cost nearly alike from every node, so that a forecast can be planned with few of them.

They are put together by cost, not by place: a plan that errs about who is served best from where does harm. With the
three largest destinations of each of five regions, prices made from the plan cost more than they saved; with sixteen
clusters by cost they save more than half a per cent (13 nodes, stock for eleven days of demand sold in ten).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from twin.policies.forecast import Forecast
from twin.policies.view import NetworkView

Floats = npt.NDArray[np.float64]
LONGEST_DAYS = 365.0  # a forecast without an end counts as one of a year
ROUNDS = 10  # of k-means; it settles in fewer


@dataclass(frozen=True, slots=True)
class Clusters:
    """Destinations that cost nearly alike from every node; one stands for all of its cluster.

    `shares` say which share of each region's demand (rows) each cluster (columns) has.
    """

    destinations: tuple[str, ...]
    regions: tuple[str, ...]
    shares: Floats
    members: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, cost: Floats, network: NetworkView, forecast: Forecast, most: int) -> Clusters:
        """Put the destinations, in order of name, into so many clusters at most, by cost above the best node."""
        names = sorted(forecast.destinations)
        home = [network.region(name) for name in names]
        regions = sorted(dict.fromkeys(home))
        units = {region: sum(forecast.units_per_day.get(region, {}).values()) for region in regions}
        weight = np.array(
            [units[region] * forecast.destinations[name] for name, region in zip(names, home, strict=True)]
        )
        cluster, heads = _k_means((cost - cost.min(axis=0)).T, weight, most)
        shares = np.zeros((len(regions), len(heads)))
        for name, region, number in zip(names, home, cluster, strict=True):
            shares[regions.index(region), number] += forecast.destinations[name]
        members = tuple([(name, names[heads[number]]) for name, number in zip(names, cluster, strict=True)])
        return cls(tuple([names[head] for head in heads]), tuple(regions), shares, members)

    def units(self, sku: str, forecast: Forecast) -> Floats:
        """Return the units of a SKU that each cluster is expected to order until stock comes again."""
        per_day = np.array([forecast.units_per_day.get(region, {}).get(sku, 0.0) for region in self.regions])
        expected: Floats = per_day @ self.shares * min(forecast.days, LONGEST_DAYS)
        return expected


def _k_means(rows: Floats, weight: Floats, most: int) -> tuple[list[int], list[int]]:
    """Return the cluster of each row, and the row that stands for each cluster: the one nearest to its mean."""
    centers = rows[_far_apart(rows, weight, most)]
    for _ in range(ROUNDS):
        nearest = _squares(rows, centers).argmin(axis=1)
        for number in range(len(centers)):
            inside = nearest == number
            if weight[inside].sum() > 0:
                centers[number] = np.average(rows[inside], axis=0, weights=weight[inside])
    squares = _squares(rows, centers)
    kept, cluster = np.unique(squares.argmin(axis=1), return_inverse=True)
    inside_only = np.where(cluster[:, np.newaxis] == np.arange(len(kept)), squares[:, kept], np.inf)
    return cluster.tolist(), inside_only.argmin(axis=0).tolist()


def _far_apart(rows: Floats, weight: Floats, most: int) -> list[int]:
    """Return rows to begin with: the one with the most demand, then each time that with most demand far from them."""
    found = [int(weight.argmax())]
    away = _squares(rows, rows[found])[:, 0]
    while len(found) < most and (weight * away).max() > 0:
        found.append(int((weight * away).argmax()))
        away = np.minimum(away, _squares(rows, rows[found[-1:]])[:, 0])
    return found


def _squares(rows: Floats, others: Floats) -> Floats:
    squares: Floats = ((rows[:, np.newaxis, :] - others[np.newaxis, :, :]) ** 2).sum(axis=2)
    return squares
