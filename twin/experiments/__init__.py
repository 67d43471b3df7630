"""How we learn from runs: replicate, compare, pilot, sweep, select."""
