# What one does with this project. Each target works on a fresh checkout: it makes .venv first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: demo test year lint bench clean

demo: $(READY)     ## find and explain a real change, offline, in a few seconds
	@$(BIN)/monitor demo

test: $(READY)     ## every test, on SQLite and on PostgreSQL
	$(BIN)/pytest

year: $(READY)     ## a year of the service with all its troubles, in some minutes; `make test` lives through four weeks
	SIMULATED_DAYS=365 $(BIN)/pytest -n 0 --timeout 1800 --durations 1 tests/service/test_year.py

lint: $(READY)     ## format, rules and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(READY)    ## measure what the README promises; prints a table and JSON
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@echo "Installing into $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[postgres,test,bench]'
	@touch $@
