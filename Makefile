# The interpreter that .venv is made from; once made, only .venv is used.
PYTHON ?= python3
# Passed on to the program that a target runs: make demo ARGS="--outcome declined", make test ARGS="-k money".
ARGS ?=
# How much make torture does, and how it is repeated.
N ?= 600
SEED ?=
# Test files that run at one time: they wait more than they compute.
JOBS ?= 3
DEMO_OUT ?= build/demo
OUTCOMES := approved declined failed pending late-approved

export PYTHON
# What runs here must not depend on the console's locale (a bare Debian has none).
export PYTHONUTF8 := 1
# Compiled sources are kept, whatever the surroundings say: the tests start hundreds of programs, and each
# would compile the kiosk anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
# Chromium's own sandbox refuses to start as root; anyone else keeps it.
ifeq ($(shell id -u),0)
export QTWEBENGINE_DISABLE_SANDBOX := 1
endif
OFFSCREEN := QT_QPA_PLATFORM=offscreen

.DEFAULT_GOAL := help
.PHONY: help install install-dev system-libraries demo tour pictures pictures-check test lint format lock bench bench-check torture soak a11y audit frozen package clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

system-libraries:
	@installer/system-libraries.sh

install: system-libraries ## system libraries and .venv with what the kiosk needs
	@installer/environment.sh run

install-dev: ## the same and the developer's tools
	@installer/system-libraries.sh tests
	@installer/environment.sh dev

# Starting Qt is the one honest answer to "is there a screen that answers?".
demo: install ## the kiosk on its sandbox; without a screen the guided tour into build/demo
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] && [ "$$QT_QPA_PLATFORM" != offscreen ] && \
	    ( $(BIN)/python -c 'from PySide6.QtGui import QGuiApplication; QGuiApplication([])'; exit $$? ) >/dev/null 2>&1; \
	then \
	    $(BIN)/kiosk demo $(ARGS); \
	else \
	    echo "No screen answers here: making the guided tour."; \
	    $(OFFSCREEN) $(BIN)/kiosk demo --tour --out $(DEMO_OUT) $(ARGS) && \
	    echo "The pictures of every page, the receipt and report.json are in $(DEMO_OUT)/"; \
	fi

tour: install ## the guided tour in every outcome, into build/tour/<outcome>
	@set -e; for outcome in $(OUTCOMES); do \
	    echo "Tour: $$outcome"; \
	    $(OFFSCREEN) $(BIN)/kiosk demo --tour --out build/tour/$$outcome --outcome $$outcome $(ARGS); \
	done

pictures: install ## docs/pictures anew from the guided tour: look at them before you commit them
	@$(OFFSCREEN) $(BIN)/kiosk demo --tour --out build/tour/approved
	@$(BIN)/python -m instruments.pictures keep build/tour/approved

pictures-check: install ## whether docs/pictures still look like the tour that was made last
	@$(BIN)/python -m instruments.pictures check build/tour/approved

test: install-dev ## the tests, without a screen; JOBS=files at one time, 0: one after the other
	@$(OFFSCREEN) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

lint: install-dev ## style, formatting, types below the Qt floors, import floors
	$(BIN)/ruff check --output-format concise .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: install-dev ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# setuptools is named so that the project itself can be installed without fetching a builder unhashed.
UV_COMPILE := $(BIN)/uv --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--extra sandbox --no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml -
lock: system-libraries ## requirements.lock and requirements-dev.lock anew; ARGS=--upgrade for newer versions
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet 'uv>=0.9,<1'
	echo 'setuptools>=77' | $(UV_COMPILE) $(ARGS) -o requirements.lock
	echo 'setuptools>=77' | $(UV_COMPILE) $(ARGS) --group dev -c requirements.lock -o requirements-dev.lock
	@! grep -nE '://|file:|(^|[[:space:]])/' requirements.lock requirements-dev.lock

bench-check: install-dev ## the least of every measurement: that it runs, not how fast
	$(OFFSCREEN) $(BIN)/python -m instruments.benchmarks --short

bench: install-dev ## how long things take, as ratios
	$(OFFSCREEN) $(BIN)/python -m instruments.benchmarks $(ARGS)

torture: install-dev ## power cuts and lost answers, then an audit of three books; N=payments SEED=number
	@$(OFFSCREEN) $(BIN)/python -m instruments.torture --payments $(N) $(if $(SEED),--seed $(SEED)) $(ARGS)

soak: install-dev ## tests that repeat for long, then a long queue at one terminal: whether every payment was posted once and left its receipt; N=payments
	@KIOSK_TESTS=soak $(OFFSCREEN) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m 'soak or longer'
	@$(OFFSCREEN) $(BIN)/python -m instruments.soak --payments $(N) $(if $(SEED),--seed $(SEED)) $(ARGS)

a11y: install-dev ## letters, targets, contrast, names and keys of every page, into build/accessibility
	@$(OFFSCREEN) $(BIN)/python -m instruments.accessibility $(ARGS)

audit: install-dev ## the locked versions against published faults, where a database of them answers
	@installer/audit.sh $(ARGS)

frozen: install-dev ## the program as packages hold it, tried out: version, contents, doctor, a tour
	@installer/try-frozen.sh

package: install-dev ## dist/: kiosk_VERSION_amd64.deb, bill of materials, SHA256SUMS; installer/test-package.sh tries it out
	@installer/build-deb.sh

clean: ## what was built, not .venv
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
