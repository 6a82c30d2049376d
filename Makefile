# Spiral: set up, run and check.  `make help` lists the targets.

PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=

BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
PY     := $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help setup run test long torture fuzz mutants jitter newest lint bench wheel calibrate evidence \
	laboratory mechanisms players dyads search docs site classroom baseline lock clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 10
	@echo
	@echo 'Settings: PYTHON=python3.12  VENV=.venv  ARGS="passed on"'

setup: $(STAMP)  ## make the environment and install everything that is locked

# Remade when the locked packages or the project's metadata change.
$(STAMP): requirements.lock requirements-bootstrap.lock pyproject.toml package-lock.json \
		scripts/setup.sh
	@sh scripts/setup.sh $(PYTHON) $(VENV)
	@touch $@

# ... and when PYTHON is given and is not the Python of the environment.
ifneq ($(origin PYTHON),file)
ifneq ($(shell ($(PYTHON) -V) 2>/dev/null),$(shell ($(PY) -V) 2>/dev/null))
$(STAMP): other-python
.PHONY: other-python
other-python:
endif
endif

run: $(STAMP)  ## run the simulator: make run ARGS="worlds=200"
	@$(PY) -m sim $(ARGS)

lint: $(STAMP)  ## style, format and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	@if [ -d node_modules ]; then $(PY) scripts/eslint.py; \
		else echo 'lint: the JavaScript is left out: npm ci could not install its checks'; fi

test: lint  ## lint, then the tests but for long ones: make test ARGS="-k ladder"
	$(BIN)/pytest -n auto --dist loadfile -m 'not slow and not long' $(ARGS)

# Torture, fuzz and mutants bring their own tests; the rest runs once, with coverage.
long: lint torture fuzz mutants newest  ## lint, then everything there is
	$(BIN)/pytest -n auto --dist loadfile --cov --cov-report=term $(ARGS)

jitter: $(STAMP)  ## the claims about whole worlds, over jittered coefficients
	$(BIN)/pytest -q -n auto -k jittered tests/test_properties.py tests/test_reactions.py tests/test_levers.py $(ARGS)

newest: $(STAMP)  ## a short selection of the tests on the newest Python there is
	@sh scripts/newest.sh $(VENV) $(ARGS)

torture: $(STAMP)  ## break 60 runs at random moments, resume, compare: ARGS="--faults 200 --seed 2"
	@$(PY) scripts/torture.py $(ARGS)

fuzz: $(STAMP)  ## check 20,000 random configs
	SPIRAL_FUZZ=20000 $(BIN)/pytest -q -n auto tests/test_fuzz.py $(ARGS)

mutants: $(STAMP)  ## change rules and stages place by place; their tests must notice
	@$(PY) scripts/mutants.py $(ARGS)

bench: $(STAMP)  ## measure the speed
	@$(PY) -m bench $(ARGS)

calibrate: $(STAMP)  ## fit parameters to the record, or go on: outputs/calibrate
	@$(PY) -m sim experiment=calibrate output=outputs/calibrate $(ARGS)

evidence: calibrate  ## ... and write docs/evidence.md, docs/dyads.md and the shipped posterior
	@$(PY) experiments/evidence.py
	@$(PY) experiments/dyads.py

laboratory: $(STAMP)  ## what causes what: outputs/laboratory, ARGS="share=0.2" is quicker
	@$(PY) experiments/laboratory.py $(ARGS)

mechanisms: $(STAMP)  ## what each mechanism does: writes docs/mechanisms.md
	@$(PY) experiments/mechanisms.py $(ARGS)

players: $(STAMP)  ## play the seat by rule, 200 games each: writes classroom/players.json
	@$(PY) scripts/players.py

dyads: $(STAMP)  ## dyad by dyad, and a forecast: writes docs/dyads.md
	@$(PY) experiments/dyads.py $(ARGS)

search: $(STAMP)  ## search coefficients against rates, causes and properties: outputs/search.json
	@$(PY) experiments/search.py $(ARGS)

docs: $(STAMP)  ## rewrite what docs/ has of declarations: odd, schema, columns, parameters
	@$(PY) scripts/odd.py
	@$(PY) scripts/pages.py

# Its notebooks are run anew where they or the package have changed.
site: $(STAMP) classroom  ## build the documentation with its notebooks run: outputs/site/index.html
	@$(BIN)/sphinx-build -q -E -a -W --keep-going -d outputs/site-cache/doctrees docs outputs/site
	@echo outputs/site/index.html

classroom: $(STAMP)  ## build the classroom page, classroom/spiral.html
	@$(PY) scripts/classroom.py

baseline: $(STAMP)  ## store what the model gives now, on purpose
	@$(PY) scripts/baseline.py

# From one machine for all: zig compiles for each. What builds them is pinned with hashes.
SYSTEMS = linux-x86_64 linux-aarch64 macos-arm64 macos-x86_64 windows-amd64

wheel: $(STAMP)  ## build the wheels of all systems: dist/, make wheel SYSTEMS=linux-x86_64
	@for system in $(SYSTEMS); do SPIRAL_TARGET=$$system sh scripts/uv.sh $(VENV) build --quiet \
		--wheel --python $(PY) --build-constraints requirements-build.lock --require-hashes \
		--out-dir dist . || exit 1; done
	@ls -l dist

COMPILE = sh scripts/uv.sh $(VENV) pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

# `make lock ARGS=--upgrade` moves every package to its newest version.
lock: $(STAMP)  ## resolve pyproject.toml again into the lock files
	$(COMPILE) --all-extras $(ARGS) pyproject.toml --output-file requirements.lock
	grep '^uv==' requirements.lock | cut -d' ' -f1 | \
		$(COMPILE) - --output-file requirements-bootstrap.lock
	grep -E '^(hatchling|ziglang)==' requirements.lock | cut -d' ' -f1 | \
		$(COMPILE) - --constraint requirements.lock --output-file requirements-build.lock

clean:  ## remove the environment, caches and builds (outputs stay)
	if [ -e $(VENV)/pyvenv.cfg ]; then rm -rf $(VENV); fi
	rm -rf build dist node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.benchmarks .coverage .coverage.* htmlcov classroom/build classroom/spiral.html
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
