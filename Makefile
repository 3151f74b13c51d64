# make run    the whole portal on this machine, with demo source systems (SANDBOX=0: without); Ctrl-C stops it
# make test   style, types, known vulnerabilities of the requirements, and all tests
# make bench  speed and memory of the sync, each figure beside its reference; BENCH_ROWS=100000 for a quick one
# All build .venv first, and again only when the pinned requirements change. PYTHON=… chooses the interpreter.

VENV := .venv
BIN := $(VENV)/bin
PYTHONS := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11)
CHROMIUMS := $(or $(CHROMIUM),chromium chromium-browser google-chrome-stable google-chrome)

.PHONY: run test bench venv requirements test-requirements chromium pango
.NOTPARALLEL:

run: requirements
	@exec $(BIN)/python manage.py run

# Types are checked beside the tests, which often wait.
test: test-requirements chromium pango
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(BIN)/python -m tests.dependencies
	@$(BIN)/mypy >$(VENV)/types.log 2>&1 & types=$$!; \
	$(BIN)/pytest --numprocesses=3 --dist=loadscope --no-loadscope-reorder; tests=$$?; \
	wait $$types; types=$$?; cat $(VENV)/types.log; exit $$((tests | types))

bench: requirements .venv-bench
	@BENCH_DLT=.venv-bench/bin/python $(BIN)/python -m tests.bench

# What we are measured against has an environment of its own, since its requirements are not ours.
.venv-bench: tests/bench/requirements.txt
	@echo "Installing what the figures are compared with, once."; \
	$(BIN)/python -m venv --clear $@ && $@/bin/python -m pip install -q --disable-pip-version-check -r $< && touch $@

# Compared by content, not by time: a fresh clone has new times on old files.
requirements: venv
	@cmp -s requirements.txt $(VENV)/requirements.txt || { \
		echo "Installing the requirements, once; it takes a minute or two."; \
		$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt \
		&& cp requirements.txt $(VENV)/requirements.txt; }

test-requirements: requirements
	@cmp -s tests/requirements.txt $(VENV)/test-requirements.txt || { \
		echo "Installing what the tests need, once."; \
		$(BIN)/python -m pip install --disable-pip-version-check -r tests/requirements.txt \
		&& cp tests/requirements.txt $(VENV)/test-requirements.txt; }

venv:
	@$(BIN)/python -c 'import pip' 2>/dev/null && exit; \
	for python in $(PYTHONS); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
		python=; \
	done; \
	if [ -z "$$python" ]; then \
		echo "mfgportal needs Python 3.11 or newer. Looked for: $(PYTHONS)." >&2; \
		echo "Found: $$(python3 --version 2>&1 || true)" >&2; \
		echo "Install a newer one, then: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	"$$python" -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$$python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; \
		exit 1; }; \
	echo "Making $(VENV) with $$("$$python" --version)"; \
	"$$python" -m venv --clear $(VENV)

chromium:
	@for browser in $(CHROMIUMS); do command -v "$$browser" >/dev/null && exit; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests, once."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			--no-install-recommends chromium fonts-liberation >/dev/null; \
	else \
		echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium)," >&2; \
		echo "or name one: make test CHROMIUM=/path/to/chromium" >&2; exit 1; \
	fi

# WeasyPrint loads Pango from the system. The portal does without (and says so), the tests do not.
pango: test-requirements
	@$(BIN)/python -c 'import weasyprint' >/dev/null 2>&1 && exit; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Pango for the tests of PDF, once."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			--no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 >/dev/null; \
	else \
		echo "The tests of PDF need Pango. Install it (Debian: apt-get install libpangoft2-1.0-0)." >&2; exit 1; \
	fi
