"""The crash laboratory: real crashes replayed against portfolios on the model of the exchange."""
