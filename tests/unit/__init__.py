"""Entry points one by one: what they do, what they record, and every way they refuse."""
