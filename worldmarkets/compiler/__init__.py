"""Compiles the contracts with one fixed compiler and one set of settings.

`python -m worldmarkets.compiler` compiles what changed into build/artifacts, one file a contract.
"""
