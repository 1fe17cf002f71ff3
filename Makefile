# Two commands do everything on a machine that has Python 3.11 and make:
#   make run    the portal with everything embedded and a demo company
#   make test   installs what the tests need and passes them
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
OFFLINE = { echo "Acuse: the packages could not be installed (see above). Is there a connection, and room on the disk?"; exit 1; }
ARGS ?=

.PHONY: help run test check bench clean

help:
	@echo "make run      start the portal at http://localhost:8000 (PORTAL_PORT, PORTAL_HOME)"
	@echo "make test     run every test          make test ARGS='tests/invoices -k send'"
	@echo "make check    lint, types and the rules of the house"
	@echo "make bench    compare the fiscal core and the long lists with the least that the machine can do"
	@echo "make clean    remove what make made (never the data in PORTAL_HOME)"

run: $(VENV)/.runtime
	@exec $(BIN)/python -m portal.local

test: $(VENV)/.tools
	@$(BIN)/python -m scripts.browser
	$(BIN)/python -m pytest -n auto --maxprocesses 8 --dist worksteal $(ARGS)

check: $(VENV)/.tools
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest -q -n 0 tests/meta

bench: $(VENV)/.tools
	$(BIN)/python -m tests.bench $(ARGS)

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis test-results

$(VENV)/.python:
	@$(PYTHON) scripts/machine.py
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.python requirements.txt constraints.txt
	@echo "Acuse: installing what it needs (once, about a minute)…"
	@$(PIP) -r requirements.txt || $(OFFLINE)
	@$(BIN)/python -m portal.cfdi.light > /dev/null
	@touch $@

$(VENV)/.tools: $(VENV)/.runtime requirements-dev.txt
	@echo "Acuse: installing what the tests need (once)…"
	@$(PIP) -r requirements-dev.txt || $(OFFLINE)
	@touch $@
