# make setup | demo | test | lint | bench | lock | clean. Everything runs in .venv, made from the lock with stock pip.

VENV := .venv
STAMP := $(VENV)/.from-lock
BIN := $(VENV)/bin
PYTHON ?= $$(command -v python3.11 || command -v python3)
# `make lock` needs uv (https://docs.astral.sh/uv/); nothing else does.
UV ?= uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

.PHONY: setup demo test lint pytest bench lock upgrade clean
.DELETE_ON_ERROR:

setup: $(STAMP)

# The stamp is written last: an interrupted set-up starts afresh, a finished one costs nothing until the lock changes.
$(STAMP): requirements-dev.txt
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || .ci/packages
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make setup PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@

demo: setup
	@$(BIN)/python -m tests.campus.demo

test: lint pytest

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

pytest: setup
	$(BIN)/python -m pytest

bench: setup
	$(BIN)/python -m bench

# `make lock` keeps the versions that are locked where it can; `make upgrade` takes the newest.
lock:
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) pyproject.toml --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	@! grep -n -E '://|^-|file:' requirements.txt requirements-dev.txt || { echo "the lock must hold no address"; exit 1; }

upgrade:
	rm -f requirements.txt requirements-dev.txt
	$(MAKE) lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis archive-demo
	find crawler tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
