"""Measurements: gas of every operation, fresh storage slots, MegaETH gas, depth and throughput."""
