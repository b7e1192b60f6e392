"""Deploying the exchange."""
