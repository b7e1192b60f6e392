"""The demonstration: a market that trades on a local node while one watches."""
