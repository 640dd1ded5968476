# One word each. Whatever a command needs, it sets up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: setup demo test check bench coverage conformance proto lock

setup: $(STAMP)

$(STAMP): requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "pystatus needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(STAMP)

demo: setup            ## chat in the terminal with an echo contact through a relay, all on this machine
	$(BIN)/pystatus demo

test: setup            ## the whole test suite
	$(BIN)/pytest

coverage: setup        ## the test suite with branch coverage of the protocol layers
	$(BIN)/pytest --cov --cov-report=term-missing:skip-covered

check: setup           ## style, types, import contracts, generated code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/proto.py --check
	$(BIN)/python tools/conformance.py --check

bench: setup           ## measure; prints a table and writes bench/results.json
	$(BIN)/python -m bench

conformance: setup     ## write docs/conformance.md again
	$(BIN)/python tools/conformance.py

proto: setup           ## generate the protobuf code again
	$(BIN)/python tools/proto.py

lock: setup            ## resolve the dependencies again (needs uv)
	tools/lock
