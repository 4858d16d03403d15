# Everything happens in .venv, which is made on first use; pip is enough, uv is used where it is on PATH.
# `make audit` and `make test` need nothing but a Python of 3.10 or newer.

# The arguments of `make audit`.
SAMPLE ?= data/samples/submissions --as-of 2024-01-07 --bureau data/bureau.yaml --out out/sample

VENV := .venv
BIN  := $(VENV)/bin
PY   := $(BIN)/python
DEPS := $(VENV)/.deps
JUDGE := $(VENV)/.judge

# `make UV= …` uses pip even where uv is present.
UV ?= $(shell command -v uv 2>/dev/null)

# The first Python that runs and is new enough: a command of that name may exist and still not work (pyenv's
# do), or lack the module that makes environments. `make PYTHON=/path/to/python …` takes another.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.10 python3 python; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1 </dev/null \
	&& { echo $$p; break; }; done)

# Python 3.13 dropped PyEval_CallObject, which durable-rules still calls; harmless on older versions.
DURABLE       := durable-rules==2.0.28
DURABLE_FLAGS := -DPyEval_CallObject=PyObject_CallObject

# Every notice. (Other folders under rules/ hold what notices share.)
PACKS := $(patsubst %/pack.yaml,%,$(wildcard rules/*/pack.yaml))

# Test files run side by side on all cores; `make test JOBS=0` runs them one after the other.
JOBS ?= auto

# Further arguments for pytest and the benchmarks: `make test ARGS="-k calendar -x"`.
ARGS ?=

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help install audit test lint type bench docs screenshots site check clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(DEPS) ## make .venv and install duban in it; tries durable-rules again where it was missing
	@if grep -qs '^plain' $(JUDGE); then rm -f $(JUDGE); fi
	@$(MAKE) -s $(JUDGE)
	@echo "· ready: $$($(PY) -c 'import platform; print("Python", platform.python_version())'), judge:" \
	      "$$(cat $(JUDGE)). Try: make audit, or $(BIN)/duban --help"

audit: $(DEPS) $(JUDGE) ## judge the sample county as it was handed in; results go to out/sample
	@$(BIN)/duban audit $(SAMPLE)

test: $(DEPS) $(JUDGE) ## run the test suite (ARGS="-k name -x" goes to pytest)
	@$(PY) -m pytest -n $(JOBS) --dist loadfile $(ARGS)

lint: $(DEPS) ## code style, layers, and every notice under rules/
	@echo "· ruff check"         && $(BIN)/ruff check --quiet .
	@echo "· ruff format --check" && $(BIN)/ruff format --quiet --check .
	@echo "· lint-imports"       && $(call quietly,$(BIN)/lint-imports)
	@set -e; for pack in $(PACKS); do echo "· duban rules lint $$pack"; $(BIN)/duban rules lint "$$pack"; done

type: $(DEPS) ## check types (mypy --strict)
	@echo "· mypy --strict"       && $(call quietly,$(BIN)/mypy)

bench: $(DEPS) $(JUDGE) ## measure time and memory (docs/performance.md tells how to read it)
	@$(PY) benchmarks/run.py $(ARGS)

docs: $(DEPS) ## write the generated parts of docs/ anew
	@$(PY) docs/generate.py

screenshots: $(DEPS) $(JUDGE) ## take the pictures of the weekly report that the README shows; needs Chromium
	@$(PY) docs/screenshots.py

site: $(DEPS) ## build the catalogue of every notice as a site with search: out/site/NOTICE/html/index.html
	@set -e; for pack in $(PACKS); do $(BIN)/duban rules site "$$pack" --out "out/site/$${pack##*/}"; done

# Coverage makes every test slower, and `make test` has drawn the many examples: here hypothesis draws fewer.
check: lint type $(JUDGE) ## all that must hold before a commit: lint, type, docs, cases, tests with coverage
	@echo "· docs are up to date" && $(PY) docs/generate.py --check
	@set -e; for pack in $(PACKS); do echo "· duban rules test $$pack"; $(BIN)/duban rules test "$$pack"; done
	@echo "· pytest, warnings as errors, coverage (slow ones: see make test)"
	@HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-quick} $(PY) -m pytest -q -n $(JOBS) --dist loadfile -m "not slow" --cov --cov-report=term $(ARGS)

