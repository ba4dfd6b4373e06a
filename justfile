# The same commands as the npm scripts, for those who have just (PyPI: rust-just).

orchlab := "npx --no-install orchlab"

# Show what there is
default:
    @just --list

# Quick smoke test: 10 runs, 5 tasks each, 0.1 s
[group('perf')]
perf-quick:
    {{ orchlab }} run quick

# Standard load test: 100 runs, 5 tasks each, 0.1 s
[group('perf')]
perf-standard:
    {{ orchlab }} run standard

# Heavy load test: 1000 runs, 10 tasks each, 0.05 s
[group('perf')]
perf-heavy:
    {{ orchlab }} run heavy

# Latency test: 50 runs, 5 tasks each, 0.01 s
[group('perf')]
perf-latency:
    {{ orchlab }} run latency

# Memory test: 100 runs, 20 tasks each, 2 s
[group('perf')]
perf-memory:
    {{ orchlab }} run memory

# Run every config of perf-configs/ and save the results to perf-results/
[group('perf')]
perf-all:
    {{ orchlab }} run-all

# Custom test: just perf 100 5 0.1
[group('perf')]
perf runs tasks duration:
    {{ orchlab }} run --runs {{ runs }} --tasks {{ tasks }} --duration {{ duration }}

# Trigger 100 runs of 5 tasks
[group('perf')]
test-load:
    {{ orchlab }} run --runs 100 --tasks 5 --duration 0.1

# Drop the databases that experiments kept
[group('db')]
clean-data:
    {{ orchlab }} db clean

# Start the shared Postgres
[group('db')]
db-start:
    {{ orchlab }} db start

# Make sure that it runs and has a database
[group('db')]
db-init:
    {{ orchlab }} db init
