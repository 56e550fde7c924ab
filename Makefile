# `make help` lists the targets. Everything goes into .venv; nothing else is touched.

BIN := .venv/bin
# The first Python that is new enough, here or, should pyenv lack the one that platforms
# take (.python-version), outside; PYTHON=... chooses another.
PYTHON ?= $(shell for place in . /; do \
	for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	(cd $$place && $$p -c 'import sys; assert sys.version_info >= (3, 11); \
	print(sys.executable)') 2>/dev/null && exit; done; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --no-deps --no-compile \
	--only-binary :all:
COMPOSE ?= docker compose
# Of `make test`, at once.
WORKERS ?= 3
# Commands of the bot in a container that has the backups: as the database's owner, and
# as its superuser.
BOT = $(COMPOSE) run --rm backup
ADMIN = $(COMPOSE) run --rm admin
ALL = $(COMPOSE) --profile '*'
SECRETS := $(addprefix .secrets/, postgres_password bot_owner bot_app bot_console \
	bot_readonly console_key pgadmin_password)
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help install run senses mcp test check languages lock chaos bench migration image-check
.PHONY: start stop restart status logs shell tools backup restore reset

help: ## List the targets
	@awk -F ':.*## ' '/^##/ {print "\n" substr($$0, 4)} \
		/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

## On this machine, without Docker:

run: .venv/run.done ## Start the whole bot here: database, model, simulator, and the bot
	@exec $(BIN)/python -m bot run

senses: .venv/senses.done ## What `make run` hears and reads with: voice notes, pictures

mcp: .venv/mcp.done ## What speaks to the MCP servers of BOT_MCP

install: .venv/dev.done ## Only install, into .venv: what runs, and the tools for tests

# What they compile is kept, whatever the environment says: else every worker, and every
# child that reads a document, compiles it anew.
test: export PYTHONDONTWRITEBYTECODE :=
test: .venv/dev.done ## Run all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

chaos: .venv/dev.done ## Kill, cut and flood the bot for 25 minutes; count what is lost
	$(BIN)/python -m tests.chaos $(ARGS)

bench: .venv/dev.done ## Measure speed and memory against their goals, in 15 minutes
	$(BIN)/python -m tests.bench $(ARGS)

check: .venv/dev.done ## Lint, check types, imports and the deploy files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_deploy_files.py

image-check: .venv/dev.done ## Try the image without an engine: needs root, debootstrap, 10 min
	$(BIN)/python -m tests.image $(ARGS)

migration: .venv/dev.done ## Write the next one from db/models: NAME="what it does"
	@$(BIN)/python -m db.migrations "$(NAME)"

languages: .venv/dev.done ## Bring the catalogues of sentences up to date, and list what they lack
	@$(BIN)/python -m bot.languages

lock: .venv/dev.done ## Resolve the pinned versions again
	$(COMPILE) --upgrade pyproject.toml -o requirements.txt
	$(COMPILE) --upgrade --extra local --extra plots -c requirements.txt pyproject.toml \
		-o requirements-run.txt
	$(COMPILE) --upgrade --extra ocr --extra speech -c requirements-run.txt pyproject.toml \
		-o requirements-senses.txt
	$(COMPILE) --upgrade --extra mcp -c requirements-run.txt -c requirements-senses.txt \
		pyproject.toml -o requirements-mcp.txt
	$(COMPILE) --upgrade --extra local --extra plots --extra ocr --extra speech --extra mcp \
		--extra dev -c requirements-run.txt -c requirements-senses.txt \
		-c requirements-mcp.txt pyproject.toml -o requirements-dev.txt

## With Docker Compose:

start: .env $(SECRETS) ## Start PostgreSQL, migrate, start web, worker and backups
	$(COMPOSE) up --detach --build

stop: ## Stop all of it; the data stays
	$(ALL) stop

restart: .env $(SECRETS) ## Make the containers anew, with what .env says now
	$(COMPOSE) up --detach --build --force-recreate

status: ## Which containers run, and how the database is
	$(ALL) ps
	$(BOT) db status

logs: ## Follow the logs; ARGS=worker for one service
	$(COMPOSE) logs --follow --tail 100 $(ARGS)

shell: ## Open psql on the database
	$(BOT) db shell

tools: $(SECRETS) ## Start pgAdmin, on http://127.0.0.1:5050
	$(COMPOSE) --profile tools up --detach pgadmin

backup: ## Back the database up now; NAME=... keeps it from rotation
	$(BOT) db backup $(NAME)

restore: ## Go back to a backup: FILE=/data/backups/...
	@test -n "$(FILE)" || { echo "Which backup? make restore FILE=..., one of these:"; \
		$(COMPOSE) run --rm --entrypoint ls admin -1 /data/backups; exit 1; }
	$(ADMIN) db restore "$(FILE)"
	$(COMPOSE) run --rm migrate

reset: ## Empty the database; asks, and takes a backup first
	$(BOT) db reset

.env:
	@echo "There is no .env yet: install -m 600 .env.example .env, and fill in Twilio's" \
		"account, the LLM's key and PUBLIC_BASE_URL." && exit 1

# The folder keeps them secret: in the containers other users must be able to read them.
.secrets/%:
	@mkdir -p -m 0700 $(@D) && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > $@.draft \
		&& chmod 0644 $@.draft && mv $@.draft $@ && echo "Made $@."

# What the targets above install; wheels only, since what builds one runs its code:

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
	@echo "Installing into .venv (once; about a minute, more over a slow line) ..."
	@$(PIP) --require-hashes -r requirements-run.txt
	@$(PIP) --no-build-isolation --editable .
	@touch $@

.venv/senses.done: .venv/run.done requirements-senses.txt
	@echo "Installing a small ear and an eye for letters into .venv (once; 700 MB) ..."
	@$(PIP) --require-hashes -r requirements-senses.txt
	@touch $@

.venv/mcp.done: .venv/run.done requirements-mcp.txt
	@echo "Installing what speaks to MCP servers into .venv (once; 30 MB) ..."
	@$(PIP) --require-hashes -r requirements-mcp.txt
	@touch $@

.venv/dev.done: .venv/run.done requirements-dev.txt
	@echo "Installing the tools for tests into .venv (once; half a minute) ..."
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@
