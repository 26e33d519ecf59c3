# `make demo` and `make test` do all the set-up; the one thing to have is Rust (https://rustup.rs).
# Demo and tests share one build profile, so that nothing is compiled twice.

CARGO ?= cargo
# nextest where it is installed: it runs tests in parallel processes. Otherwise Cargo's own runner.
TEST := $(shell $(CARGO) nextest --version >/dev/null 2>&1 && echo "nextest run $(if $(CI),--profile ci)" || echo test)

.PHONY: help demo test build lint bench setup

help:
	@echo 'make demo    two throwaway databases, two agents, the whole story'
	@echo 'make test    every test, on real PostgreSQL servers'
	@echo 'make build   target/release/driftless'
	@echo 'make lint    formatting and lints, warnings as failures'
	@echo 'make bench   benchmarks; see benches/README.md'

setup:
	@.ci/setup

demo: setup
	$(CARGO) run --locked -- demo

test: setup
	$(CARGO) $(TEST) --locked

build:
	$(CARGO) build --release --locked

lint:
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings

bench: setup
	$(CARGO) bench --locked --bench driftless -- all
