# What one does with this project. Each target works on a fresh checkout: it makes its virtual environment first.
#
#     make test PYTHON=python3.13 VENV=.venv-3.13      # with another Python, beside the first
#     make test CLOCK='+400 days'                      # on another day, in another zone, where nothing speaks UTF-8
#
# Versions are those of the lock files, checked by hash. requirements.lock is the program with everything that it can
# use, and what builds it; requirements-test.lock adds what tests, lints and measures it; requirements-docs.lock is what
# makes pages of docs/, and requirements-peers….lock are what is measured beside it, each in an environment of its own.

PYTHON ?= python3
VENV := .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip -qq --disable-pip-version-check
UV := .venv-uv/bin/uv
AT = $(if $(CLOCK),.ci/at '$(CLOCK)')
SHELL := /bin/bash

# Bytecode is kept, or every process of a test compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE

# The tests of everything that needs no database, network or process of its own, but for those that draw by chance.
QUICK := tests/changes tests/render tests/channels/email/test_mail.py tests/channels/chat/test_chat_text.py \
	tests/channels/webhook/test_webhook_payload.py tests/registries/clinicaltrials_gov/test_record.py \
	tests/registries/test_golden.py tests/registries/clinicaltrials_gov/test_ids.py \
	tests/registries/clinicaltrials_gov/test_essie.py tests/registries/clinicaltrials_gov/test_documents.py \
	tests/cli/test_render.py tests/watching/test_schedule.py tests/alerts/test_matching.py \
	tests/config/test_config.py tests/test_architecture.py

.PHONY: demo quick test test-slow test-lowest test-newest year kills fuzz fuzz-api lint bench bench-peers simulate-scale insight catalogue docs screenshots lock containerfile clean

demo: $(VENV)/ready        ## find and explain a real change, offline, in a few seconds
	@$(BIN)/monitor demo

quick: $(VENV)/tested      ## the pure tests, in seconds
	$(BIN)/pytest -n 2 --ignore tests/changes/diff/test_what_must_hold.py $(QUICK)

test: $(VENV)/tested       ## every test but the slow ones, on SQLite and on PostgreSQL
	$(AT) $(BIN)/pytest

test-slow: $(VENV)/tested  ## kills at all kinds of step, disks full anywhere, four weeks of service, hundreds of draws by chance
	$(BIN)/pytest -m 'slow or hypothesis' --hypothesis-profile thorough --durations 10

year: $(VENV)/tested       ## a year of the service with all its troubles, in some minutes; `test-slow` has four weeks
	SIMULATED_DAYS=365 $(BIN)/pytest -n 0 -m slow --timeout 1800 --durations 1 tests/service/test_year.py

kills: $(VENV)/tested      ## two hundred kills of three workers over ten thousand deliveries; `test-slow` has twelve
	KILLS=200 $(BIN)/pytest -n 0 -m slow --timeout 3000 tests/worker/test_dying.py -k kills

fuzz: $(VENV)/tested       ## ten thousand damaged documents of each registry, in some minutes; `test-slow` has three hundred
	FUZZED=10000 $(BIN)/pytest -m slow --timeout 1800 tests/registries -k "fuzzed or damaged or mangled or mutated or whatever_comes"

fuzz-api: $(VENV)/tested   ## ten minutes of requests that Schemathesis makes up; `test-slow` has ten seconds of them
	FUZZED_SECONDS=600 $(BIN)/pytest -n 0 -m slow --timeout 1800 tests/web/api/test_fuzzed.py

lint: $(VENV)/tested       ## format, rules and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/ruff check --preview --select PLW1514 .   # text is UTF-8, whatever the machine's encoding is
	$(BIN)/mypy

bench: $(VENV)/tested      ## measure what docs/performance.md promises; BENCH='checks --runs 3' for a part, fewer rounds
	$(BIN)/python -m bench $(BENCH)

bench-peers: $(VENV)/tested .venv-peers/ready .venv-peers-changedetection/ready  ## measure other programs in turn with ours, into docs/benchmarks.md
	$(BIN)/python -m bench.peers $(BENCH)

simulate-scale: $(VENV)/tested  ## what more machines would do, by what these do, into docs/scale.md; SIMULATE=--kept measures nothing
	$(BIN)/python -m bench.simulated $(SIMULATE)

test-lowest: RESOLUTION := --resolution lowest-direct
test-lowest test-newest: $(UV)  ## as `test`, with the lowest or the newest versions that pyproject.toml allows
	rm -rf .venv-$@
	$(PYTHON) -m venv --without-pip .venv-$@
	$(UV) pip install --quiet --python .venv-$@/bin/python $(RESOLUTION) --editable '.[postgres,mcp,test,bench]'
	$(AT) .venv-$@/bin/pytest $(TOLERATED)

# That other people's next release has announced an end to something is no failure before the lock takes it up.
test-newest: TOLERATED := -W default::DeprecationWarning -W default::PendingDeprecationWarning

INSIGHT := ../shared/data/insight
insight: $(VENV)/tested     ## how good the verdicts of monitor/insight are; the weights that read reasons are made again
	$(BIN)/python -m bench.insight.stops $(INSIGHT)/why_stopped --write

catalogue: $(VENV)/ready    ## collect what subscribers read into monitor/language/locales, for who translates it
	$(BIN)/python -m docs._catalogue

docs: .venv-docs/ready $(VENV)/ready  ## make pages of docs/ in build/docs; a dead link is a failure
	$(BIN)/python -m docs._generate
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict --quiet

screenshots: $(VENV)/tested  ## take the pictures of docs/ anew, with Chromium
	$(BIN)/python -m tests.web.browser.pictures docs/pictures

# The second file is made within the first, so that both name the same versions.
LOCK = $(UV) pip compile --quiet --no-config --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate pyproject.toml --group pyproject.toml:build --extra postgres --extra mcp

lock: $(UV)                ## take up the newest versions that pyproject.toml allows, for every platform and Python
	$(LOCK) --extra test --extra bench --output-file requirements-test.lock
	$(LOCK) --constraint requirements-test.lock --output-file requirements.lock
	for group in docs peers peers-changedetection; do \
		$(UV) pip compile --quiet --no-config --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
			--no-annotate --group pyproject.toml:$$group --output-file requirements-$$group.lock || exit; \
	done

containerfile:              ## run every step of deploy/Containerfile in a root of its own, and what the image runs; as root
	$(PYTHON) .ci/containerfile

clean:
	rm -rf .venv .venv-* build

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@echo "Installing into $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --no-compile --require-hashes --no-deps --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(PIP) check
	@touch $@

$(VENV)/tested: $(VENV)/ready requirements-test.lock
	@echo "Installing what the tests need into $(VENV) …"
	@$(PIP) install --no-compile --require-hashes --no-deps --requirement requirements-test.lock
	@$(PIP) check
	@touch $@

.venv-docs/ready: requirements-docs.lock
	@echo "Installing what makes the documentation into .venv-docs …"
	@$(PYTHON) -m venv .venv-docs
	@.venv-docs/bin/python -m pip -qq --disable-pip-version-check install --require-hashes --no-deps --requirement requirements-docs.lock
	@touch $@

.venv-peers/ready .venv-peers-changedetection/ready: .venv-%/ready: requirements-%.lock
	@echo "Installing programs to be measured beside into $(@D) …"
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip -qq --disable-pip-version-check install --require-hashes --no-deps --requirement $<
	@touch $@

$(UV):
	@$(PYTHON) -m venv .venv-uv
	@.venv-uv/bin/pip install --quiet --disable-pip-version-check uv
