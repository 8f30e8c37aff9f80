# make setup | demo | test | soak | lint | docs | bench | bench-quality | lock | clean. Everything runs in .venv, made from the lock with stock pip;
# only the extractors that ours is measured against have an environment of their own, .venv-peers.

VENV := .venv
STAMP := $(VENV)/.from-lock
BIN := $(VENV)/bin
PEERS := .venv-peers
PYTHON ?= $$(command -v python3.11 || command -v python3)
# Modules are compiled once and kept, also where the environment says not to: a crawl starts five processes.
unexport PYTHONDONTWRITEBYTECODE
# `make lock` needs uv (https://docs.astral.sh/uv/); nothing else does.
UV ?= uv
COMPILE = $(UV) pip compile --quiet --universal --python-version $(LOWEST) --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make $@'

.PHONY: setup demo test lint pytest soak docs bench bench-quality bench-peers bench-lock lock upgrade clean
.DELETE_ON_ERROR:

setup: $(STAMP)

# The stamp is written last: an interrupted set-up starts afresh, a finished one costs nothing until the lock changes.
$(STAMP): requirements-dev.txt
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || .ci/packages environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make setup PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Making the environment in $(VENV), once: it takes one to five minutes, and nothing is shown meanwhile."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@

demo: setup
	@$(BIN)/python -m tests.campus.demo

test: lint pytest

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# What the tests need of the system is installed where that may be done; else its names are told, and the tests run without it.
pytest: setup
	@.ci/packages || true
	$(BIN)/python -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder --quiet

# What takes long: ten thousand inputs, a hundred kills, thirty days, every window and language. ARGS="-k kills" chooses.
soak: setup
	$(BIN)/python -m pytest -m soak --quiet $(ARGS)
	$(BIN)/python -m bench hostile

# The pages of docs/ as a site, in site/; every link and anchor is checked.
docs: setup
	$(BIN)/properdocs build --strict --quiet

bench: setup
	$(BIN)/python -m bench

# Without peers, or some of them, the measurement says so. ARGS=--write puts its tables into docs/measured.md.
bench-quality: setup
	-@$(MAKE) bench-peers
	$(BIN)/python -m bench quality $(ARGS)

bench-peers: $(PEERS)/.from-lock

# magic-html asks for Python 3.12 and works in 3.11 (the same output on all gold pages): the demand is ignored.
# --no-deps: the lock is complete, and pip 23.2 dies of the twice named extra of lxml that newspaper4k and readability ask for.
$(PEERS)/.from-lock: bench/peers.txt
	$(PYTHON) -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --ignore-requires-python \
		--requirement bench/peers.txt
	@touch $@

# `make lock` keeps the versions that are locked where it can; `make upgrade` takes the newest.
lock: LOWEST := 3.11
lock:
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) pyproject.toml --extra dev --extra docs --extra alarms --extra parquet --extra scale --constraint requirements.txt --output-file requirements-dev.txt
	$(COMPILE) pyproject.toml --extra scale --constraint requirements.txt --output-file requirements-scale.txt
	@! grep -n -E '://|^-|file:' requirements.txt requirements-dev.txt requirements-scale.txt || { echo "the lock must hold no address"; exit 1; }

# The newest peers; magic-html declares no lower Python.
bench-lock: LOWEST := 3.12
bench-lock:
	$(COMPILE) --upgrade bench/peers.in --output-file bench/peers.txt
	@! grep -n -E '://|^-|file:' bench/peers.txt || { echo "the lock must hold no address"; exit 1; }

upgrade:
	rm -f requirements.txt requirements-dev.txt requirements-scale.txt
	$(MAKE) lock

clean:
	rm -rf $(VENV) $(PEERS) site .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis archive-demo
	find crawler tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
