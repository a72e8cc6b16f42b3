# Everything runs in virtual environments of this folder; only git, make and Python 3.11 or newer have to be there.
#   make demo    converts a sample and shows where the result is
#   make test    installs what the tests need and runs them on the built wheel
#   make check   the same with coverage, on the source tree
#   make bench   measures the speed again and prints the table of docs/performance.md
#   make scoreboard  counts what is right of 62 frequent commands, beside another converter

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
WHEEL_VENV := build/wheel-venv
COLLECTIONS := $(VENV)/collections
# The last release whose collections run on ansible-core for Python 3.11.
ANSIBLE := 12.3.0
# Command lines as others read them, from npm; the tests hold the rules against them.
FIG := 2.692.3
COMPOSERIZE := 1.7.6
# Runs the generated pipeline; later ones ask for more than node 20.
GITLAB_CI_LOCAL := 4.65.0
# Schemas of what agents in a cluster read, made from their published definitions; later ones ask for more than node 20.
SCHEMAS := @kubernetes-models/argo-cd@2.7.2 @kubernetes-models/flux-cd@2.3.4 @kubernetes-models/external-secrets@2.0.0
NODE_STAMP := build/node/$(FIG)-$(COMPOSERIZE)-$(GITLAB_CI_LOCAL)-schemas-1
# What a host that pulls installs: Ansible at the version of the generated repositories, for the Python of Debian's hosts.
CORE := $(shell sed -n 's/.*"ansible-core==\([0-9.]*\)".*/\1/p' converter/repo/tooling.py)
WHEELS := build/wheels/$(CORE)
SANDBOX := build/sandbox-tools
CHROMIUM := build/chromium
# Judges the manifests of clusters; it brings more packages than everything else, so it has an environment of its own.
CHECKOV := build/checkov-venv/3.3.30
APT := $(if $(filter 0,$(shell id -u)),,sudo -n) apt-get
PIP := -m pip install --quiet --disable-pip-version-check
SOURCES := $(shell find converter rules -type f -not -name '*.pyc' 2>/dev/null)

export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(COLLECTIONS)
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: demo test check lint bench scoreboard golden clean
.DEFAULT_GOAL := test

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "gitopsify needs Python 3.11 or newer; say where: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python has no venv; installing it"; \
	  $(APT) update -qq && $(APT) install -y -qq python3-venv && $(PYTHON) -m venv $(VENV); }

$(VENV)/installed: pyproject.toml | $(BIN)/python
	@echo "Installing gitopsify into $(VENV)"
	@$(BIN)/python $(PIP) --editable .
	@touch $@

$(VENV)/tools: pyproject.toml | $(BIN)/python
	@echo "Installing what the tests need into $(VENV)"
	@$(BIN)/python $(PIP) --editable '.[dev,verify]'
	@touch $@ $(VENV)/installed

# The galaxy server is not asked: the collections that our playbooks use come out of Ansible's wheel.
$(COLLECTIONS)/$(ANSIBLE): tests/collections_of_wheel.py | $(BIN)/python
	@echo "Fetching the Ansible collections that the generated playbooks use"
	@rm -rf build/ansible $(COLLECTIONS) && mkdir -p build/ansible $(COLLECTIONS)
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --dest build/ansible ansible==$(ANSIBLE)
	@$(BIN)/python tests/collections_of_wheel.py build/ansible/ansible-$(ANSIBLE)-*.whl $(COLLECTIONS)
	@rm -rf build/ansible && touch $@

# Where there is no node and no way to it, the tests that need it are skipped, and say so.
$(NODE_STAMP):
	@echo "Installing the npm packages that the tests need into build/node"
	@rm -rf build/node && mkdir -p build/node
	@command -v npm >/dev/null || { echo "There is no npm; installing it"; $(APT) update -qq && $(APT) install -y -qq nodejs npm; } || true
	@npm install --prefix build/node --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error \
	  @withfig/autocomplete@$(FIG) composerize@$(COMPOSERIZE) gitlab-ci-local@$(GITLAB_CI_LOCAL) \
	  $(SCHEMAS) && touch $@ || echo "npm can't install them; their tests are skipped" >&2

$(WHEELS): | $(BIN)/python
	@rm -rf build/wheels && mkdir -p build/wheels
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --python-version 3.11 --only-binary :all: \
	  --dest build/wheels ansible-core==$(CORE) && touch $@ || echo "Its wheels can't be had; tests of hosts that pull are skipped" >&2

