# Every target is a script or one command, so that each can be run without make too.
.DEFAULT_GOAL := help
.PHONY: help run demo test check conformance contract bench

# The demo is on SQLite, so `make run` builds the program without PostgreSQL: that takes a good part of the time less.
# Where it listens: make run LISTEN=127.0.0.1:9000
LISTEN ?=

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start the server with demonstration data
	cargo run --profile demo -p trellis --no-default-features -- serve --demo $(if $(LISTEN),--listen $(LISTEN))

demo: run ## The same as run

test: ## Run every test on both databases
	tests/tools/test

check: ## Formatting, lints, licences, documentation
	tests/tools/check

conformance: ## Judge a running server by its contract, from outside, on both databases
	tests/tools/conformance

contract: ## Write openapi/trellis.v1.json from the code
	tests/tools/contract

bench: ## Measure against the limits of this machine
	tests/bench/run
