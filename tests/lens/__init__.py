"""The Lens against the storage of the exchange that it reads."""
