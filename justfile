# What is done often. `.ci/run` is what has to pass.

# Everything that has to pass.
ci:
    .ci/run

# Compile, lint and test.
test:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo test --workspace

# Put everything into the one layout.
fmt:
    cargo fmt --all
    cargo run --quiet -- fmt stdlib examples tests/samples

# Check all contracts of this repository.
check:
    cargo run --quiet -- check stdlib examples tests/samples

# Write the documents anew that are made from the code.
bless:
    AGENTPASS_BLESS=1 cargo test --workspace
    INSTA_UPDATE=always cargo test --workspace

# Advisories, licences and sources of dependencies (needs cargo-deny).
deny:
    cargo deny check
