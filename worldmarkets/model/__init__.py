"""The exchange in plain Python integers, with the words and names of the contracts."""
