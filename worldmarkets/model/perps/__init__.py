"""Perpetual futures: funding, marks, positions and their settlement, in plain Python integers.

What is not settled yet of a position is size·(mark - F) + cash, with the market's funding index F:
every trade is booked at its price less F, so no position has an index of its own.
"""
