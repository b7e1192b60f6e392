"""The backstop tranche: getting in, asking to leave, leaving, and what it is worth."""
