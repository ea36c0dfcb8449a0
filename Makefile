# Everything a fresh machine needs is Python 3.11 or later, Node.js with npm, and make.
# `make` alone lists the targets.

PYTHON ?= python3
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Without compiled bytecode every start of a child recompiles pandas.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK := requirements/dev.txt
# The real azure-storage-blob 2.1.0, which must not meet the current one.
REAL := .venv/legacy
REAL_LOCK := requirements/legacy.txt
# Python, pandas and scikit-learn as they were when classic scripts were written.
CLASSIC := .venv/classic
# Clients of web services of Studio, each with the last Python that it runs in.
CLIENTS := .venv/clients
# The lowest versions that pyproject.toml allows, with Python 3.11, for which there are wheels of all of them.
LOWEST := .venv/lowest
LOWEST_LOCK := requirements/lowest.txt
# Spark, whose wheel has 400 MB.
SPARK := .venv/spark
SPARK_LOCK := requirements/spark.txt
# What people use instead of blobprep, which `make bench` measures beside it.
PEERS := .venv/bench
# blobprep as users install it: what the tests need besides slows the SDK's import.
USERS := .venv/users
PEERS_LOCK := requirements/bench.txt
# What makes pages of tables, which `make bench` measures too; it needs other versions.
REPORTS := .venv/reports
REPORTS_LOCK := requirements/reports.txt
# The versions of the lock, and every process measured.
MEASURED := .venv/coverage
# Its versions as people zipped them, and the packages beside them; locked once, since there will be no others.
ZIPPED := $(patsubst requirements/legacy-zips/%.txt,tests/legacy/packages/%/.installed,$(wildcard requirements/legacy-zips/*.txt))
LOCKED := .venv/.locked
INSTALLED := .venv/.installed
AZURITE := tests/azurite/node_modules/.package-lock.json
AXE := tests/browser/node_modules/.package-lock.json
COMPILE := compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate
EXTRAS := --extra dask --extra demo --extra excel --extra queue --extra service

# What the named goals cannot do without; only the tests and locks need Node.js.
NEEDED := python
ifneq ($(filter test test-all test-browser test-legacy test-lowest coverage lock setup,$(MAKECMDGOALS)),)
NEEDED += node npm
endif

FUZZED := arff svmlight csv parquet arrow zip frames profiles settings connections manifest references answers
FUZZ_SECONDS ?= 600

.PHONY: help demo test test-all test-browser test-classic test-legacy test-lowest test-service test-spark coverage check format docs docs-tables \
	bench bench-service fuzz lock \
	setup clean prerequisites

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(INSTALLED) ## run the main job on embedded storage, nothing to configure
	@$(BIN)/blobprep demo

test: setup ## run the tests, against Azurite too (minutes)
	@$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

test-all: setup $(ZIPPED) ## run the tests and the slow ones
	@$(BIN)/python -m pytest --numprocesses 2 -m "not browser and not spark" --hypothesis-profile exploring

test-browser: $(INSTALLED) $(AXE) ## open pages in Chromium, which is installed where it is missing
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m pytest -m browser tests/browser

test-legacy: setup $(REAL)/.installed $(ZIPPED) ## play the same scripts against the old storage SDK and the overlay
	@$(BIN)/python -m tests.legacy.probes --live --python $(REAL)/bin/python
	@$(BIN)/python -m pytest -m slow $(addprefix tests/legacy/test_,real_packages.py neighbors.py earlier.py)

test-classic: $(INSTALLED) ## play small and whole scripts in the libraries of their time and in today's
	@$(BIN)/python -m tests.classic --live --environments $(CLASSIC)
	@$(BIN)/python -m pytest -m slow tests/classic

test-service: $(INSTALLED) ## call web services with clients of the time, unmodified
	@$(BIN)/python -m tests.service.clients $(CLIENTS)
	@$(BIN)/python -m pytest -m "" tests/service/clients

test-spark: java $(SPARK)/.installed ## run a batch as tasks of Spark (needs Java 17 or later)
	@PYSPARK_PYTHON=$(abspath $(SPARK)/bin/python) $(SPARK)/bin/python -m pytest -m spark tests/batches/engines/test_spark.py

test-lowest: setup $(LOWEST)/.installed ## run the tests with the lowest versions that pyproject.toml allows
	@$(LOWEST)/bin/python -m pytest --numprocesses 2 --dist worksteal -m "not slow and not locked and not browser and not spark"

coverage: setup $(MEASURED)/.installed ## measure which lines and branches the tests reach, children included
	@$(MEASURED)/bin/python -m tests.coverage

check: $(INSTALLED) ## format, lint, types, layers
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(INSTALLED) ## format the code and fix what ruff can
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

docs: $(INSTALLED) ## build the documentation into build/docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict --config-file .mkdocs.yml
	@echo "build/docs/index.html"

docs-tables: $(INSTALLED) ## write the computed parts of README.md and docs/ anew
	@$(BIN)/python -m tests.documents

bench: $(INSTALLED) $(USERS)/.installed $(PEERS)/.installed $(REPORTS)/.installed ## measure speed and memory beside what people use instead
	@$(USERS)/bin/python -m tests.benchmarks --peers $(PEERS)/bin/python --reports $(REPORTS)/bin/python $(WORKS)
	@[ -n "$(WORKS)" ] || { $(BIN)/python -m tests.browser.chromium && $(BIN)/python -m tests.browser.opening; }

bench-service: $(INSTALLED) $(PEERS)-mlflow/.installed $(PEERS)-bentoml/.installed ## the same for requests to a web service
	@$(BIN)/python -m tests.benchmarks.rrs --peers $(PEERS)

fuzz: $(INSTALLED) ## fuzz what reads malformed input, ten minutes each
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --group fuzz
	@for target in $(FUZZED); do $(BIN)/python -m tests.fuzzing $$target --seconds $(FUZZ_SECONDS); done
	@$(BIN)/python -m tests.fuzzing.commands $$RANDOM$$RANDOM 20000 >/dev/null

lock: $(INSTALLED) ## choose new versions and write the locks
	@$(BIN)/uv pip $(COMPILE) --upgrade $(EXTRAS) --group dev pyproject.toml --output-file $(LOCK)
	@$(BIN)/uv pip $(COMPILE) --upgrade --resolution lowest-direct $(EXTRAS) --group build --group test pyproject.toml \
		--output-file $(LOWEST_LOCK)
	@$(BIN)/uv pip $(COMPILE) --upgrade --constraint $(LOCK) --extra spark --group build --group test pyproject.toml \
		--output-file $(SPARK_LOCK)
	@$(BIN)/uv pip $(COMPILE) --upgrade --group pyproject.toml:legacy --output-file $(REAL_LOCK)
	@$(BIN)/uv pip $(COMPILE) --upgrade --group pyproject.toml:bench --output-file $(PEERS_LOCK)
	@$(BIN)/uv pip $(COMPILE) --upgrade --group pyproject.toml:reports --output-file $(REPORTS_LOCK)
	@for peer in mlflow bentoml; do $(BIN)/uv pip $(COMPILE) --upgrade --group pyproject.toml:bench-$$peer \
		--output-file requirements/bench-$$peer.txt; done
	@cd tests/azurite && rm -f package-lock.json && npm install --package-lock-only
	@cd tests/browser && rm -f package-lock.json && npm install --package-lock-only

clean: ## remove what make and the tools left
	@rm -rf .venv tests/azurite/node_modules tests/browser/node_modules tests/legacy/packages build dist runs blobprep-demo .hypothesis
	@rm -rf .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find blobprep tests -name __pycache__ -type d -prune -exec rm -rf {} +

setup: prerequisites ## install what the targets above use (each does so itself)
	@$(MAKE) --silent --jobs 2 $(INSTALLED) $(AZURITE)

# Each missing thing is named in one line, before anything is installed.
prerequisites:
	@missing=0; for needed in $(NEEDED); do \
		case $$needed in \
		python) { [ -x $(BIN)/python ] && old=$(BIN)/python || old=$(PYTHON); } && \
			"$$old" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
			{ echo "Python 3.11 or later is needed and '$(PYTHON)' is not; name one: make PYTHON=python3.12" >&2; missing=1; } ;; \
		*) command -v $$needed >/dev/null || \
			{ echo "$$needed is needed and not on the PATH; install Node.js with npm" >&2; missing=1; } ;; \
		esac; \
	done; exit $$missing

.PHONY: java
java:
	@major=$$(java -version 2>&1 | sed -n '1s/.*"\([0-9]*\)[.".].*/\1/p'); \
	[ "$${major:-0}" -ge 17 ] || \
		{ echo "Java 17 or later is needed and not on the PATH; on Debian: apt-get install default-jre-headless" >&2; exit 1; }

$(LOCKED): $(LOCK) | prerequisites
	@echo "Setting up .venv (about a minute, once)"
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes --requirement $(LOCK)
	@touch $@

$(REAL)/.installed: $(REAL_LOCK) | prerequisites
	@$(BIN)/python -m venv --clear $(REAL)
	@$(REAL)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(REAL_LOCK)
	@touch $@

$(USERS)/.installed: $(LOCK) pyproject.toml | $(INSTALLED)
	@echo "Setting up $(USERS) (once)"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(USERS)
	@$(BIN)/uv pip install --quiet --compile-bytecode --constraint $(LOCK) --python $(USERS)/bin/python --editable .
	@touch $@

$(PEERS)/.installed: $(PEERS_LOCK) | $(INSTALLED)
	@echo "Setting up $(PEERS) (once)"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(PEERS)
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --python $(PEERS)/bin/python --requirement $<
	@touch $@

$(REPORTS)/.installed: $(REPORTS_LOCK) | $(INSTALLED)
	@echo "Setting up $(REPORTS) (once)"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(REPORTS)
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --python $(REPORTS)/bin/python --requirement $<
	@touch $@

$(PEERS)-%/.installed: requirements/bench-%.txt | $(INSTALLED)
	@echo "Setting up $(@D) (once)"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(@D)
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --python $(@D)/bin/python --requirement $<
	@touch $@

$(LOWEST)/.installed: $(LOWEST_LOCK) pyproject.toml | $(INSTALLED)
	@echo "Setting up $(LOWEST) (about a minute, once)"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(LOWEST)
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --python $(LOWEST)/bin/python --requirement $<
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(LOWEST)/bin/python --editable .
	@touch $@

$(SPARK)/.installed: $(SPARK_LOCK) pyproject.toml | $(INSTALLED)
	@echo "Setting up $(SPARK) (some minutes, once)"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(SPARK)
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --python $(SPARK)/bin/python --requirement $<
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(SPARK)/bin/python --editable .
	@touch $@

$(MEASURED)/.installed: $(LOCK) pyproject.toml tests/coverage/measurement.py | $(INSTALLED)
	@echo "Setting up $(MEASURED) (about a minute, once)"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(MEASURED)
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --python $(MEASURED)/bin/python --requirement $<
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(MEASURED)/bin/python --editable .
	@packages=$$($(MEASURED)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))'); \
		cp tests/coverage/measurement.py $$packages/blobprep_measurement.py; \
		echo "import blobprep_measurement" > $$packages/blobprep_measurement.pth
	@touch $@

tests/legacy/packages/%/.installed: requirements/legacy-zips/%.txt | $(INSTALLED)
	@$(BIN)/uv pip install --quiet --no-deps --require-hashes --python $(BIN)/python --target $(@D) --requirement $<
	@touch $@

$(INSTALLED): $(LOCKED) pyproject.toml
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(AZURITE): tests/azurite/package-lock.json | prerequisites
	@echo "Setting up Azurite (about a minute, once)"
	@cd tests/azurite && npm ci --silent
	@touch $@

$(AXE): tests/browser/package-lock.json | prerequisites
	@cd tests/browser && npm ci --silent
	@touch $@
