# make demo: set up and search an embedded competition.   make test: set up and pass all tests.
# Everything lives in .venv; nothing else on the machine is touched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
DEMO_STEPS ?= 20

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format bench clean prerequisites

help:
	@echo "make demo    set up, then search an embedded competition (no key, no Docker needed)"
	@echo "make test    set up, then run all tests"
	@echo "make lint    set up, then ruff, ruff format and mypy --strict"
	@echo "make bench   set up, then print the committed benchmarks"
	@echo "make format  let ruff mend what it can"
	@echo "make clean   remove .venv and caches (runs/ stays)"

prerequisites:
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) not found; install Python 3.11 or newer, or run make PYTHON=/path/to/python3.11"; exit 3; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: $$($(PYTHON) --version) is too old; Exitree needs 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 3; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "error: this Python has no venv; install it (Debian: apt install python3-venv)"; exit 3; }

# A stamp for each set of packages; a changed pyproject.toml installs again, an unchanged one is free.
$(VENV)/.user: pyproject.toml | prerequisites
	@echo "setup: installing Exitree into $(VENV) (once; takes a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.user
	@echo "setup: installing the development tools into $(VENV) (once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

setup: $(VENV)/.user
	@echo "setup: ready; try $(BIN)/exitree --help"

demo: $(VENV)/.user
	@$(BIN)/exitree search night-ferry --steps $(DEMO_STEPS) --workers $(WORKERS)

test: $(VENV)/.dev
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.user
	$(BIN)/python -m benchmarks.journal
	$(BIN)/python -m benchmarks.sandbox

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
