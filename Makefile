# `make demo` and `make test` set everything up by themselves; `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PY := .venv/bin/python
export PATH := $(CURDIR)/node_modules/.bin:$(CURDIR)/.venv/bin:$(PATH)
export APE_DATA_FOLDER := $(CURDIR)/build/ape
export SOLCX_BINARY_PATH := $(CURDIR)/build/solc

# Test processes; 0 runs all tests in one process.
WORKERS ?= 2
PYTEST = $(PY) -m pytest -n $(WORKERS) --dist loadfile

DEMO_OPTIONS = $(if $(FLOW),--flow "$(FLOW)") $(foreach file,$(PRICES),--prices "$(file)") \
	$(if $(PAIR),--pair "$(PAIR)") $(if $(WINDOW),--window "$(WINDOW)")

.PHONY: help setup setup-analysis compile record demo test test-deep bench check check-python \
	check-solidity check-sizes check-slither check-proofs prove mutate clean distclean

help:
	@echo 'make demo        run the exchange on a local node with traders (FLOW= PRICES= PAIR= WINDOW= ARGS=)'
	@echo 'make test        compile and run the quick tests (ARGS= WORKERS=)'
	@echo 'make test-deep   run every test with the long random searches'
	@echo 'make check       formatting, lint, types, sizes, static analysis and the quick proofs'
	@echo 'make prove       prove the arithmetic of ids, words, slots and the tick tree'
	@echo 'make mutate      see whether the tests notice small faults in the contracts (ARGS=)'
	@echo 'make bench       measure gas and throughput (ARGS=)'
	@echo 'make compile     compile the contracts that changed into build/artifacts'
	@echo 'make record      compile and record the bytecode hashes of the contracts'
	@echo 'make setup       install the locked Python and npm packages'
	@echo 'make clean       remove what was built; make distclean also what was installed'

setup:
	@sh tools/setup.sh

compile: setup
	@$(PY) -m worldmarkets.compiler

record: setup
	@$(PY) -m worldmarkets.compiler --record

demo: compile
	@$(PY) -m worldmarkets demo $(DEMO_OPTIONS) $(ARGS)

test: compile
	$(PYTEST) $(ARGS)

# The last -m wins over the quick profile's "not deep".
test-deep: compile
	HYPOTHESIS_PROFILE=deep $(PYTEST) -m "deep or not deep" --timeout 3600 $(ARGS)

bench: compile
	@$(PY) -m worldmarkets bench $(ARGS)

check: check-python check-solidity check-sizes check-slither check-proofs

check-python: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

# Forge parses with the compiler that the compile step put into build/solc.
check-solidity: compile
	forge fmt --check
	forge lint --deny warnings

check-sizes: compile
	@$(PY) -m worldmarkets.sizes

# Slither and halmos live in .venv-analysis, made when first needed.
setup-analysis: setup
	@sh tools/analysis/setup.sh

check-slither: setup-analysis
	@$(PY) -m tools.analysis.check_slither

# Forge builds the proofs with the compiler that the compile step put into build/solc.
check-proofs: setup-analysis compile
	FOUNDRY_PROFILE=proofs forge fmt --check
	@sh tools/analysis/prove.sh quick

prove: setup-analysis compile
	@sh tools/analysis/prove.sh

mutate: compile
	@$(PY) -m tests.mutation $(ARGS)

clean:
	rm -rf build out cache .pytest_cache .mypy_cache .ruff_cache .hypothesis

distclean: clean
	rm -rf .venv .venv-analysis node_modules worldmarkets.egg-info
