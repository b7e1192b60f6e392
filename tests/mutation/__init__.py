"""Mutants of the contracts, and a runner that sees whether the tests notice them."""
