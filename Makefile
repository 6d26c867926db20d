# One command sets up and serves, one tests. `make help` lists the others.

PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check
TEMPLATES := find templates -name '*.html'

.DEFAULT_GOAL := help
.PHONY: help run test soak check fix lock bench bench-load bench-scale bench-growth bench-peers screens sbom release-data clean

help: ## Lists these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s  %s\n", $$1, $$2}' Makefile

run: .venv/base.stamp ## Serves on http://127.0.0.1:8000 with a demonstration school (PORT and HOST change it)
	@exec $(PYTHON) manage.py serve

test: .venv/dev.stamp ## Runs every test, on SQLite and, where one answers, on PostgreSQL
	@exec $(PYTHON) -m tests.run

soak: .venv/dev.stamp ## Goes on with crashes, races and properties for SOAK_MINUTES (20)
	@exec $(PYTHON) -m tests.soak

# The deployment checks are asked as production would be: https, real keys, no file of this folder.
check: export PUBLIC_URL = https://pixsurv.example
check: export SECRET_KEY = long enough for the checks, and used to sign nothing at all
check: export FIELD_KEYS = bWFrZSBjaGVjayBlbmNyeXB0cyBub3RoaW5nIGF0IGE=
check: export DATABASE_URL = sqlite://:memory:
check: export EMAIL_URL = smtp+tls://mail.example:587
check: .venv/dev.stamp ## Checks format, lint, types, import order, templates, migrations, deployment settings, dependencies
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m ruff check
	$(PYTHON) -m mypy
	.venv/bin/lint-imports --no-logo
	$(TEMPLATES) -exec .venv/bin/djade --check {} +
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) manage.py check --deploy --fail-level WARNING
	$(PYTHON) -m tests.audit

fix: .venv/dev.stamp ## Formats the code and the templates, mends what the linter can
	$(PYTHON) -m ruff check --fix-only --quiet
	$(PYTHON) -m ruff format
	$(TEMPLATES) -exec .venv/bin/djade {} + || $(TEMPLATES) -exec .venv/bin/djade --check {} +  # 1 means « changed »

COMPILE = .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--python-version 3.12 --custom-compile-command "make lock" $(UPGRADE)
lock: .venv/base.stamp ## Locks the dependencies after a change of pyproject.toml (UPGRADE=--upgrade takes the newest)
	$(PIP) uv
	$(COMPILE) pyproject.toml -o requirements/base.txt
	$(COMPILE) --group dev -c requirements/base.txt -o requirements/dev.txt

# ROUNDS, SECONDS and ONLY change a run: make bench ROUNDS=5 ONLY=empty,unchanged
bench: .venv/dev.stamp ## Measures our pages beside the empty view of the same process, and beside the peers that are there
	@exec $(PYTHON) -m bench --rounds $(or $(ROUNDS),3) --seconds $(or $(SECONDS),2) --port $(or $(PORT),8120) --only "$(ONLY)"

# STEPS (percents of the peak), SCHOOL_STEPS, SECONDS of each and LOAD, other options of `python -m bench.peak`, change a run
bench-load: .venv/dev.stamp ## Plays the peak of an académie (PostgreSQL) and of a school (SQLite), higher and higher until it gives way
	@exec $(PYTHON) -m bench.peak --port $(or $(PORT),8150) --seconds $(or $(SECONDS),20) \
		$(if $(STEPS),--steps $(STEPS)) $(if $(SCHOOL_STEPS),--school-steps $(SCHOOL_STEPS)) $(LOAD)

# PORT is the first of five; needs nginx and pgbouncer from Debian's packages, and PostgreSQL.
bench-scale: .venv/dev.stamp ## Measures one web process against two behind nginx and PgBouncer, then simulates the country (about 4 minutes)
	@$(PYTHON) -m bench.scale --rounds $(or $(ROUNDS),3) --seconds $(or $(SECONDS),4) --port $(or $(PORT),8160)
	@exec $(PYTHON) -m bench.simulate

# About five minutes, half of them for the grown database; KEEP=--keep leaves it for the next run.
bench-growth: .venv/dev.stamp ## Measures the same pages on a young and on a grown database (10,000 sessions, 400,000 candidates)
	@exec $(PYTHON) -m bench.growth --rounds $(or $(ROUNDS),3) --seconds $(or $(SECONDS),1) --port $(or $(PORT),8120) --only "$(ONLY)" $(KEEP)

bench-peers: .venv/dev.stamp ## Installs edx-proctoring and pretix under var/bench, for the next bench (minutes)
	@exec $(PYTHON) -m bench.peers

sbom: .venv/dev.stamp ## Writes var/pixsurv.cdx.json, the list of what the program is made of (CycloneDX)
	@mkdir -p var
	@.venv/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --of JSON -o var/pixsurv.cdx.json requirements/base.txt
	@echo var/pixsurv.cdx.json

release-data: .venv/dev.stamp ## Keeps the demonstration database of this version under tests/upgrades, for the next version to come from
	@exec $(PYTHON) -m tests.upgrades

screens: .venv/dev.stamp ## Takes the pictures of docs/screens again, on a demonstration that is thrown away
	@exec $(PYTHON) -m tests.browser.screens

clean: ## Removes all that can be made again; keeps var/, where the data is
	rm -rf .venv staticfiles htmlcov .coverage* .*_cache .hypothesis var/test-*.sqlite3*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/base.stamp: requirements/base.txt | $(PYTHON)
	@echo "Installing the dependencies in .venv …"
	@$(PIP) --require-hashes -r requirements/base.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/base.stamp
	@echo "Installing what the tests need in .venv …"
	@$(PIP) --require-hashes -r requirements/base.txt -r requirements/dev.txt
	@touch $@

# A candidate counts only if it really runs: pyenv leaves shims that answer 127, Debian splits venv off.
$(PYTHON):
	@rm -rf .venv; versions="$${PYENV_ROOT:-$$HOME/.pyenv}/versions"; \
	for python in python3.14 python3.13 python3.12 python3 \
		"$$versions"/3.14*/bin/python "$$versions"/3.13*/bin/python "$$versions"/3.12*/bin/python; do \
		"$$python" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null || continue; \
		exec "$$python" -m venv .venv; \
	done; \
	command -v uv >/dev/null && exec uv venv --quiet --seed .venv; \
	echo "Pixsurv needs Python 3.12 or later with its venv module (on Debian: python3-venv)." >&2; \
	echo "None was found on the PATH, under pyenv or through uv." >&2; exit 1
