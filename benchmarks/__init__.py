"""How fast the twin is, measured: `python -m benchmarks`."""
