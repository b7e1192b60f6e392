"""Perps, one function of the exchange a file."""
