# A bare machine needs Python 3.11, 3.12 or 3.13 and make; each target sets up what it uses.

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.installed

# The first interpreter of a version we support; `make PYTHON=/path/to/python3.12` overrules.
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python; do \
	if $$p -c '$(SUPPORTED)' 2>/dev/null; then echo $$p; break; fi; done)

# -qq: pip still prints errors, but no progress and no remarks about package indexes.
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help venv demo test portable bench lint docs model

help:  ## this list
	@echo "graphkit: make TARGET"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name text; do printf '  %-8s %s\n' "$$name" "$$text"; done

venv: $(STAMP)  ## set up .venv in this folder with tested versions (done by the others as needed)

demo: $(STAMP)  ## localize the three shipped lncRNAs: a table here, a report in out/demo.html
	@mkdir -p out
	@$(BIN)/graphkit localize data/mouse_lincrnas.fasta -o out/demo.tsv --report out/demo.html
	@$(BIN)/python -c 'import pandas as pd; \
		print(pd.read_csv("out/demo.tsv", sep="\t").dropna(axis=1, how="all").to_string(index=False))'
	@echo
	@echo "These three lincRNAs are mouse; the model was trained on human transcripts."
	@echo "Read the numbers as a demonstration, not as a finding."
	@echo "Table:  out/demo.tsv"
	@echo "Report: out/demo.html (one file, open it in a browser)"

# Counting lines takes half as long again as the tests do: COVERAGE=1 asks for it.
COVERAGE ?=
test: $(STAMP)  ## run the tests on two cores; COVERAGE=1 prints the coverage of graphkit/ too
	@echo "Tests, without those marked slow or gpu (pytest -m slow runs them):"
	@$(BIN)/python -m pytest -q -rfEs -n 2 --dist worksteal \
		$(if $(COVERAGE),--cov=graphkit --cov-report=term)

# The instructions that every x86-64 has, in torch, MKL, oneDNN and OpenBLAS; and two threads, which
# wait asleep: two workers share two cores.
OTHER_CPU := ATEN_CPU_CAPABILITY=default MKL_CBWR=COMPATIBLE ONEDNN_MAX_CPU_ISA=SSE41 \
	OPENBLAS_CORETYPE=Nehalem OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive
NUMERIC := tests/nn tests/losses tests/attribution tests/omics tests/test_golden.py \
	tests/tasks/localize/test_ensemble.py tests/tasks/localize/test_published.py

portable: $(STAMP)  ## run the numeric rooms again as another CPU would, with two threads
	@echo "The numeric rooms as on another CPU, with two threads:"
	@$(OTHER_CPU) $(BIN)/python -m pytest -q -rfE -n 2 --dist worksteal $(NUMERIC)

bench: $(STAMP)  ## run benchmarks/*.py, or one: make bench ONLY=reader
	@for script in $(if $(ONLY),benchmarks/$(ONLY).py,$(filter-out %/common.py %/golden.py %/lncloc_genes.py %/tissues.py %/ship_lncloc.py,$(wildcard benchmarks/*.py))); do \
		echo "== $$script (writes $${script%.py}.json)"; $(BIN)/python $$script || exit 1; done

model: $(STAMP)  ## train the lncloc that ships anew (needs the shared data: GRAPHKIT_SHARED)
	@$(BIN)/python benchmarks/ship_lncloc.py

lint: $(STAMP)  ## ruff, mypy and import-linter
	@echo "ruff check";         $(BIN)/python -m ruff check .
	@echo "ruff format";        $(BIN)/python -m ruff format --check .
	@echo "mypy";               $(BIN)/python -m mypy
	@echo "import-linter";      $(BIN)/lint-imports --no-logo

# RUN= builds without running the tutorials.
RUN ?= 1
docs: $(STAMP)  ## the site, in out/docs/: tutorials that run, how-to, benchmarks, API
	@$(PIP) -e '.[docs,test]'
	@GRAPHKIT_DOCS_RUN=$(RUN) $(BIN)/python -m sphinx -q -W --keep-going -b html docs out/docs
	@echo "The site: out/docs/index.html"

$(STAMP): pyproject.toml constraints.txt
	@if [ ! -x $(BIN)/pip ]; then \
		if [ -z "$(PYTHON)" ] || ! $(PYTHON) -c '$(SUPPORTED)' 2>/dev/null; then \
			echo "graphkit needs Python 3.11, 3.12 or 3.13 and found none$(if $(PYTHON), at $(PYTHON))."; \
			echo "Install one, or name it: make PYTHON=/path/to/python3.12"; exit 1; fi; \
		echo "Setting up $(VENV) with $(PYTHON); the first time this takes some minutes."; \
		$(PYTHON) -m venv $(VENV); fi
	@echo "Installing graphkit and the versions in constraints.txt into $(VENV)."
	@$(PIP) -e '.[test]'
	@touch $@
