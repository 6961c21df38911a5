# Needs Python 3.11 or 3.12, Node 20 or later, make; everything else is installed below this folder.
# All paths are relative, so the folder may stand anywhere, spaces in its path included.
# What is installed is remembered by stamp files inside the folders it went to.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# One thing after the other, but for what a recipe below puts side by side.
ifndef SIDE_BY_SIDE
.NOTPARALLEL:
endif
side_by_side = +@$(MAKE) --no-print-directory --output-sync=target SIDE_BY_SIDE=1

# Where this is set, each of the hundreds of commands that the tests start would compile the library anew.
unexport PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
PIP := $(PY) -m pip install --quiet
BROWNIE_PY := .venv-brownie/bin/python
NPM := npm install --no-progress --loglevel=error
JOBS ?= 2

PY_RUN := .venv/.installed-run
PY_DEV := .venv/.installed-dev
PY_BROWSER := .venv/.installed-browser
PY_BROWNIE := .venv-brownie/.installed
NPM_RUN := node_modules/.installed-run
NPM_DEV := node_modules/.installed-dev

# Each line of a recipe is a shell of its own; this one makes a virtual environment in $(1).
define make_venv
	@if [ ! -x $(1)/bin/pip ]; then \
	  for python in $$PYTHON python3 python3.12 python3.11; do \
	    if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null; then \
	      echo "creating $(1) with $$($$python --version)"; exec $$python -m venv $(1); \
	    fi; \
	  done; \
	  echo "Python 3.11 or 3.12 is needed: none among python3, python3.12, python3.11." >&2; \
	  echo "Install one, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi
endef

define check_node
	@command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' || { \
	  echo "Node 20 or later with npm is needed; found: $$(node --version 2>/dev/null || echo none)" >&2; exit 1; }
endef

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

# ------------------------------------------------------------------------------------- installing

.PHONY: setup setup-dev
setup: $(PY_RUN) $(NPM_RUN) ## what `prepaid` needs: Python packages, solc and OpenZeppelin
setup-dev: $(PY_DEV) $(NPM_DEV) ## and what the tests need: anvil, forge, linters

$(PY_RUN): pyproject.toml constraints/main.txt
	$(call make_venv,.venv)
	$(PIP) -c constraints/main.txt -e .
	@touch $@

$(PY_DEV): pyproject.toml constraints/main.txt
	$(call make_venv,.venv)
	$(PIP) -c constraints/main.txt -e '.[test,lint]'
	@touch $(PY_RUN) $@

$(PY_BROWSER): pyproject.toml constraints/main.txt
	$(call make_venv,.venv)
	$(PIP) -c constraints/main.txt -e '.[test,lint,browser]'
	@touch $(PY_RUN) $(PY_DEV) $@

$(PY_BROWNIE): pyproject.toml constraints/brownie.txt
	$(call make_venv,.venv-brownie)
	$(BROWNIE_PY) -m pip install --quiet -c constraints/brownie.txt -e '.[brownie,test]'
	@touch $@

# Never `npm ci`: it refuses a lock in which some platform's optional build is not to be had.
$(NPM_RUN): package.json package-lock.json .npmrc
	$(check_node)
	@if [ -e $(NPM_DEV) ]; then set -x; $(NPM); else set -x; $(NPM) --omit=optional; fi
	@touch $@

$(NPM_DEV): package.json package-lock.json .npmrc
	$(check_node)
	$(NPM)
	@touch $(NPM_RUN) $@

# ---------------------------------------------------------------------------------------- showing

.PHONY: demo
demo: setup ## the story of one card, on a chain of its own; ARGS="--step" for a speaker's pace
	@home=$$(mktemp -d) && trap 'rm -rf "$$home"' EXIT && PREPAID_HOME="$$home/.prepaid" .venv/bin/prepaid demo $(ARGS)

.PHONY: doctor
doctor: setup ## what is installed, what is missing
	@.venv/bin/prepaid doctor

# ---------------------------------------------------------------------------------------- testing

# Installers, then the longest single-handed parts, share the cores; pytest takes all of them by itself.
.PHONY: test
test: ## everything, from a fresh clone
	$(side_by_side) -j3 $(PY_BROWSER) $(NPM_DEV) $(PY_BROWNIE)
	$(side_by_side) -j3 lint browser-in-ci compiled
	@$(MAKE) --no-print-directory pytest
	$(side_by_side) -j2 JOBS=1 scenarios-in-test pytest-web3-7 brownie mutate-sample

.PHONY: lint
lint: setup-dev ## ruff, mypy, layers, solhint, forge fmt
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-logo
	node_modules/.bin/solhint -c .solhintrc.yaml --disc --noPoster --max-warnings 0 'contracts/**/*.sol'
	node_modules/.bin/forge fmt --check contracts

.PHONY: format
format: setup-dev ## rewrite Python and Solidity in the house style
	$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .
	node_modules/.bin/forge fmt contracts

