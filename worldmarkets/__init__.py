"""Client, node, keepers, model and tools of the World Markets exchange."""
