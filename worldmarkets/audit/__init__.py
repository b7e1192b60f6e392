"""Checking the words of a deployed exchange against its invariants."""
