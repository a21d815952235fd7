# The commands of the README. Each installs what is missing first, and keeps quiet about what goes well;
# the full output of a build or a test run is in .build-logs/.

SCRATCH_TEST = .build-test
# The command is linked with Swift's standard library inside: it starts faster and runs where Swift isn't installed.
# Tests can't be linked so, and switching the flag compiles everything again; so they build in a folder of their own.
STATIC = $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib)
QUIETLY = Scripts/quietly

.DEFAULT_GOAL = build
.PHONY: setup build radon test docs bench format clean

setup:                    ## Check Swift, and install OpenBLAS if it is missing
	@Scripts/setup

build: setup              ## Build the command: .build/release/strata
	@$(QUIETLY) "Building strata" swift build -c release $(STATIC) --product strata

radon: build              ## Fit the radon example
	@.build/release/strata fit Examples/radon.strata --data Examples/radon.csv

test: setup               ## Run all tests
	@$(QUIETLY) "Building the tests" swift build -c release --build-tests --scratch-path $(SCRATCH_TEST)
	@Scripts/test -c release --scratch-path $(SCRATCH_TEST)

docs: build               ## Make the documentation with DocC: .build-docs/Strata
	@$(QUIETLY) "Making the documentation" Scripts/docs
	@Scripts/docs --where

bench: setup              ## Run the benchmarks: make bench ARGS="--filter radon"
	@$(QUIETLY) "Building the benchmarks" swift build -c release $(STATIC) --product bench
	@.build/release/bench $(ARGS)

format:                   ## Format the Swift sources
	@swift format --in-place --recursive Sources Tests Examples Benchmarks Package.swift

clean:                    ## Remove everything that was built
	@rm -rf .build .build-*