# What the sandboxes of `gitopsify verify` are built with, podman, and the terminal of the tests. Where it can't be had, their tests are skipped, and say so.
$(SANDBOX):
	@mkdir -p $(@D)
	@command -v tmux >/dev/null || { $(APT) update -qq && $(APT) install -y -qq tmux; } || echo "There is no tmux; its tests are skipped" >&2
	@command -v mmdebstrap newuidmap openssl >/dev/null || { echo "There is no mmdebstrap; installing it"; \
	  $(APT) update -qq && $(APT) install -y -qq mmdebstrap uidmap openssl; } || echo "gitopsify doctor says what is missing" >&2
	@command -v podman >/dev/null || { echo "There is no podman; installing it"; \
	  $(APT) update -qq && $(APT) install -y -qq --no-install-recommends podman crun; } || echo "There is no podman; its tests are skipped" >&2
	@touch $@

$(CHECKOV): | $(BIN)/python
	@echo "Installing checkov into build/checkov-venv"
	@rm -rf build/checkov-venv && $(PYTHON) -m venv build/checkov-venv
	@build/checkov-venv/bin/python $(PIP) checkov==$(@F) && touch $@ || echo "checkov can't be installed; its test is skipped" >&2

# What looks at the page of a migration. Where it can't be had, its tests are skipped, and say so.
$(CHROMIUM):
	@mkdir -p $(@D)
	@command -v chromium >/dev/null || { echo "There is no chromium; installing it"; \
	  $(APT) update -qq && $(APT) install -y -qq chromium; } || echo "chromium can't be installed; its tests are skipped" >&2
	@touch $@

$(WHEEL_VENV)/installed: $(SOURCES) pyproject.toml README.md | $(VENV)/tools
	@echo "Building the wheel and installing it into $(WHEEL_VENV)"
	@rm -rf build/wheel $(WHEEL_VENV)
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/wheel .
	@$(BIN)/python -m venv $(WHEEL_VENV)
	@$(WHEEL_VENV)/bin/python $(PIP) build/wheel/*.whl
	@touch $@

demo: $(VENV)/installed
	@rm -rf demo && mkdir demo
	@cp -r fixtures/readme-sample/input demo/shop
	@echo '$$ gitopsify convert demo/shop/deploy.sh -o demo/shop-gitops'
	@$(BIN)/gitopsify convert demo/shop/deploy.sh -o demo/shop-gitops --yes || [ $$? = 1 ]

# Most of the time hosts are waited for, so that more tests run at once than there are cores.
test: $(VENV)/tools $(COLLECTIONS)/$(ANSIBLE) $(NODE_STAMP) $(WHEELS) $(SANDBOX) $(CHROMIUM) $(CHECKOV) $(WHEEL_VENV)/installed
	@GITOPSIFY_BIN=$(CURDIR)/$(WHEEL_VENV)/bin/gitopsify $(BIN)/python -m pytest -n 4 --dist worksteal -q

check: $(VENV)/tools $(COLLECTIONS)/$(ANSIBLE) $(NODE_STAMP) $(WHEELS) $(SANDBOX) $(CHROMIUM) $(CHECKOV)
	@$(BIN)/python -m pytest -n 4 --dist worksteal -q --cov --cov-report=term

lint: $(VENV)/tools
	@$(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: $(VENV)/tools $(WHEEL_VENV)/installed $(COLLECTIONS)/$(ANSIBLE) $(SANDBOX)
	@$(BIN)/python benchmarks/speed.py $(WHEEL_VENV)/bin --write
	@$(BIN)/python benchmarks/matching.py --write
	@$(BIN)/python benchmarks/verify.py $(WHEEL_VENV)/bin --write

scoreboard: $(VENV)/tools
	@test -x build/rival-venv/bin/python || { $(PYTHON) -m venv build/rival-venv && build/rival-venv/bin/python $(PIP) mcp-souschef pyyaml; }
	@$(BIN)/python benchmarks/dozer.py --rival build/rival-venv/bin/python

golden: $(VENV)/tools
	@$(BIN)/python -m pytest -q tests/test_fixtures.py tests/starter/test_command.py tests/review/test_pictures.py --update; git --no-pager diff --stat -- fixtures tests/review/screens

clean:
	@rm -rf build demo .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
