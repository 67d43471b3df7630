# The first use makes .venv; later uses are instant until pyproject.toml or constraints.txt change.
.PHONY: demo test check bench bless

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

demo: $(INSTALLED)
	$(BIN)/twin compare scenario=central_dc,regional_3dc,omnichannel,distribution_network study=demo study.name=demo

test: $(INSTALLED)
	$(BIN)/pytest

check: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.running

bless: $(INSTALLED)
	$(BIN)/pytest tests/fingerprints --bless

$(INSTALLED): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	if command -v uv >/dev/null; then uv pip install --python $(BIN)/python -c constraints.txt -e '.[test]'; \
	else $(BIN)/python -m pip install --no-compile -c constraints.txt -e '.[test]'; fi
	touch $@
