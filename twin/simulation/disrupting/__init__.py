"""Disruptions carried out: one file for each group of effects, all of them in `table`."""