clean: ## remove .venv and what the tools leave behind (not out/)
	@rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find benchmarks docs engine tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# Runs a command; shows what it printed only if it failed.
quietly = { out=$$($(1) 2>&1 </dev/null) || { printf '%s\n' "$$out"; exit 1; }; }

# An environment that is already there is kept: it may be the one of an editor.
$(DEPS): pyproject.toml
	@if [ ! -x $(PY) ]; then \
	  if [ -n "$(PYTHON)" ]; then \
	    python="$(PYTHON)"; \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' </dev/null || { \
	      echo "$$python: not a Python of 3.10 or newer 需要 Python 3.10 及以上版本" >&2; exit 2; }; \
	  elif [ -n "$(UV)" ]; then python=3.13; \
	  else \
	    echo "没有找到可用的 Python 3.10 及以上版本（或缺 venv、ensurepip 模块）。请安装后重试，或指定：make PYTHON=/路径/python3" >&2; \
	    echo "No usable Python 3.10 or newer found (or it lacks venv or ensurepip: on Debian, install python3-venv)." \
	         "Install one, or name one: make PYTHON=/path/to/python3" >&2; \
	    exit 2; \
	  fi; \
	  echo "· making $(VENV) with $$python"; \
	  if [ -n "$(UV)" ]; then $(call quietly,"$(UV)" venv --allow-existing --python "$$python" $(VENV)); \
	  else $(call quietly,"$$python" -m venv $(VENV)); fi; \
	fi
	@if ! $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then \
	  echo "$(VENV) holds a Python older than 3.10, or a broken one. Remove it and try again: rm -rf $(VENV)" >&2; exit 2; fi
	@if [ -n "$(UV)" ]; then \
	  echo "· installing duban and its tools (uv)"; \
	  $(call quietly,"$(UV)" pip install --python $(PY) -e '.[dev]'); \
	else \
	  echo "· installing duban and its tools (pip; the first time takes some minutes)"; \
	  $(PY) -m pip --version >/dev/null 2>&1 || $(call quietly,$(PY) -m ensurepip); \
	  $(call quietly,$(PY) -m pip install --no-input -e '.[dev]'); \
	fi
	@touch $@

# Optional: it needs a C compiler. It counts only if it imports: without the flag above it builds on 3.13 and
# does not. pip keeps what it once built, whatever the flags were, hence --no-cache-dir.
$(JUDGE): $(DEPS)
	@echo "· building $(DURABLE)"
	@log=$(VENV)/durable-rules.log; \
	if $(PY) -c 'import durable.lang' 2>/dev/null; then :; \
	elif [ -n "$(UV)" ]; then \
	  "$(UV)" pip install --python $(PY) --reinstall-package durable-rules '$(DURABLE)' >$$log 2>&1 </dev/null; \
	else \
	  CPPFLAGS="$(DURABLE_FLAGS) $$CPPFLAGS" \
	    $(PY) -m pip install --no-input --no-cache-dir --force-reinstall --no-deps '$(DURABLE)' >$$log 2>&1 </dev/null; \
	fi; \
	if $(PY) -c 'import durable.lang' 2>>$$log; then \
	  echo "durable-rules" >$@; \
	else \
	  echo "plain (durable-rules is not installed)" >$@; \
	  echo "  未能安装 durable-rules（多半是没有 C 编译器）：将使用自带的普通判定器，结论相同。详见 docs/install.md"; \
	  echo "  durable-rules could not be built (most likely no C compiler): the plain judge will be used, with the" \
	       "same conclusions. See docs/install.md; log: $$log"; \
	fi
