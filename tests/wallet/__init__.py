"""The exchange used without this package."""
