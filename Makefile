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
# The stamp holds the folder: the scripts in .venv name it, so a folder that was moved installs again.
ifneq ($(shell cat $(VENV)/.user 2>/dev/null),$(CURDIR))
MOVED := moved
endif
.PHONY: moved
moved: ;

# pip's pages go into a file; what a person sees is one line, with the first error that pip names.
LOG := $(VENV)/install.log
define install
$(BIN)/python -m pip install --disable-pip-version-check --editable $(1) >$(LOG) 2>&1 || { \
	cause="$$(grep -m1 -o 'ERROR: .*' $(LOG))"; \
	echo "error: pip could not install Exitree: $${cause:-it was stopped} (all it said: $(LOG))"; exit 3; }
endef

$(VENV)/.user: pyproject.toml $(MOVED) | prerequisites
	@echo "setup: installing Exitree into $(VENV) (once; takes a minute)"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || said="$$($(PYTHON) -m venv --clear $(VENV) 2>&1)" || \
		{ echo "error: cannot make $(VENV): $$said"; exit 3; }
	@$(call install,.)
	@echo "$(CURDIR)" >$@

$(VENV)/.dev: $(VENV)/.user
	@echo "setup: installing the development tools into $(VENV) (once)"
	@$(call install,'.[dev]')
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
