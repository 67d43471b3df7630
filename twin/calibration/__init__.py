"""How the twin is fitted to reality and held against it: import, fit, validate, shadow."""
