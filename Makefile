PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE=

.PHONY: help build test test-fast lint bench docs clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

build: $(VENV)/ready ## set up if needed, then build the mart (RAW_DIR=folder for the official files)
	@$(RUN)/la-mart build

test: $(VENV)/ready ## all tests; those on the official files run when RAW_DIR is set
	@$(RUN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal $(PYTEST)

test-fast: $(VENV)/ready ## the tests that need no build and no official files
	@$(RUN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal -m "not build" $(PYTEST)

lint: $(VENV)/ready ## ruff and sqlfluff on all files of the repository, as before a commit (.pre-commit-config.yaml)
	@$(RUN)/pre-commit run --all-files

bench: $(VENV)/ready ## seconds and memory of a build, and their ratio to a plain DuckDB script
	@$(RUN)/la-mart bench

DOCS := $(or $(DBT_TARGET_PATH),target)
docs: $(VENV)/ready ## the documentation as pages to search: target/site/index.html
	@$(RUN)/dbt docs generate --static --quiet
	@NO_MKDOCS_2_WARNING=1 $(RUN)/mkdocs build --strict --site-dir $(DOCS)/site
	@echo $(DOCS)/site/index.html

clean: ## take away everything that was built
	rm -rf $(VENV) warehouse target logs *.egg-info

$(VENV)/ready: requirements.lock requirements-uv.lock pyproject.toml
	@echo "setting up $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -m venv $(VENV)
	@$(RUN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@$(RUN)/uv pip install --quiet --python $(RUN)/python --require-hashes -r requirements.lock
	@$(RUN)/uv pip install --quiet --python $(RUN)/python --no-deps --no-build-isolation --editable .
	@touch $@
