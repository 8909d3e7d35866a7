# Renkei's commands for people; each prepares .venv first (.ci/venv, quick when nothing changed).

.DEFAULT_GOAL := help
.PHONY: help demo test check bench soak lock venv
BIN := .venv/bin
AT_ONCE := --numprocesses 2 --dist loadfile
COMPILE := .run/uv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --quiet

help: ## show this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name words; do \
		printf '  make %-7s %s\n' "$$name" "$$words"; done

demo: venv ## a whole city on this machine until Ctrl-C (ONCE=1: once through, then stop)
	@$(BIN)/python -m apps.demo

test: venv ## every test, with servers of its own
	@$(BIN)/python -m pytest tests $(AT_ONCE)

check: venv ## format, lint, types, layers, unit and contract tests: under 30 s, no servers
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/unit tests/contract -q $(AT_ONCE)

bench: venv ## what Renkei reaches, measured against others
	@$(BIN)/python -m benchmarks

soak: venv ## the long runs, of which "make test" takes a tenth
	@RENKEI_SOAK=1 $(BIN)/python -m pytest tests -m soak

lock: venv ## make both lock files anew from pyproject.toml (UPGRADE=1: newest versions)
	@$(BIN)/python -m pip install --quiet --upgrade --target .run/uv uv
	@$(COMPILE) $(if $(UPGRADE),--upgrade) --extra dev --output-file requirements.lock
	@$(COMPILE) --upgrade --constraint requirements.lock --no-annotate --output-file requirements-run.lock
	@! grep -nE '://|file:|^ *(-i|--)(index|extra|find)' requirements.lock requirements-run.lock

venv:
	@.ci/venv
