"""Back-tests of risk parameters over real prices: statistics, in floats; no money is moved here."""
