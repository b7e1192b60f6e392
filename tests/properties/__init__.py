"""Random searches over the libraries below the exchange."""
