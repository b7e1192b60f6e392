"""Root of the package's exceptions."""


class WorldMarketsError(Exception):
    """Anything this package raises on purpose; its text is one line fit for a person to read."""
