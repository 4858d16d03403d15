# Everything happens in .venv, which is made on first use; pip is enough, uv is used where it is on PATH.
# `make audit` and `make test` need nothing but a Python of 3.10 or newer.

# The arguments of `make audit`.
SAMPLE ?= data/samples/submissions --as-of 2024-01-07 --bureau data/bureau.yaml --out out/sample

VENV := .venv
BIN  := $(VENV)/bin
PY   := $(BIN)/python
DEPS := $(VENV)/.deps
JUDGE := $(VENV)/.judge
BENCH := $(VENV)/.bench
COMMA := ,

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

# `make test COVERAGE=1` measures coverage, too; `make check` asks for that.
COVERAGE ?=

# The list of files when tests last passed with coverage, written when they began; and what it lists.
TESTED  := $(VENV)/.tested
SOURCES := find .ci .pre-commit* ci *.yml *.md Makefile pyproject.toml benchmarks data docs engine rules tests \
	-type f ! -path '*/__pycache__/*'
# What `make wheelhouse` gathers for.
PLATFORM ?= windows-x86_64

# Further arguments for pytest and the benchmarks: `make test ARGS="-k calendar -x"`.
ARGS ?=

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help install audit test fuzz lint type bench docs screenshots wheelhouse site check clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(DEPS) ## make .venv and install duban in it; tries durable-rules again where it was missing
	@if grep -qs '^plain' $(JUDGE); then rm -f $(JUDGE); fi
	@$(MAKE) -s $(JUDGE)
	@echo "· ready: $$($(PY) -c 'import platform; print("Python", platform.python_version())'), judge:" \
	      "$$(cat $(JUDGE)). Try: make audit, or $(BIN)/duban --help"

audit: $(DEPS) $(JUDGE) ## judge the sample county as it was handed in; results go to out/sample
	@$(BIN)/duban audit $(SAMPLE)

# conftest.py puts the files that take longest first: hence no order of xdist's own.
test: $(DEPS) $(JUDGE) ## run the test suite (ARGS="-k name -x" goes to pytest; COVERAGE=1 measures what it reaches)
	@$(if $(COVERAGE),rm -f $(TESTED))
	@$(if $(ARGS),,$(SOURCES) | sort >$(TESTED).begun)
	@$(PY) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(if $(COVERAGE),--cov --cov-report=) $(ARGS)
	@$(if $(COVERAGE),$(if $(ARGS),,mv $(TESTED).begun $(TESTED)))

# Seconds for each kind of file; what is found lies in out/fuzz, and belongs into the corpus once it is mended.
FUZZ ?= 300
fuzz: $(DEPS) ## fuzz the readers by coverage: FUZZ seconds for each kind of file
	@$(PY) -c 'import atheris' 2>/dev/null || $(PY) -m pip install --quiet --only-binary=:all: 'atheris>=2.3'
	@set -e; for kind in csv xlsx ods xls zip parquet; do mkdir -p "out/fuzz/$$kind"; \
	  TMPDIR="$(CURDIR)/out/fuzz" $(PY) tests/records/fuzzing/fuzz_readers.py $$kind "out/fuzz/$$kind" "tests/records/fuzzing/corpus/$$kind" \
	    -max_total_time=$(FUZZ) "-artifact_prefix=out/fuzz/$$kind-"; done

lint: $(DEPS) ## code style, layers, and every notice under rules/
	@echo "· ruff check"         && $(BIN)/ruff check --quiet .
	@echo "· ruff format --check" && $(BIN)/ruff format --quiet --check .
	@echo "· lint-imports"       && $(call quietly,$(BIN)/lint-imports)
	@set -e; for pack in $(PACKS); do echo "· duban rules lint $$pack"; $(BIN)/duban rules lint "$$pack"; done

type: $(DEPS) ## check types (mypy --strict)
	@echo "· mypy --strict"       && $(call quietly,$(BIN)/mypy)

bench: $(BENCH) $(JUDGE) ## measure duban beside what else people would use: docs/performance.md (ARGS="--sizes 46,1000 --help")
	@$(PY) benchmarks/run.py $(ARGS)

docs: $(DEPS) ## write the generated parts of docs/ anew
	@$(PY) docs/generate.py

wheelhouse: $(DEPS) ## gather wheels for PCs without a network (PLATFORM=windows-x86_64|linux-x86_64|linux-aarch64)
	@$(PY) offline/wheelhouse.py $(PLATFORM) $(ARGS)

screenshots: $(DEPS) $(JUDGE) ## take the pictures of the weekly report that the README shows; needs Chromium
	@$(PY) docs/screenshots.py

site: $(DEPS) ## build the catalogue of every notice as a site with search: out/site/NOTICE/html/index.html
	@set -e; for pack in $(PACKS); do $(BIN)/duban rules site "$$pack" --out "out/site/$${pack##*/}"; done

# Of the tests, the cases of every notice are a part (tests/test_packs.py). They run once: if they have passed with
# COVERAGE=1 and no file has come, gone or changed since they began, what they reached is only reported.
check: lint type $(JUDGE) ## all that must hold before a commit: lint, type, docs, tests and cases, coverage
	@echo "· docs are up to date" && $(PY) docs/generate.py --check
	@if [ -f .coverage ] && $(SOURCES) | sort | cmp -s - $(TESTED) && [ -z "$$($(SOURCES) -newer $(TESTED))" ]; then \
	  echo "· tests: passed, and nothing has changed since"; \
	else \
	  echo "· tests and cases, warnings as errors, with coverage" && $(MAKE) test COVERAGE=1 ARGS=; \
	fi
	@echo "· coverage" && $(BIN)/coverage report

clean: ## remove .venv and what the tools leave behind (not out/)
	@rm -rf $(VENV) .venv-bench build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
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

# What duban is measured beside: only `make bench` wants it.
$(BENCH): $(DEPS)
	@echo "· installing what duban is measured beside"
	@if [ -n "$(UV)" ]; then $(call quietly,"$(UV)" pip install --python $(PY) -e '.[dev$(COMMA)bench]'); \
	else $(call quietly,$(PY) -m pip install --no-input -e '.[dev$(COMMA)bench]'); fi
	@$(PY) benchmarks/own_venvs.py
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
