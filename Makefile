# Guanjia. Bare `make` lists what there is.
PYTHON ?= python3
VENV ?= .venv
DATA ?= data
BIN := $(VENV)/bin
# Compiled once and kept: a start that compiles everything anew takes three times as long.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check bench chaos fuzz migration lock format docs clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Python 3.11 or newer is needed; name it with PYTHON=…"; exit 1)
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: requirements.lock | $(VENV)/.python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/.python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.run

run: $(VENV)/.run ## try it: service, simulator and sample park at http://127.0.0.1:8080/ (DATA=dir, GUANJIA_SERVER__PORT=n)
	@$(BIN)/python -m bot demo --data $(DATA)

test: $(VENV)/.dev ## the whole suite, on SQLite and on a real PostgreSQL, the page in a real browser
	@PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m tests.run

check: $(VENV)/.dev ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## speed as ratios against a limit measured in the same run
	@$(BIN)/python -m tests.bench

chaos: $(VENV)/.dev ## kill the real service under load and compare what people saw: ARGS="--kills 1000 --seed 7 --database postgresql"
	@$(BIN)/python -m tests.chaos $(ARGS)

fuzz: $(VENV)/.dev ## random and hostile input at large: ARGS="--seconds 600 --seed 7"
	@$(BIN)/python -m tests.fuzz $(ARGS)

format: $(VENV)/.dev ## put the code into shape
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

docs: $(VENV)/.dev ## write the generated parts of docs/ anew
	$(BIN)/python -m tests.generate_docs

migration: $(VENV)/.dev ## draft a migration from the tables: NAME="what changes"
	$(BIN)/python -m tests.new_migration "$(NAME)"

lock: $(VENV)/.dev ## choose the newest dependencies anew, with hashes
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header --no-annotate requirements.in -o requirements.lock
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header --no-annotate requirements-dev.in -o requirements-dev.lock

clean: ## remove environment and sample data
	rm -rf $(VENV) data
