# Each target makes or refreshes .venv/ by itself. Needs Python 3.11 or newer, make and the
# package index; uv is used when it is on the PATH. Another Python: make PYTHON=python3.12 test

SHELL := /bin/sh
PYTHON ?= $(shell sh tools/find_python.sh | head -n 1 | cut -d ' ' -f 2-)
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help demo test test-all bench docs harnesses lint format clean FORCE
.DELETE_ON_ERROR:

help:
	@echo "make demo      the whole way on specimen data: issue, draw, read back, verify"
	@echo "make test      format, lint, types, tests, documents, and the tests on the built wheel"
	@echo "make test-all  the suite on each Python found, with oldest and newest dependencies"
	@echo "make bench     measured speed beside its bounds, one table"
	@echo "make harnesses install verifiers of other authors, to run the vectors against"
	@echo "make docs      the site of the documents, in site/html; a warning is a failure"
	@echo "make lint      format, lint and types only"
	@echo "make format    rewrite the code as the formatter wants it"
	@echo "make clean     remove everything that these targets made"

# Also when the Python that .venv was made with is gone.
STALE := $(shell $(BIN)/python -c "" 2>/dev/null || echo FORCE)

$(READY): pyproject.toml tools/environments.py $(STALE)
	@test -n "$(PYTHON)" || { sh tools/find_python.sh; exit 1; }
	@echo "making .venv with $(PYTHON) ..."
	@"$(PYTHON)" tools/environments.py dev
	@touch $@

demo: $(READY)
	@$(BIN)/vnvaxcert demo --out demo

lint: $(READY)
	@$(BIN)/ruff format --check --quiet --diff .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary

# The last line of the run is pytest's own, of the tests on the installed wheel.
test: lint
	@$(BIN)/python tests/interop/environment.py
	@$(BIN)/python -m pytest -q -n 2 --hypothesis-profile=ci --cov --cov-report=term
	@$(BIN)/python tools/environments.py test-wheel

test-all: $(READY)
	@$(BIN)/python tests/interop/environment.py
	@$(BIN)/python tools/environments.py test-all

harnesses: $(READY)
	@$(BIN)/python tools/harnesses/environment.py

docs: $(READY)
	@$(BIN)/python tools/make_docs.py

bench: $(READY)
	@$(BIN)/python tests/benchmarks/table.py

format: $(READY)
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

clean:
	rm -rf .venv .venvs demo dist build site .coverage .coverage.* .benchmarks .hypothesis
	rm -rf .mypy_cache .pytest_cache .ruff_cache
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
