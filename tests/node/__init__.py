"""The local node."""
