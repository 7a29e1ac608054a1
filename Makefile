# Two commands do everything on a fresh machine with Python 3.11 or newer, git and make:
#   make report   the whole pipeline on the standard world, then where the report is
#   make test     linters, types, import laws, tests
PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
export PYTHONPATH := $(CURDIR)
export DVC_NO_ANALYTICS := 1

.PHONY: report smoke test docs clean

report: .venv/installed
	@python console.py check
	dvc repro
	@python console.py summary

smoke: .venv/installed
	@python console.py smoke

test: .venv/installed
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	pytest

docs: .venv/installed
	@python console.py docs

clean:
	rm -rf artifacts .dvc/cache .dvc/tmp

.venv/installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("error: Python 3.11 or newer is needed, found " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@touch $@
