"""The client, its wire format and its results."""