# The contracts as the tests use them, in a cache: else every worker of pytest would begin by compiling them.
.PHONY: compiled
compiled: setup-dev
	@$(PY) -m tests.contracts.builds

# Reordered, xdist would keep the files with few tests, which are the longest, for the end.
.PHONY: pytest
pytest: setup-dev ## all Python tests but Brownie's; ARGS="-k name"
	$(PY) -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder $(ARGS)

.PHONY: browser browser-in-ci
browser: $(PY_BROWSER) ## look at the HTML report in Chromium, installing that where it may; pictures in build/browser
	$(PY) -m tests.browser.install
	PICTURES=1 $(PY) -m pytest tests/browser $(ARGS)

browser-in-ci:
	@$(PY) -m tests.browser.install --if-in-ci

# The same library beside the older libraries that Brownie pins: web3, eth-tester, eth-account, eth-abi, rlp. Run
# again is what asks one of them: backends, signatures, ABI, and one story with its refusals as each backend words
# them. Not what stands on our own code alone (revm, bindings, journal, policy), nor Hardhat, reached without web3,
# nor what is marked `once`: there a file or a process is tested, not a library.
WEB3_7_TESTS := $(addprefix tests/,bindings/test_abi.py chain/test_conformance.py chain/test_eth_tester.py \
	chain/test_primitives.py chain/test_rpc.py chain/test_stuck.py eip712/test_digests.py eip712/test_signature.py \
	services/test_refusals.py services/test_story.py signing/test_accounts.py signing/test_transaction.py)

.PHONY: pytest-web3-7
pytest-web3-7: setup-dev $(PY_BROWNIE) ## the chain-facing Python tests on web3 7.16
	$(BROWNIE_PY) -m pytest -n $(JOBS) --dist loadscope -m "not hardhat and not once" $(WEB3_7_TESTS)

.PHONY: brownie
brownie: $(PY_BROWNIE) $(NPM_DEV) ## compile, test, run the stories and a console session under Brownie
	$(BROWNIE_PY) scripts/brownie_run.py test

.PHONY: scenarios
scenarios: setup-dev ## the shipped scenarios on every chain, the same to the fen; ARGS="--chains revm,anvil"
	$(PY) -m scripts.scenarios_everywhere --jobs $(JOBS) $(ARGS)

# All of them where that takes seconds; on every chain a part, always the same.
.PHONY: scenarios-in-test
scenarios-in-test: setup-dev
	$(PY) -m scripts.scenarios_everywhere --jobs $(JOBS) --chains revm
	$(PY) -m scripts.scenarios_everywhere --jobs $(JOBS) scripts/scenarios/first scripts/scenarios/kinds

# ---------------------------------------------------------------------------- making and measuring

.PHONY: artefacts
artefacts: setup ## compile contracts/ into wallet/artefacts, and the bindings made from them
	$(PY) -m wallet.compiler.build
	$(PY) -m wallet.bindings.generate

.PHONY: gas
gas: setup-dev ## measure gas on anvil and write docs/gas.md and docs/gas-systems.md
	$(PY) -m tests.gas.measure --write
	$(PY) -m tests.gas.systems --write

.PHONY: programmes
programmes: setup ## write docs/programmes.md: every row of the programme table with its tests
	$(PY) -m scripts.programmes --write

.PHONY: scenario-docs
scenario-docs: setup ## write the verbs into docs/scenarios.md, and the JSON Schema of scenarios
	$(PY) -m scripts.scenario_docs --write

.PHONY: city
city: setup ## 22 districts and 3,000 merchants in this process, with books that agree; ARGS="--merchants 300"
	$(PY) -m scripts.city $(ARGS)

.PHONY: bench
bench: setup-dev ## speed and memory, as ratios from one run
	$(PY) scripts/bench.py $(ARGS)

CALLS ?= 1000000

.PHONY: fuzz
fuzz: setup-dev ## the invariant search for longer: CALLS=1000000 ARGS="--seed 7"
	$(PY) -m tests.contracts.fuzz --calls $(CALLS) --jobs $(JOBS) $(ARGS)

.PHONY: mutate mutate-sample
mutate: setup-dev ## break each line that moves or counts money, see who notices, write docs/mutation.md; ARGS="--all"
	$(PY) -m tests.mutation --write --jobs $(JOBS) $(ARGS)

mutate-sample: setup-dev ## the same for a few lines, always the same ones
	$(PY) -m tests.mutation --sample 12 $(ARGS)

.PHONY: wheel
wheel: $(PY_DEV) ## dist/*.whl
	$(PY) -m build --wheel --no-isolation --outdir dist .

.PHONY: clean distclean
clean: ## remove what builds and tests leave behind
	rm -rf build brownie-build dist out cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .brownie-home
	find wallet cli tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## and everything that was installed
	rm -rf .venv .venv-brownie node_modules
