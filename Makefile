# Everything installs into .venv; the only needs are Python 3.11 or newer (with venv) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 4
.DEFAULT_GOAL := help

$(VENV)/.python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "aggregator needs Python 3.11 or newer, and '$(PYTHON)' is not on the PATH. Install it (Debian: apt install python3 python3-venv) or name one: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "aggregator needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name another one: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. Install it (Debian, Ubuntu: apt install python3-venv) and try again."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python requirements.lock pyproject.toml
	@echo "Installing aggregator into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@echo "Installing the tools for tests ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@

# Without npm, or with a registry out of reach, the tests of markup are skipped and say so.
$(VENV)/.markup: $(VENV)/.python tests/markup/package-lock.json
	@mkdir -p $(VENV)/markup && cp tests/markup/package*.json $(VENV)/markup
	@! command -v npm >/dev/null || npm ci --prefix $(VENV)/markup --ignore-scripts --no-audit --no-fund --silent || true
	@touch $@

.PHONY: install
install: $(VENV)/.run ## install into .venv (leaves .venv/bin/aggregator)

.PHONY: run
run: $(VENV)/.run ## start the service with the sample feeds and seeds: http://127.0.0.1:8080
	@$(BIN)/aggregator run

.PHONY: test
test: $(VENV)/.dev $(VENV)/.markup ## run every test, WORKERS=4 files at a time: most wait for processes and sockets
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

.PHONY: check
check: $(VENV)/.dev $(VENV)/.markup ## what CI runs: format, lint, types, dependencies, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/deptry .
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --cov --cov-report=term

.PHONY: bench
bench: $(VENV)/.dev ## measure refreshes beside another reader's (FEEDS=1000 ROUNDS=1, about 5 minutes)
	@$(BIN)/python tests/benchmarks/refresh.py

.PHONY: bench-grouping
bench-grouping: $(VENV)/.dev ## measure the grouping beside baselines (LABELLED=folder of labelled *.jsonl)
	@$(BIN)/python tests/benchmarks/grouping.py

.PHONY: bench-serving
bench-serving: $(VENV)/.dev ## measure what a request for a feed costs beside nginx and a static file (2 minutes)
	@$(BIN)/python tests/benchmarks/serving.py

.PHONY: bench-growth
bench-growth: $(VENV)/.dev ## measure readers' queries among 10,000 to 1,000,000 articles (SIZES="10000 100000", 15 minutes, 3 GB)
	@$(BIN)/python tests/benchmarks/growth.py $(SIZES)

.PHONY: scale
scale: $(VENV)/.dev ## measure what one machine carries: the figures of docs/scale.md (2 minutes)
	@$(BIN)/python tests/benchmarks/scale.py

.PHONY: bench-pages
bench-pages: $(VENV)/.dev ## measure the server's time for pages, and when a slow phone shows them (ENTRIES=50000, 5 minutes)
	@$(BIN)/python tests/benchmarks/pages.py $(ENTRIES)

.PHONY: fleet
fleet: $(VENV)/.dev ## let processes share a database and be killed (FEEDS=1000 MINUTES=3 AGGREGATOR_TEST_POSTGRES_URL=…)
	@$(BIN)/python tests/benchmarks/fleet.py

.PHONY: container
container: ## build the image and run it on a read-only root as an unknown user (root, buildah; BASE=image)
	@bash tests/container.sh

.PHONY: fuzz
fuzz: $(VENV)/.dev ## parse 10,000 damaged feeds (some minutes); MUTATIONS=… for another number
	@MUTATIONS=$${MUTATIONS:-10000} $(BIN)/python -m pytest -q -s tests/test_mutations.py -k many

.PHONY: readers
readers: $(VENV)/.dev ## replay a month of news to models of feed readers (a quarter of an hour)
	@READERS=1 $(BIN)/python -m pytest -q -s tests/test_readers.py -k month

.PHONY: faults
faults: $(VENV)/.dev ## kill, fail and starve it in every way, with either database (2,500 faults, 1 to 2 hours)
	@FAULTS=1 $(BIN)/python -m pytest -q -s tests/faults

.PHONY: format
format: $(VENV)/.dev ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: clean
clean: ## remove the virtual environment and caches (never data/)
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
