# `make` alone lists the targets. Go is enough to build and test; Node.js 20 or later adds the user interface.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run build test check check-generated check-format check-go check-race check-web \
	prepare test-clients test-ui simulate soak bench mutate generate format clean

modules := . tools bench
node    := $(shell node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null && echo yes)
tool    := go tool -modfile=$(CURDIR)/tools/go.mod
testsum := go -C tools run ./testsum
ui      := internal/console/dist/index.html
modules_of_ui := web/node_modules/.package-lock.json
clients := cmd/tasklane/testdata/clients
modules_of_clients := $(clients)/node_modules/.package-lock.json

# without_node says what the lack of Node.js means, and fails where Node.js is required, as the tests do.
without_node = @echo "Node.js 20 or later is not installed: $(1)."; \
	case ",$${TASKLANE_TEST_REQUIRE:-}," in *,node,*) exit 1;; esac

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build, and run in development mode with its data in ./tasklane-data
	./tasklane dev --data ./tasklane-data

ifeq ($(node),yes)
build: $(ui) ## build ./tasklane, with the user interface when Node.js is installed
	CGO_ENABLED=0 go build -tags ui -trimpath -o tasklane ./cmd/tasklane
else
build:
	$(call without_node,building without the user interface)
	CGO_ENABLED=0 go build -trimpath -o tasklane ./cmd/tasklane
endif

$(modules_of_ui): web/package-lock.json
	cd web && npm ci --no-audit --no-fund

$(modules_of_clients): $(clients)/package-lock.json
	cd $(clients) && npm ci --no-audit --no-fund

prepare: $(modules_of_clients) $(ui) ## build and fetch all that the tests can use, so that none is skipped

$(ui): $(modules_of_ui) $(shell find web -name node_modules -prune -o -type f -print 2>/dev/null)
	cd web && npm run build

# go_test runs the tests of some modules with some flags, also of the later ones when an earlier one fails.
# The limit is for one package on a busy machine, with the race detector.
go_test = { failed=0; for module in $(1); do go -C $$module test -timeout 45m -json $(2) ./... || failed=1; done; exit $$failed; }

test: ## run the Go tests; one that needs what is not there is skipped and says so; `make prepare` gets what can be had
	@$(call go_test,. tools,) | $(testsum)

check: check-generated check-format check-go check-race check-web ## run all that a change must pass: generated code, format, lint, race tests, web

check-generated:
	@echo "Is the generated code up to date?"
	@before="$$($(hash_generated))"; go generate ./...; [ "$$before" = "$$($(hash_generated))" ] || \
		{ echo "No, but it is now: commit it."; exit 1; }
hash_generated = git ls-files -co --exclude-standard -- '*_gen*.go' | git hash-object --stdin-paths

check-format:
	@echo "Is the code formatted?"
	@unformatted="$$($(go_files) | xargs $(tool) gofumpt -l)"; [ -z "$$unformatted" ] || \
		{ echo "No, run \`make format\`:"; echo "$$unformatted"; exit 1; }
go_files = git ls-files -co --exclude-standard -- '*.go' ':!*_gen*.go'

check-go:
	@for module in $(modules); do \
		echo "Do vet and the linters like module $$module?"; \
		(cd $$module && go vet ./... && $(tool) golangci-lint run --config $(CURDIR)/.golangci.yml ./...); \
	done

check-race: # the tests of the architecture and of the SQL rules are among them
	@echo "Do the tests pass, and without data races?"
	@$(call go_test,$(modules),-race $(race_flags) -skip '^(TestClients|TestUI)$$') | $(testsum)
# SQLite, translated from C, is left out of the race detection: the tests took twice the time with it.
race_flags = -gcflags=modernc.org/sqlite/lib=-race=false

ifeq ($(node),yes)
check-web: $(modules_of_ui)
	cd web && npm run typecheck && npm test
else
check-web:
	$(call without_node,web/ is not checked)
endif

test-clients: $(modules_of_clients) ## have four AWS clients tell their story to the built program
	go test -count=1 -json -run '^TestClients$$' ./cmd/tasklane | $(testsum)

test-ui: $(ui) ## have the pages tell their story in Chromium
	go test -count=1 -json -run '^TestUI$$' ./cmd/tasklane | $(testsum)

simulate: ## simulate nodes under harm: SEEDS=10000 of them from FIRST=1, or one SEED=7 with its story; see docs/testing.md
	go test -count=1 -timeout 24h -v -run '^TestSimulate$$' ./internal/simulation $(foreach f,$(simulation),$(if $($(f)),-$(call lower,$(f))=$($(f))))
simulation = SEEDS FIRST SEED KEEP ALL
lower = $(shell tr A-Z a-z <<<"$(1)")

FOR ?= 1h
soak: ## load, agents, and servers that are killed, stopped and restarted, for FOR=1h; then an audit; needs PostgreSQL
	TASKLANE_TEST_REQUIRE=postgres TASKLANE_TEST_SOAK=$(FOR) go test -count=1 -timeout 0 -v -run '^TestSoak$$' ./internal/server

bench: ## measure, and print JSON
	go -C bench run .

PACKAGES ?= contact agent routing flow auth dispatch
mutate: ## break the code of PACKAGES in small ways, and list what no test of the package notices; takes hours
	@for package in $(PACKAGES); do \
		go run github.com/go-gremlins/gremlins/cmd/gremlins@v0.6.0 unleash ./internal/$$package \
			--timeout-coefficient 20 --output-statuses lt --threshold-efficacy 85; \
	done

generate: ## write the generated code anew
	go generate ./...

format: ## format the Go code
	$(go_files) | xargs $(tool) gofumpt -w

clean: ## remove what was built; the data stays
	rm -rf tasklane internal/console/dist web/node_modules $(clients)/node_modules
