# The ways into Doorbuster. `make help` lists them.

# Every build is of the whole workspace: one package alone would be built with other features, from the start.
CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
RELEASE := $(CARGO) build --workspace --release --bins
# But for search-bench: what it measures, search-index and Tantivy, has no features that another crate would turn on, so it is
# the server's code either way, and nobody who tunes the search waits for a web server. The two builds lie beside each other.
SEARCH_BENCH := $(CARGO) build --release -p search-bench
ifdef PORT
export DOORBUSTER__SERVER__PORT := $(PORT)
endif
SHOP := http://127.0.0.1:$(or $(PORT),$(DOORBUSTER__SERVER__PORT),8080)

.PHONY: help run test test-contract simulate loadtest bench relevance bench-search search-growth search-peers overload logins search-sale crash torture history coverage reset install-postgres install-peers cargo
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  PORT=9000          another port, for run and loadtest'
	@echo '  ARGS="..."         for loadtest, bench, relevance, the benchmarks of search, crash, torture, history and coverage: arguments, for example ARGS="browse --help"'

run: cargo ## install what is missing, build, start PostgreSQL and the demo shop
	@test -n "$$DOORBUSTER__DATABASE__URL" || sh scripts/install-postgres.sh
	$(RELEASE)
	@exec $(TARGET)/release/doorbuster serve

test: cargo install-postgres install-peers ## format, lints, documentation and every test, against a real PostgreSQL
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --workspace --no-deps --document-private-items
	$(CARGO) test --workspace
	@SHOP_PROFILE=debug sh scripts/contract.sh $(abspath $(TARGET)) lint

test-contract: cargo install-postgres install-peers ## the API against its description: a linter, a client, an attacker, the guides
	$(CARGO) build --workspace --bins
	@SHOP_PROFILE=debug sh scripts/contract.sh $(abspath $(TARGET)) $(ARGS)

simulate: cargo ## the shop in a simulated world: SEEDS= and EVENTS= say for how long, SEED= tells the story of one
	$(CARGO) test --workspace --release --test simulation -- --nocapture every_promise_is_kept

loadtest: cargo ## a flash sale against the running shop, with a verdict at the end
	$(RELEASE)
	@LOADTEST_URL=$${LOADTEST_URL:-$(SHOP)} $(TARGET)/release/loadtest $(or $(ARGS),flash-sale)

bench: cargo install-postgres ## micro-benchmarks; then a shop of its own beside plain SQL, and every figure against its aim
	$(RELEASE)
	ROWS=$(abspath $(TARGET))/group-commit.json $(CARGO) bench --workspace
	@sh scripts/bench.sh $(TARGET) bench --beside $(TARGET)/group-commit.json $(ARGS)

relevance: cargo ## how good the search is, as people judged it: DATA= is a folder with products, queries and judgments
	@test -n "$(DATA)" || { echo 'Say where the judged queries are: make relevance DATA=/folder'; exit 1; }
	$(SEARCH_BENCH)
	@$(TARGET)/release/search-bench relevance --data "$(DATA)" $(ARGS)

bench-search: cargo ## a million generated products: how fast they are indexed and searched, cold and warm, and what it takes
	$(SEARCH_BENCH)
	@$(TARGET)/release/search-bench speed $(ARGS)

search-growth: cargo ## the same from ten thousand to a million products, drawn as curves in search-growth.svg
	$(SEARCH_BENCH)
	@$(TARGET)/release/search-bench growth --json $(TARGET)/search-growth.json $(ARGS)

search-peers: cargo install-postgres ## ours beside the full-text search of PostgreSQL and SQLite: DATA= is a folder with judged queries
	$(SEARCH_BENCH) --features peers
	@sh scripts/search-peers.sh $(TARGET)/release/search-bench $(if $(DATA),--data "$(DATA)") $(ARGS)

# Ten times what two cores can serve is more than they can send as well. So also with a shop whose disk is the bottleneck:
# its commits are small and take long, and ten times as many buyers as it can serve can really be sent.
SLOW_DISK := DOORBUSTER__DATABASE__COMMIT_DELAY_US=10000 DOORBUSTER__ENGINE__BATCH_BUNDLES_MAX=32
overload: cargo install-postgres ## a shop of its own beset by ten times the buyers it can serve, then by those who mean harm
	$(RELEASE)
	@sh scripts/bench.sh $(TARGET) overload $(ARGS)
	@$(SLOW_DISK) sh scripts/bench.sh $(TARGET) overload --name overload-slow-disk $(ARGS)
	@sh scripts/bench.sh $(TARGET) hostile

logins: cargo install-postgres ## a shop of its own: what knowing who buys costs, and what a thousand logins a second do to those who buy
	$(RELEASE)
	@sh scripts/bench.sh $(TARGET) auth
	@sh scripts/bench.sh $(TARGET) logins $(ARGS)

search-sale: cargo install-postgres ## a shop of its own: what making the search index anew costs those who buy, and how soon it knows of changes
	$(RELEASE)
	@sh scripts/bench.sh $(TARGET) search $(ARGS)

crash: cargo install-postgres ## a sale on a shop of its own, kill -9 in the middle, and whether the promise was kept
	$(RELEASE)
	@sh scripts/crash.sh $(TARGET) $(ARGS)

history: cargo ## histories of ten million calls, made and checked: how long it takes
	$(RELEASE)
	@sh scripts/history.sh $(TARGET) $(ARGS)

coverage: cargo install-postgres ## the engine's lines its tests run through, folder by folder; under 85 % is an error
	@sh scripts/coverage.sh $(abspath $(TARGET)) $(ARGS)

# Fail points are in this build of the server alone: `run` builds it again without them.
torture: cargo install-postgres ## kill server and PostgreSQL again and again under load, and prove that no promise was broken
	$(RELEASE) --features web/fail-points
	@$(TARGET)/release/torture --out $(TARGET)/torture $(ARGS)

reset: ## forget everything: the embedded database, the search index, the generated keys
	@sh scripts/reset.sh

install-postgres: ## the PostgreSQL server programs, if they are missing
	@sh scripts/install-postgres.sh

install-peers: ## servers and tools that the tests talk to, if they are missing
	@sh scripts/install-peers.sh $(abspath $(TARGET))/peers

cargo:
	@command -v $(CARGO) >/dev/null || { echo 'Rust is missing: see https://rustup.rs'; exit 1; }
