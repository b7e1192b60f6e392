"""Readers of market data files: order flow, book snapshots and candles."""
