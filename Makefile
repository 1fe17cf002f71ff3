# Two commands do everything on a machine that has Python 3.11 and make:
#   make run    the portal with everything embedded and a demo company
#   make test   installs what the tests need and passes them
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench clean help

help:
	@echo "make run | test | check | bench | clean"

run: $(VENV)/.runtime
	@exec $(BIN)/python -m portal.local

test: $(VENV)/.tools
	@$(BIN)/python scripts/browser.py
	$(BIN)/python -m pytest -n 2 $(ARGS)

check: $(VENV)/.tools
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -n 2 tests/meta

bench: $(VENV)/.tools
	$(BIN)/python -m tests.bench

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit("Acuse needs Python 3.11 or later; this is %d.%d. Name another one: make PYTHON=python3.12 run" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) || { echo "The module venv is missing. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.runtime: $(VENV)/.python requirements.txt
	@echo "Installing Acuse (once, about a minute)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.tools: $(VENV)/.runtime requirements-dev.txt
	@echo "Installing what the tests need (once)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
