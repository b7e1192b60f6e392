"""Replaying an order flow on the exchange, event by event."""
