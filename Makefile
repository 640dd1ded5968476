# One word each. Whatever a command needs, it sets up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
MESSAGES ?= 100000
KILLS ?= 1000
MINUTES ?= 60

.PHONY: setup demo test check bench bench-attacks fuzz-sessions fuzz-inbox soak soak-chat kill coverage conformance operators proto lock

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
	$(BIN)/python tools/operators.py --check

fuzz-sessions: setup   ## 100,000 schedules of two people and their devices, on all cores; SCHEDULES=n for another number
	$(BIN)/python tools/fuzz.py sessions $(SCHEDULES)

fuzz-inbox: setup      ## 10,000 schedules of a client and its mailservers, on all cores; SCHEDULES=n for another number
	$(BIN)/python tools/fuzz.py inbox $(SCHEDULES)

soak-chat: setup       ## 100,000 messages among fifty people on a bad network; MESSAGES=n for another number
	PYSTATUS_SOAK_MESSAGES=$(MESSAGES) $(BIN)/pytest -s tests/simulation/test_soak.py

soak: setup            ## 2,000 envelopes a second through two relays for an hour; MINUTES=n for another time
	PYSTATUS_SOAK_MINUTES=$(MINUTES) $(BIN)/pytest -s tests/test_soak_relay.py

kill: setup            ## kill two clients in conversation 1,000 times; KILLS=n for another number
	PYSTATUS_KILLS=$(KILLS) $(BIN)/pytest tests/test_kill.py

bench: setup           ## measure; prints a table and writes bench/results.json
	$(BIN)/python -m bench

operators: setup       ## write the tables of docs/operators.md again
	$(BIN)/python tools/operators.py

bench-attacks: setup   ## what honest peers notice while a node is attacked; fails if it is too much
	$(BIN)/python -m bench.attacks

conformance: setup     ## write docs/conformance.md again
	$(BIN)/python tools/conformance.py

proto: setup           ## generate the protobuf code again
	$(BIN)/python tools/proto.py

lock: setup            ## resolve the dependencies again (needs uv)
	tools/lock
