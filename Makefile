# A bare `make` lists the targets. Every target sets up what it needs.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp-$(shell cksum constraints.txt pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)
JOBS ?= 2
SCENARIO ?= scenarios/elr-2024.yaml

.PHONY: help setup run test test-random test-browser test-api serve check lint types floors bench results contracts docs screenshots wheelhouse lock notebooks clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(STAMP) ## make the virtual environment from the pinned versions

$(STAMP): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; try: make PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt pip hatchling editables
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-build-isolation -e . --group dev
	@rm -f $(VENV)/.stamp-* && touch $@

run: setup ## run the main scenario on local chains and write its report (SCENARIO=...)
	$(BIN)/sandbox run $(SCENARIO)

test: setup ## all tests
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

test-random: setup ## all tests, their properties on histories that nobody has looked at yet
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup --hypothesis-profile=random

test-browser: setup ## the page in a real browser: the system's Chromium (Debian: apt-get install chromium)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group browser
	$(BIN)/python -m pytest -n 0 -m browser tests/page/browser $(if $(BROWSER),-k "$(BROWSER)")

test-api: setup ## requests of Schemathesis to the API, against its own description
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group api
	$(BIN)/python -m pytest -n 0 -m api tests/page/api

serve: setup ## the page on this machine: http://127.0.0.1:8000/
	$(BIN)/sandbox serve

check: lint types floors test ## all that CI checks

lint: setup ## style and banned imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## strict typing
	$(BIN)/mypy

floors: setup ## imports go down the floors only
	$(BIN)/lint-imports

bench: setup ## ratios against peers and growth, written to bench/RESULTS.md
	@test -x .bench-venv/bin/python || $(PYTHON) -m venv .bench-venv
	.bench-venv/bin/python -m pip install --quiet --disable-pip-version-check PSSimPy==0.1.5
	$(BIN)/python bench/run_all.py

results: setup ## run every scenario beside its base, and the experiments; write docs/results (an hour)
	$(BIN)/python results/build.py --jobs $(JOBS)

contracts: setup ## recompile the contracts into contracts/compiled
	$(BIN)/python contracts/compile.py

notebooks: setup ## run the notebooks and write them anew as .ipynb
	$(BIN)/python notebooks/build.py

docs: setup ## write the generated pages of docs/ anew
	$(BIN)/python docs/build.py

screenshots: setup ## photograph every view of the page into .screenshots, and those that docs/images keeps
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group browser
	$(BIN)/python docs/screenshots.py --keep

wheelhouse: setup ## all that an installation without a network needs, for machines of this system and Python
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check -c constraints.txt --no-build-isolation -w wheelhouse '.[web,exchange,testing]'
	@echo "there: python3 -m pip install --no-index --find-links wheelhouse 'elr-sandbox[web,exchange,testing]'"

lock: ## write constraints.txt anew from the newest versions that agree
	rm -rf .lock-venv && $(PYTHON) -m venv .lock-venv
	.lock-venv/bin/python -m pip install --quiet --upgrade pip hatchling editables
	.lock-venv/bin/python -m pip install --quiet --no-build-isolation -e '.[cluster]' --group dev --group browser --group api
	.lock-venv/bin/python -m pip freeze --all --exclude-editable | grep -v ' @ ' > constraints.txt
	rm -rf .lock-venv

clean: ## remove the environment and caches (runs/ stays)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
