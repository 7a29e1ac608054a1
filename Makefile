# Two commands do everything on a fresh machine with Python 3.11 or newer, git and make:
#   make report   the whole pipeline on the standard world, then where the report is
#   make test     linters, types, import laws, tests
# And after the first, make serve: alerts for posted transactions, on this machine alone (docs/serving.md).
PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
export PYTHONPATH := $(CURDIR)
export DVC_NO_ANALYTICS := 1

# An unpacked archive has no repository, and DVC asks for one unless told otherwise.
WITHOUT_GIT = { echo "no git repository here: DVC runs without (core.no_scm in .dvc/config.local)"; \
	dvc config --local core.no_scm true; }

.PHONY: report smoke test worlds iterate experiments serve bench docs sample pdf clean

report: .venv/installed
	@python console.py check
	@git rev-parse --is-inside-work-tree >/dev/null 2>&1 || $(WITHOUT_GIT)
	@python console.py compile
	dvc repro
	@python console.py summary

smoke: .venv/installed
	@python console.py smoke

test: .venv/installed
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	@python console.py compile
	pytest --cov --cov-report=term:skip-covered

serve: .venv/installed
	@python -m serving --model artifacts --store artifacts/serving.duckdb

worlds: .venv/installed
	@python console.py check
	@python console.py worlds

bench: .venv/installed
	python -m benchmarks.peers "$(DATA)"

iterate: .venv/installed
	@python console.py check
	@python console.py iterate

experiments: .venv/installed
	@python console.py experiments

docs: .venv/installed
	@python console.py docs

pdf: .venv/installed
	@python console.py pdf

sample: .venv/installed
	@python console.py docs
	@python console.py sample

clean:
	rm -rf artifacts .dvc/cache .dvc/tmp

.venv/installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("error: Python 3.11 or newer is needed, found " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@touch $@
