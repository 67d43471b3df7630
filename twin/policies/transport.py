"""Transportation programs: serve demand from stock at the lowest cost, whoever is not served at a penalty.

The dual of a node's stock is its price. Two things keep the programs small:

- a node whose stock covers all that could ever be asked of it has the price zero and leaves the program, and with it
  every way to serve somebody that costs as much as from there; this repeats until nothing changes (`uncontested` says
  why that loses nothing). Most programs vanish here;
- what remains is solved as the dual program, which has fewer columns.

Where stock and demand meet exactly, a dual is any value between what the last unit saved and what one more would save.
So each node's stock counts 1/(nodes + 1) of a unit less: no sum of stocks then equals a sum of whole units, the dual is
unique, and it is what the last unit saves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]

TIE_USD = 1e-9  # costs that differ by less are equal
NO_PRESOLVE = {"presolve": False}  # after ours the solver's own takes longer than it saves: 2.2 s in place of 1.5


@dataclass(frozen=True, slots=True)
class Programs:
    """Transportation programs with the same costs (nodes x clusters): a row of stock and a row of demand for each."""

    cost: Floats
    stock: Floats
    demand: Floats
    unserved_usd: float

    def solve(self) -> tuple[Floats, Floats]:
        """Return the price of each node's stock (programs x nodes) and the flows (programs x nodes x clusters)."""
        stock = np.where(self.stock > 0, self.stock - 1 / (len(self.cost) + 1), 0.0)
        rounds = self.uncontested(stock)
        otherwise, ways = self._ways(rounds > 0, stock)
        ways &= (self.demand > 0)[:, np.newaxis, :]
        prices, flows = np.zeros(stock.shape), np.zeros(ways.shape)
        if ways.any():
            self._share_out(ways, otherwise, stock, (prices, flows))
        self._serve_the_rest(rounds, otherwise, flows)
        return prices, flows

    def uncontested(self, stock: Floats) -> Counts:
        """Return in which round each node was found to have stock for all that could be asked of it, 0 if never.

        Say that such nodes never run dry. Then nobody needs to be served at a cost that one of them offers too, so
        another node is only asked for what it can serve more cheaply than all of them. A node with stock for all of
        that does not run dry either, and joins them in the next round. What is best while they cannot run dry is thus
        possible although they can; so it is best, and prices that fit it, zero for these nodes, fit the whole program.
        """
        rounds = np.zeros(stock.shape, dtype=np.int64)
        for number in range(1, len(self.cost) + 1):
            _, ways = self._ways(rounds > 0, stock)
            asked = (ways * self.demand[:, np.newaxis, :]).sum(axis=2)
            more = (rounds == 0) & (stock > 0) & (stock >= asked)
            if not more.any():
                break
            rounds[more] = number
        return rounds

    def _ways(self, free: Flags, stock: Floats) -> tuple[Floats, Flags]:
        """Return the lowest cost from nodes that never run dry, and the ways from other nodes that cost less."""
        otherwise = np.where(free[:, :, np.newaxis], self.cost, self.unserved_usd).min(axis=1)
        otherwise = np.minimum(otherwise, self.unserved_usd)
        able = ~free & (stock > 0)
        return otherwise, able[:, :, np.newaxis] & (self.cost < otherwise[:, np.newaxis, :] - TIE_USD)

    def _share_out(self, ways: Flags, otherwise: Floats, stock: Floats, answer: tuple[Floats, Floats]) -> None:
        """Solve what is contested: save as much as possible against being served otherwise.

        The solver gets the dual program: the cheapest prices of stock and of customers that leave no way worth more
        than what both its ends cost.
        """
        from scipy.optimize import linprog
        from scipy.sparse import csr_array

        program, node, cluster = np.nonzero(ways)
        saved = otherwise[program, cluster] - self.cost[node, cluster]
        shelves, shelf = np.unique(program * len(self.cost) + node, return_inverse=True)
        wishes, wish = np.unique(program * self.cost.shape[1] + cluster, return_inverse=True)
        most = np.concatenate([stock.ravel()[shelves], self.demand.ravel()[wishes]])
        ends = np.stack([shelf, len(shelves) + wish], axis=1).ravel()
        both = csr_array(
            (np.full(len(ends), -1.0), ends, np.arange(0, len(ends) + 1, 2)), shape=(len(saved), len(most))
        )
        found = linprog(most, A_ub=both, b_ub=-saved, method="highs-ds", options=NO_PRESOLVE)  # type: ignore[call-overload]  # stubs: dense
        assert found.status == 0, found.message  # high prices are always possible, and none is below zero
        prices, flows = answer
        prices.ravel()[shelves] = found.x[: len(shelves)]
        flows[program, node, cluster] = -found.ineqlin.marginals

    def _serve_the_rest(self, rounds: Counts, otherwise: Floats, flows: Floats) -> None:
        """Add what is served from nodes that never run dry; of equals the one found first, which counted on it."""
        rest = self.demand - flows.sum(axis=1)
        rest[otherwise >= self.unserved_usd] = 0.0
        cost = self.cost + rounds[:, :, np.newaxis] * TIE_USD
        cheapest = np.where(rounds[:, :, np.newaxis] > 0, cost, np.inf).argmin(axis=1)
        program, cluster = np.indices(rest.shape)
        flows[program, cheapest, cluster] += rest
