"""ATLAS, the portfolio margin of the exchange, offline: pure functions in exact integers."""
