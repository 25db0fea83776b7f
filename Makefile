# Every word of the project. Needs Python 3.11, make and git; all else is installed into .venv from requirements.lock.

PYTHON ?= python3.11
PORT ?= 8080
SOURCE ?= demo_bank
DATA ?= var/demo_bank

# The last month that the demonstration pulls and learns from, and the month that it scores.
ifeq ($(SOURCE),sme_invoices)
PULLED ?= 2020-01
SCORED ?= 2019-12
else ifeq ($(SOURCE),online_retail_ii)
PULLED ?= 2011-11
SCORED ?= 2011-11
export KCRM_REPORTING_CURRENCY ?= GBP
else
PULLED ?= 2026-10
SCORED ?= $(PULLED)
endif
WORKERS ?= 2

# The bank that the benchmark measures; ENGINE=duckdb and ROW="score publish" narrow it down.
SIZE ?= 20000
MONTHS ?= 24

BIN := .venv/bin
UV := $(BIN)/uv
READY := .venv/.ready
COMPILE := $(UV) pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11
COMPILE_OURS := $(COMPILE) pyproject.toml --extra dev

# The rival featuretools wants an older pandas than ours, so it has an environment of its own.
FEATURETOOLS := .venv-featuretools
COMPILE_FEATURETOOLS := $(COMPILE) bench/featuretools.in

ifeq ($(shell command -v $(PYTHON) 2>/dev/null),)
PYTHON := python3
endif

# Each source has a warehouse of its own, so that no bank meets another's customers.
export KCRM_VAR ?= $(abspath $(if $(filter demo_bank,$(SOURCE)),var,var/$(SOURCE)))
export KCRM_SOURCE := $(SOURCE)
export KCRM_SOURCE_URL ?= files://$(abspath $(DATA))

.DEFAULT_GOAL := help
.PHONY: help setup demo bench drill-kill drill-poison test mutants check format lock up clean

help: ## what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## the environment, .venv, from requirements.lock

$(READY): requirements.lock pyproject.toml
	@echo "Setting up .venv (a minute the first time) ..."
	@$(PYTHON) -c 'import sys; assert sys.version_info[:2] == (3, 11), "KCRM needs Python 3.11, found " + sys.version + "; set PYTHON=/path/to/python3.11"'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check uv
	@$(UV) pip sync --quiet --require-hashes --compile-bytecode --python $(BIN)/python --allow-empty-requirements requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@$(BIN)/python -c 'import lightgbm' || { echo "LightGBM needs the OpenMP library: install libgomp1 (Debian) or libomp (macOS)."; exit 1; }
	@touch $@

# In the demonstration models learn from a share of the customers and are tested on every third month only, as a person is
# waiting; a bank's own settings stand in kcrm.toml.
ifeq ($(SOURCE),demo_bank)
demo: export KCRM_REFIT_EVERY_MONTHS ?= 3
demo: export KCRM_TRAIN_CUSTOMERS ?= 4000
endif
demo: $(READY) ## scores from the simulated bank of 20,000 customers, through Airflow (SOURCE=sme_invoices or online_retail_ii with DATA=folder for real data)
	@test "$(SOURCE)" != demo_bank || test -e $(DATA)/manager_skills.parquet || $(BIN)/python -m demo --to $(DATA)
	@$(BIN)/python -m local_airflow run pull_accounts $(PULLED) train_models $(PULLED) score_customers $(SCORED)
	@$(BIN)/kcrm top
	@echo "Ask more with: KCRM_VAR=$(KCRM_VAR) $(BIN)/kcrm status"

bench: $(READY) $(FEATURETOOLS)/.ready ## every step beside a rival: a table, and var/bench.json (SIZE=1000000)
	@$(BIN)/python -m bench --customers $(SIZE) --months $(MONTHS) --featuretools $(FEATURETOOLS)/bin/python \
		$(addprefix --engine ,$(ENGINE)) $(addprefix --row ,$(ROW))

$(FEATURETOOLS)/.ready: bench/featuretools.lock | $(READY)
	@echo "Setting up $(FEATURETOOLS) for the rival featuretools ..."
	@test -x $(FEATURETOOLS)/bin/python || $(PYTHON) -m venv $(FEATURETOOLS)
	@$(UV) pip sync --quiet --require-hashes --python $(FEATURETOOLS)/bin/python bench/featuretools.lock
	@touch $@

drill-kill: $(READY) ## kill every step at random moments on both engines, and compare what the CRM reads (KILLS=60)
	@$(BIN)/python -m bench.drills.kill --kills $(or $(KILLS),60)

drill-poison: $(READY) ## broken deliveries to a small bank: what stops them, and what the CRM would have read
	@$(BIN)/python -m bench.drills.poison

up: $(READY) ## Airflow's own UI and scheduler on this machine, until Ctrl-C (PORT=8080)
	@$(BIN)/python -m local_airflow up --port $(PORT)

test: $(READY) ## all tests, on DuckDB and PostgreSQL
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

mutants: $(READY) ## break queries and code on purpose: a test must notice each (ALL=1: every knowledge condition too)
	@$(BIN)/python -m tests.mutants $(if $(ALL),--all)

check: $(READY) ## ruff, mypy, sqlfluff, and the lock in sync
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --disable-progress-bar --nocolor --processes $(WORKERS) sql bench/sql
	@cp requirements.lock .venv/lock.check && $(COMPILE_OURS) --output-file .venv/lock.check
	@cmp requirements.lock .venv/lock.check || { echo "requirements.lock does not fit pyproject.toml: run make lock."; exit 1; }
	@cp bench/featuretools.lock .venv/lock.check && $(COMPILE_FEATURETOOLS) --output-file .venv/lock.check
	@cmp bench/featuretools.lock .venv/lock.check || { echo "bench/featuretools.lock does not fit featuretools.in: run make lock."; exit 1; }

format: $(READY) ## lay the code out as make check wants it
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

lock: $(READY) ## pin every package anew (UPGRADE=--upgrade for newer ones)
	@$(COMPILE_OURS) $(UPGRADE) --output-file requirements.lock
	@$(COMPILE_FEATURETOOLS) $(UPGRADE) --output-file bench/featuretools.lock

clean: ## remove var: the demo's and the benchmark's warehouses, models, Airflow's home (not .venv)
	@rm -rf var
