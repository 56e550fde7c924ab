# `make help` lists the targets. Everything goes into .venv; nothing else is touched.

BIN := .venv/bin
# The first Python that is new enough; PYTHON=... chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --no-deps --no-compile
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help install run test check lock chaos bench

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

run: .venv/run.done ## Start the whole bot here: database, model, simulator, web, worker
	@exec $(BIN)/python -m bot run

install: .venv/dev.done ## Only install, into .venv: what runs, and the tools for tests

test: .venv/dev.done ## Run all tests
	$(BIN)/python -m pytest -n 3 --dist loadfile

chaos: .venv/dev.done ## Kill, cut and flood the bot for 20 minutes; count what is lost
	$(BIN)/python -m tests.chaos $(ARGS)

bench: .venv/dev.done ## Measure speed and memory against their goals, in 10 minutes
	$(BIN)/python -m tests.bench $(ARGS)

check: .venv/dev.done ## Lint, check types, imports and the deploy files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_deploy_files.py

lock: .venv/dev.done ## Resolve the pinned versions again
	$(COMPILE) --upgrade pyproject.toml -o requirements.txt
	$(COMPILE) --upgrade --extra local --extra plots -c requirements.txt pyproject.toml \
		-o requirements-run.txt
	$(COMPILE) --upgrade --extra local --extra plots --extra dev -c requirements-run.txt \
		pyproject.toml -o requirements-dev.txt

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found:" \
		"install it (see python.org), or say where it is: make PYTHON=/path/to/python3"; \
		exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is missing or older than Python 3.11: choose another with" \
		"make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "Python can't make a virtual environment here; on Debian and Ubuntu:" \
		"apt-get install python3-venv"; exit 1; }

.venv/run.done: .venv/bin/python requirements-run.txt pyproject.toml
	@echo "Installing into .venv (once; about 20 s) ..."
	@$(PIP) --require-hashes -r requirements-run.txt
	@$(PIP) --no-build-isolation --editable .
	@touch $@

.venv/dev.done: .venv/run.done requirements-dev.txt
	@echo "Installing the tools for tests into .venv (once; about 15 s) ..."
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@
