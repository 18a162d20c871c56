# One command each: `make demo` shows 闻声 at work, `make test` tests it, `make check` does all that CI does.
PYTHON := .venv/bin/python
ARGS ?=

.PHONY: demo test check bench lock pictures clean

demo: .venv/.ready-base
	$(PYTHON) -m bot demo $(ARGS)

test: .venv/.ready-dev
	.venv/bin/lint-imports
	$(PYTHON) -m pytest -n 2 --dist worksteal $(ARGS)

check: .venv/.ready-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.ci/hygiene

bench: .venv/.ready-dev
	for file in benchmarks/*.py; do $(PYTHON) -P $$file || exit 1; done

# Writes the hashed locks anew from pyproject.toml; needs uv.
lock:
	.ci/lock

# Takes the pictures of the README from a running demonstration.
pictures: .venv/.ready-dev
	$(PYTHON) -m bot demo --no-browser --port 8790 & demo=$$!; trap "kill $$demo" EXIT; \
	until $(PYTHON) -c "import socket; socket.create_connection(('127.0.0.1', 8790))" 2>/dev/null; do sleep 1; done; sleep 40; \
	$(PYTHON) docs/pictures/take.py http://127.0.0.1:8790 docs/pictures

.venv/.ready-base: requirements/base.txt pyproject.toml .ci/prepare
	.ci/prepare base

.venv/.ready-dev: requirements/dev.txt pyproject.toml .ci/prepare
	.ci/prepare dev

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
