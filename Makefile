# One word each. Whatever a command needs, it installs first: tools/environment.py.
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell for one in python3 python3.13 python3.12 python3.11; do \
	$$one -c '$(SUPPORTED)' 2>/dev/null && echo $$one && break; done)
else
NAMED := --this-python
endif
BIN := .venv/bin
ALL_CORES := --numprocesses=auto --dist=worksteal
MESSAGES ?= 100000
KILLS ?= 1000
MINUTES ?= 60
STRANGERS ?= 100000
NODES ?= 100,1000,10000
ENVIRONMENT = @$(or $(PYTHON),false) -c '$(SUPPORTED)' || { echo "pystatus needs Python 3.11, 3.12 or 3.13," \
	"and $(or $(PYTHON),what is installed) is none of them. Install one (on Debian and Ubuntu:" \
	"sudo apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }; \
	$(PYTHON) tools/environment.py $(NAMED)

.PHONY: setup develop demo test test-web compiled browser rebuild-web check mutants bench bench-attacks fuzz fuzz-sessions \
	fuzz-inbox fuzz-groups soak soak-chat faces kill netns strangers discovery eclipse clocks coverage conformance operators commands features \
	limits architecture journeys proto screenshot recording lock texts lock-check web contracts

setup:                 ## what runs, in .venv
	$(ENVIRONMENT) runtime

develop:               ## that, and what tests, checks and measures it
	$(ENVIRONMENT) developers

demo: setup            ## chat in the terminal with an echo contact through a relay, all on this machine
	$(BIN)/pystatus demo

test: develop          ## the whole test suite, but for the page in a browser: test-web
	$(BIN)/pytest $(ALL_CORES)

test-web: develop      ## the page in a real Chromium, on all cores: ONLY="e2e/test_port.py -k code" for some
	$(BIN)/python tools/web_tests.py $(ONLY)

compiled: develop      ## compile the tests once, before several processes read them; Python keeps what it has compiled
	@found=$$($(BIN)/pytest --collect-only --quiet 2>&1) || { echo "$$found" | tail -n 100 >&2; exit 1; }

browser: develop       ## what that needs: Chromium and a font with emoji, installed on Debian by root, and Playwright
	$(BIN)/python tools/web_tests.py --install

rebuild-web: develop   ## check the sources of the page, build it elsewhere, and compare; needs Node.js
	$(BIN)/python tools/web.py --test
	$(BIN)/python tools/web.py --rebuild

web: develop           ## build the page of pystatus web again; needs Node.js
	$(BIN)/python tools/web.py --write

coverage: develop      ## the test suite with branch coverage of the protocol layers
	$(BIN)/pytest $(ALL_CORES) --cov --cov-report=term-missing:skip-covered

check: develop         ## style, types, import contracts, generated code, citations of the protocol notes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/locks.py --check
	$(BIN)/python tools/proto.py --check
	$(BIN)/python tools/contracts.py --check
	$(BIN)/python tools/citations.py --check
	$(BIN)/python tools/conformance.py --check
	$(BIN)/python tools/mutants.py --check
	$(BIN)/python tools/operators.py --check
	$(BIN)/python tools/commands.py --check
	$(BIN)/python tools/features.py --check
	$(BIN)/python tools/openrpc.py --check
	$(BIN)/python tools/manpages.py --check
	$(BIN)/python tools/limits.py --check
	$(BIN)/python tools/architecture.py --check
	$(BIN)/python tools/sizes.py --check
	$(BIN)/python tools/texts.py --check
	$(BIN)/python tools/web.py --check

# Some 170 mutants: five minutes of processor time, on all cores; eight minutes on two cores that others use, too.
mutants: develop       ## does a test notice each source that breaks a MUST? ROWS="WK-6 ST-38", PAGE=waku or CHANGED=1 for some
	$(BIN)/python tools/mutants.py $(ROWS) $(if $(PAGE),--page $(PAGE)) $(if $(CHANGED),--changed)

fuzz-sessions: develop ## 100,000 schedules of two people and their devices, on all cores; SCHEDULES=n for another number
	$(BIN)/python tools/fuzz.py sessions $(SCHEDULES)

fuzz-inbox: develop    ## 10,000 schedules of a client and its mailservers, on all cores; SCHEDULES=n for another number
	$(BIN)/python tools/fuzz.py inbox $(SCHEDULES)

fuzz-groups: develop   ## 100,000 histories of a group of five, two of them strict, on all cores; SCHEDULES=n for another number
	$(BIN)/python tools/fuzz.py groups $(SCHEDULES)

fuzz: develop          ## a decoder under atheris: PARSER=name (all without it), RUNS=n executions, INPUT=hex for one input
	$(BIN)/python tools/fuzz_decoders.py $(PARSER) $(if $(RUNS),--runs $(RUNS)) $(if $(INPUT),--input $(INPUT))

soak-chat: develop     ## 100,000 messages among fifty people on a bad network; MESSAGES=n for another number
	PYSTATUS_SOAK_MESSAGES=$(MESSAGES) $(BIN)/pytest -s tests/simulation/test_soak.py

faces: develop         ## one profile with many faces that are killed one after the other, for ten minutes; MINUTES=n for another time
	PYSTATUS_FACES_MINUTES=$(or $(MINUTES),10) $(BIN)/pytest -s tests/scenarios/test_many_faces.py

soak: develop          ## 2,000 envelopes a second through two relays for an hour; MINUTES=n for another time
	PYSTATUS_SOAK_MINUTES=$(MINUTES) $(BIN)/pytest -s tests/scenarios/test_soak_relay.py

kill: develop          ## kill two clients in conversation 1,000 times; KILLS=n for another number
	PYSTATUS_KILLS=$(KILLS) $(BIN)/pytest tests/scenarios/test_kill.py

netns: develop         ## clients and relays on hosts of their own, one behind a router, while all relays die; needs root
	PYSTATUS_DEATHS=3 PYSTATUS_HOSTS=1 $(BIN)/pytest -s tests/scenarios/test_hosts.py tests/scenarios/test_home.py

strangers: develop     ## 100,000 strangers of all sorts come to a client; STRANGERS=n for another number
	PYSTATUS_STRANGERS=$(STRANGERS) $(BIN)/pytest -s tests/adversary/test_strangers.py

discovery: develop     ## networks of 100, 1,000 and 10,000 discovery nodes for ten minutes each, and the picture of them; NODES=1000 for one
	$(BIN)/pystatus simulate discovery --sweep nodes=$(NODES) --picture docs/images/discovery.svg --overwrite

eclipse: develop       ## 2,000 attackers around a new node in 5,000, with our rules and without; SECONDS=n for another time
	$(BIN)/pystatus simulate eclipse $(if $(SECONDS),--seconds $(SECONDS))

clocks: develop        ## a day of simulated time in which a third of the relays have wrong clocks; HOURS=n for another time
	PYSTATUS_CLOCK_HOURS=$(or $(HOURS),24) $(BIN)/pytest -s tests/simulation/test_clocks.py

bench: develop         ## measure; prints a table and writes bench/results.json
	$(BIN)/python -m bench --write

operators: develop     ## write the tables of docs/operators.md again
	$(BIN)/python tools/operators.py --write

commands: develop      ## write docs/commands.md again
	$(BIN)/python tools/commands.py --write

features: develop      ## write docs/features.md again: what users can do, with method, command and test
	$(BIN)/python tools/features.py --write
	$(BIN)/python tools/openrpc.py --write
	$(BIN)/python tools/manpages.py --write

limits: develop        ## write docs/limits.md again
	$(BIN)/python tools/limits.py --write

architecture: develop  ## write the picture and the journeys of docs/architecture.md again
	$(BIN)/python tools/architecture.py --write

journeys: develop      ## which files a message passes on its way; SOURCE=dir for another checkout
	$(BIN)/python tools/journeys.py $(if $(SOURCE),--source $(SOURCE))

bench-attacks: develop ## what honest people notice of attacks, a minute each; ATTACKS="A52 A55" for some, SECONDS=n for another time
	$(BIN)/python -m bench.attacks $(if $(ATTACKS),--only $(ATTACKS)) $(if $(SECONDS),--seconds $(SECONDS))

texts: develop         ## write the accessors of the texts of the faces again
	$(BIN)/python tools/texts.py --write
	$(BIN)/python tools/web.py --types

conformance: develop   ## write docs/conformance.md again: requirement, code, test
	$(BIN)/python tools/conformance.py --write

contracts: develop     ## compile the contracts of the embedded chain again
	$(BIN)/python tools/contracts.py --write

proto: develop         ## generate the protobuf code again
	$(BIN)/python tools/proto.py --write

screenshot: develop    ## draw docs/images/demo.svg again
	$(BIN)/python tools/screenshot.py --write

recording: develop     ## record the tour of the demo again: docs/images/tour.svg
	$(BIN)/python tools/recording.py --write

lock: develop          ## resolve the dependencies again (needs uv)
	$(BIN)/python tools/locks.py --write

lock-check: develop    ## let pip resolve the locks: the oldest, Debian's and the newest; PIPS=23.2.1 for another
	$(BIN)/python tools/locks.py --try $(PIPS)
