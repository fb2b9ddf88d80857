# make          the release binary, .build/release/watchword
# make demo     a server to play with, from nothing to a login; Ctrl-C ends it
# make test     everything that must hold, and a little fuzzing (make fuzz-smoke)
# make fuzz     hours of libFuzzer; SECONDS=3600 is for each target, TARGETS="packet mapping" chooses some
# make bench    how fast this machine serves logins, FreeRADIUS beside it: ten minutes, and a table (Benchmarks/reach)
# make soak     the server killed, starved, raced and reloaded for half an hour; ROUNDS=20 makes it shorter
# make install  DESTDIR=… PREFIX=/usr
# make format, make lint, make clean

PREFIX = /usr/local
DESTDIR =
ROUNDS = 200
SEED =

# The same for every build, so that none undoes another's work.
flags = --traits QRCode --explicit-target-dependency-import-check error
# The binary must run where there is no Swift toolchain. The toolchain brings its own linker, which every machine has then.
release = --configuration release --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker --strip-all
sources = Package.swift Sources Tests

SECONDS = 3600
TARGETS =

.PHONY: build demo test fuzz fuzz-smoke bench soak install format lint clean

build:
	@scripts/setup build
	swift build $(release) $(flags) --product watchword

demo: build
	@scripts/demo

test:
	@scripts/setup test
	@scripts/pyrad
	scripts/test --disable-xctest $(flags)
	@$(MAKE) --no-print-directory fuzz-smoke

# Whether the targets still run, and what a few inputs bring to light: six targets, a minute in all at most, and the build.
fuzz-smoke:
	@scripts/setup build
	@FUZZ_SEED=1 FUZZ_INPUTS=20000 Tests/Fuzzer/run 10

fuzz:
	@scripts/setup build
	@Tests/Fuzzer/run $(SECONDS) $(TARGETS)

bench: build
	@Benchmarks/codec
	@Benchmarks/reach

soak:
	@scripts/setup test
	SOAK_ROUNDS=$(ROUNDS) $(if $(SEED),SOAK_SEED=$(SEED)) \
	    swift test --disable-xctest --no-parallel $(flags) --filter '^EndToEndTests\.(Crash|Fault|Clock|Race|ReloadUnderLoad)Tests'

# Not made anew when it is there: root has no Swift toolchain on its PATH, as a rule.
.build/release/watchword:
	@$(MAKE) build

install: .build/release/watchword
	install -D --mode=755 .build/release/watchword $(DESTDIR)$(PREFIX)/bin/watchword
	install -D --mode=644 dictionary $(DESTDIR)$(PREFIX)/share/watchword/dictionary
	install -D --mode=644 --target-directory=$(DESTDIR)$(PREFIX)/share/watchword/dictionary.d dictionary.d/*
	install -D --mode=644 rlm.ini.sample $(DESTDIR)$(PREFIX)/share/watchword/rlm.ini.sample
	install -D --mode=644 docs/watchword.8 $(DESTDIR)$(PREFIX)/share/man/man8/watchword.8
	install -D --mode=644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/watchword/LICENSE
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|/usr/bin|$(PREFIX)/bin|' packaging/watchword.service \
	    > $(DESTDIR)$(PREFIX)/lib/systemd/system/watchword.service

format:
	swift format --in-place --parallel --recursive $(sources)

lint:
	swift format lint --strict --parallel --recursive $(sources)

clean:
	rm -rf .build demo
