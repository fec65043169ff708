# Warrant. `make run` shows what it does, `make test` proves that it works.
PREFIX ?= /usr/local
SECONDS ?= 60
KILLS ?= 1000
MAKEFLAGS += --no-print-directory

.PHONY: help run build estate test fuzz soak bench install clean

help:
	@echo 'make run        install what is missing, build, and run everything on the example clinic'
	@echo 'make test       build with sanitizers and run every test'
	@echo 'make build      build build/release/warrant'
	@echo 'make install    PREFIX=/usr/local DESTDIR='
	@echo 'make bench      how fast, beside other programs, on this machine'
	@echo 'make fuzz       every fuzz target for SECONDS=60'
	@echo 'make soak       every fuzz target for ten minutes, then KILLS=1000 kills of a scan (hours)'
	@echo 'make clean      remove build/ and the example estate'

run:
	@scripts/setup run
	@scripts/build release
	@scripts/run-clinic

build:
	@scripts/setup run
	@scripts/build release

estate:
	@examples/clinic/make

test:
	@scripts/setup test
	@scripts/build asan
	@examples/clinic/make
	@scripts/test

fuzz:
	@scripts/setup fuzz
	@scripts/build fuzz
	@tests/soak/fuzz $(SECONDS)

soak:
	@scripts/setup fuzz
	@scripts/build fuzz
	@scripts/build release
	@tests/soak/fuzz 600
	@tests/soak/kill $(KILLS)

bench:
	@scripts/setup run
	@scripts/build release all benches
	@bench/run | tee build/bench.md

install: build
	@DESTDIR='$(DESTDIR)' cmake --install build/release --prefix '$(PREFIX)' > build/install.log || { cat build/install.log; exit 1; }
	@mkdir -p '$(DESTDIR)$(PREFIX)/share/man/man1' '$(DESTDIR)$(PREFIX)/share/bash-completion/completions'
	@build/release/warrant man -o '$(DESTDIR)$(PREFIX)/share/man/man1' > build/install-man.log
	@build/release/warrant completion > '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/warrant'
	@echo "  installed  $(DESTDIR)$(PREFIX)/bin/warrant, its manual pages and completion"

clean:
	@rm -rf build examples/clinic/estate
