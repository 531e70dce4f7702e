# make             build/$(MODE)/flowaudit and libflowaudit.a      MODE = release debug asan tsan cov fuzz
# make test        every test                                      V=1 shows the commands
# make help        the other targets and the variables
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

MODE       ?= release
V          ?= 0
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR    ?= $(PREFIX)/share
MANDIR     ?= $(DATADIR)/man
RULESDIR   ?= $(DATADIR)/flowaudit/rules
INSTALL    ?= install
PKG_CONFIG ?= pkg-config
VERSION    := 0.1.0

# Rooms, lowest floor first.  ROOMS="base flow" builds and unit-tests only those.
ROOMS ?= base capture packet flow identify policy judge report forge audit check cmd
BUILD ?= build
B     := $(BUILD)/$(MODE)
Q_0   := @
Q     := $(Q_$(V))

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wformat=2 -Wundef -Wvla -Wwrite-strings -Wcast-qual \
	-Wpointer-arith -Wimplicit-fallthrough -Wswitch-enum
HARDEN_CFLAGS  := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	-fstack-clash-protection -fPIE
HARDEN_LDFLAGS := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack

mode_cflags_release  := -O2 -g $(HARDEN_CFLAGS)
mode_ldflags_release := $(HARDEN_LDFLAGS)
mode_cflags_debug    := -Og -g3
mode_cflags_asan     := -O1 -g3 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
mode_ldflags_asan    := -fsanitize=address,undefined
mode_cflags_tsan     := -O1 -g3 -fsanitize=thread
mode_ldflags_tsan    := -fsanitize=thread
mode_cflags_cov      := -O0 -g3 --coverage
mode_ldflags_cov     := --coverage
mode_cflags_fuzz     := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all
mode_ldflags_fuzz    := -fsanitize=address,undefined
$(if $(mode_cflags_$(MODE)),,$(error unknown MODE '$(MODE)': use release, debug, asan, tsan, cov or fuzz))

# What the user gives comes last so that it wins; ours never overwrites it.
FA_CPPFLAGS  = -D_GNU_SOURCE -Iinclude -Isrc -DFA_VERSION='"$(VERSION)"' -DFA_RULESDIR='"$(RULESDIR)"' \
	$(NDPI_CPPFLAGS)
FA_CFLAGS   := -std=c17 $(WARN) $(mode_cflags_$(MODE)) -fvisibility=hidden -MMD -MP
FA_LDFLAGS  := $(mode_ldflags_$(MODE))
# Asked once, and not before "make deps" had its turn.
once         = $(eval $(1) := $(2))$($(1))
LIBS         = $(call once,LIBS,$(shell $(PKG_CONFIG) --libs libfyaml jansson) -lnet -lpthread -ldl)
TEST_LIBS    = $(call once,TEST_LIBS,$(shell $(PKG_CONFIG) --libs cunit libarchive))

# nDPI names what nobody documents (--name-unknown).  Its interface changes with every release.
NDPI          ?= auto
NDPI_RELEASE  := libndpi >= 4.2 libndpi < 4.3
NDPI_FOUND     = $(call once,NDPI_FOUND,$(ndpi_$(NDPI)))
NDPI_CPPFLAGS  = $(call once,NDPI_CPPFLAGS,-DFA_NDPI=$(words $(NDPI_FOUND)) \
	$(if $(NDPI_FOUND),$(patsubst -I%,-isystem%,$(shell $(PKG_CONFIG) --cflags libndpi))))
ndpi_no        =
ndpi_auto      = $(shell $(PKG_CONFIG) --exists '$(NDPI_RELEASE)' && echo libndpi)
ndpi_yes       = $(or $(ndpi_auto),$(error NDPI=yes: pkg-config finds no $(NDPI_RELEASE)))
$(if $(filter auto yes no,$(NDPI)),,$(error unknown NDPI '$(NDPI)': use auto, yes or no))

LIB_SRC  := $(foreach r,$(ROOMS),$(wildcard src/$(r)/*.c))
UNIT_SRC := $(wildcard tests/unit/*.c) $(foreach r,$(ROOMS),$(wildcard tests/unit/$(r)/*.c))
FUZZ_SRC := $(wildcard tests/fuzz/*.c)
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/%.o)
UNIT_OBJ := $(UNIT_SRC:%.c=$(B)/%.o)
FUZZ_OBJ := $(FUZZ_SRC:%.c=$(B)/%.o)
MAIN_OBJ := $(B)/src/main.o
OBJ      := $(LIB_OBJ) $(UNIT_OBJ) $(FUZZ_OBJ) $(MAIN_OBJ)

.PHONY: all lib unit
all: $(B)/flowaudit
lib: $(B)/libflowaudit.a

$(B)/libflowaudit.a: $(LIB_OBJ)
	@echo "  AR    $@"
	$(Q)rm -f $@ && $(AR) qcs $@ $^
$(B)/flowaudit: $(MAIN_OBJ) $(B)/libflowaudit.a
	@echo "  LD    $@"
	$(Q)$(CC) $(FA_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(LDLIBS)
$(B)/unit: $(UNIT_OBJ) $(B)/libflowaudit.a
	@echo "  LD    $@"
	$(Q)$(CC) $(FA_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(TEST_LIBS) $(LDLIBS)

# Objects depend on the flags that made them: a changed CFLAGS, CC or version rebuilds.
FLAGS_LINE = $(subst ','\'',$(CC) $(FA_CPPFLAGS) $(CPPFLAGS) $(FA_CFLAGS) $(CFLAGS))
$(B)/flags: FORCE
	@mkdir -p $(B)
	@printf '%s\n' '$(FLAGS_LINE)' | cmp -s - $@ || printf '%s\n' '$(FLAGS_LINE)' > $@
# The unit driver runs the suites of the test files that are there.
$(B)/suites.h: FORCE
	@mkdir -p $(B)
	@for t in $(sort $(notdir $(basename $(filter-out tests/unit/%,$(subst tests/unit/,,$(UNIT_SRC)))))); do \
	 case $$t in test_*) echo "SUITE($${t#test_})";; esac; done > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
FORCE:
$(OBJ): $(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(FA_CPPFLAGS) $(CPPFLAGS) $(FA_CFLAGS) $(CFLAGS) -c -o $@ $<
$(B)/tests/unit/main.o: CPPFLAGS += -I$(B)
$(B)/tests/unit/main.o: $(B)/suites.h
$(UNIT_OBJ): CPPFLAGS += -Itests/unit

# One program for every fuzz target: it runs the one its name says.  The driver that needs no
# libFuzzer runs them all over the kept corpus.
$(B)/fuzz: $(filter-out %/replay.o,$(FUZZ_OBJ)) $(B)/libflowaudit.a
	@echo "  LD    $@"
	$(Q)$(CC) -fsanitize=fuzzer $(FA_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(TEST_LIBS) $(LDLIBS)
$(B)/fuzz-replay: $(filter-out %/libfuzzer.o,$(FUZZ_OBJ)) $(B)/libflowaudit.a
	@echo "  LD    $@"
	$(Q)$(CC) $(FA_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(TEST_LIBS) $(LDLIBS)

# ---- set-up -------------------------------------------------------------------------------
BUILD_PACKAGES := gcc libc6-dev pkg-config libpcap-dev libfyaml-dev libarchive-dev libjansson-dev \
	libnet1-dev libcap-ng-dev libseccomp-dev $(if $(filter no,$(NDPI)),,libndpi-dev)
TEST_PACKAGES  := libcunit1-dev python3-jsonschema python3-yaml binutils man-db

.PHONY: deps
deps:
	@missing=; for p in $(BUILD_PACKAGES) $(TEST_PACKAGES); do \
	 dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; \
	done; \
	if [ -n "$$missing" ]; then \
	 command -v apt-get >/dev/null || { echo "make deps: this is not Debian; install the like of:$$missing" >&2; exit 1; }; \
	 echo "  APT  $$missing"; \
	 as=; [ "$$(id -u)" = 0 ] || as=sudo; \
	 $$as apt-get update -qq && \
	 $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

# ---- what it is for ----------------------------------------------------------------------
# A rule change seen from the client's side; a demo shows findings, so their status is no failure.
DEMO := recorded/tls-5061-dropped.pcap recorded/turn-3478-quota-486.pcap recorded/tls-8059-undocumented.pcap \
	recorded/mtls-5061-declined.pcap recorded/scan-40-ports.pcapng recorded/sip-tcp-5068-gateway.pcap.gz
.PHONY: demo
demo: $(B)/flowaudit
	@cd pcaps && echo '$$ flowaudit audit -S sites/lab.yaml $(DEMO)' && echo && \
	 FLOWAUDIT_RULES=../rules ../$(B)/flowaudit audit -S sites/lab.yaml $(DEMO); [ $$? -le 1 ]

# ---- tests -------------------------------------------------------------------------------
SHARED ?= ../shared
export FLOWAUDIT_SHARED := $(abspath $(SHARED))
export FLOWAUDIT_RULES := $(CURDIR)/rules

.PHONY: unit traps truth shared golden invariance bad-input hostile fuzz-replay check forge pcaps \
	pcaps-check rules layers headers example install-test schema man prefetch test
unit: $(B)/unit
	$(B)/unit $(SUITE)
traps: $(B)/unit
	tests/traps.sh $<

$(B)/accept/%: tests/accept/%.c $(B)/libflowaudit.a
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(FA_CPPFLAGS) $(CPPFLAGS) $(FA_CFLAGS) $(CFLAGS) $(FA_LDFLAGS) $(LDFLAGS) -o $@ $< \
	 $(B)/libflowaudit.a $(LIBS) $(LDLIBS)
truth: $(B)/accept/truth
	$< pcaps
shared: $(B)/accept/shared
	$< $(FLOWAUDIT_SHARED)/captures
golden: $(B)/flowaudit
	tests/golden/run.sh $<
invariance: $(B)/flowaudit $(B)/bench/gen
	tests/invariance.sh $^
forge: $(B)/flowaudit
	tests/forge.sh $<
# pcaps/forged is kept; what this program forges must be the same, and hold.
pcaps: $(B)/flowaudit
	pcaps/forge.sh $< pcaps/forged
pcaps-check: $(B)/flowaudit
	@rm -rf $(B)/forged && pcaps/forge.sh $< $(B)/forged && diff -r pcaps/forged $(B)/forged
	$< check -q pcaps/forged/*.expect.yaml pcaps/forged/*/*.expect.yaml
check: $(B)/flowaudit
	tests/check.sh $<
bad-input: $(B)/flowaudit
	tests/bad-input.sh $<
hostile: $(B)/flowaudit
	tests/hostile.py $<
fuzz-replay: $(B)/fuzz-replay
	$< tests/fuzz/corpus $(TARGET)
rules: $(B)/flowaudit
	tests/rules.sh $<
schema:
	tests/schema.sh
man: $(B)/flowaudit
	tests/man.sh $<
layers: $(LIB_OBJ)
	tests/layers.sh $(if $(filter release debug,$(MODE)),$(B))
headers:
	tests/headers.sh $(FA_CPPFLAGS) -std=c17 $(WARN)
prefetch: $(LIB_OBJ)
	tests/prefetch.sh $(B)/src
example: $(B)/flowaudit
	CC='$(CC)' CFLAGS='$(mode_ldflags_$(MODE))' LIBS='$(LIBS)' tests/example.sh $(B)
install-test:
	CC='$(CC)' INSTALL_BUILD=$(abspath $(BUILD))/install tests/install.sh

test: all unit traps truth shared golden invariance bad-input hostile fuzz-replay check forge pcaps-check \
	rules schema man layers headers prefetch confusion-check example install-test

# Beside tshark and nDPI: slow, and both must be installed (status 77: they are not).
.PHONY: confusion confusion-check
confusion: $(B)/flowaudit
	python3 tests/confusion/confusion.py $< $(FLOWAUDIT_SHARED)/captures pcaps/recorded
confusion-check:
	python3 tests/confusion/confusion.py --check

# Every target for SECONDS, or the one TARGET: make fuzz SECONDS=600 TARGET=pcapng
SECONDS ?= 10
FUZZ_CC ?= clang
.PHONY: fuzz
fuzz:
	$(Q)$(MAKE) --no-print-directory MODE=fuzz CC=$(FUZZ_CC) $(BUILD)/fuzz/fuzz
	tests/fuzz/run.sh $(BUILD)/fuzz/fuzz $(SECONDS) $(TARGET)

# ---- the live monitor ----------------------------------------------------------------------
# As root, in network namespaces of its own; where there are none, the tests say so and are skipped.
WATCH_PACKAGES := nftables iproute2 tcpreplay tcpdump python3 openssl nginx-light coturn
.PHONY: watch-test watch-soak watch-loss watch-deps
watch-test: $(B)/flowaudit
	tests/watch/run.sh $<
watch-soak: $(B)/flowaudit
	tests/watch/soak.sh $<
watch-loss: $(B)/flowaudit $(B)/bench/gen
	tests/watch/loss.sh $^
watch-deps:
	$(Q)$(MAKE) --no-print-directory deps BUILD_PACKAGES= TEST_PACKAGES='$(WATCH_PACKAGES)'

# ---- speed -------------------------------------------------------------------------------
BENCH_BIN := $(B)/bench
.PHONY: bench bench-quick bench-hostile bench-instructions bench-profile bench-deps
$(BENCH_BIN)/gen: tests/bench/gen.c tests/bench/talk.c tests/bench/loop.c tests/bench/wire.c \
	tests/bench/gen.h tests/bench/wire.h
$(BENCH_BIN)/bare: tests/bench/bare.c
$(BENCH_BIN)/run: tests/bench/run.c
$(BENCH_BIN)/gen $(BENCH_BIN)/bare $(BENCH_BIN)/run:
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE $(WARN) -O2 -o $@ $(filter %.c,$^) -lpcap $(LDLIBS)
bench bench-quick bench-hostile bench-instructions bench-profile: $(B)/flowaudit $(BENCH_BIN)/gen \
	$(BENCH_BIN)/bare $(BENCH_BIN)/run
bench:
	BENCH_BIN=$(BENCH_BIN) FLOWAUDIT=$(B)/flowaudit tests/bench/bench.sh full
bench-quick:
	BENCH_BIN=$(BENCH_BIN) FLOWAUDIT=$(B)/flowaudit tests/bench/bench.sh quick
bench-hostile:
	BENCH_BIN=$(BENCH_BIN) FLOWAUDIT=$(B)/flowaudit tests/bench/bench.sh hostile
bench-profile:
	BENCH_BIN=$(BENCH_BIN) FLOWAUDIT=$(B)/flowaudit tests/bench/profile.sh
bench-instructions:
	BENCH_BIN=$(BENCH_BIN) FLOWAUDIT=$(B)/flowaudit tests/bench/instructions.sh

# The programs that flowaudit is measured beside, and what measures it.
BENCH_PACKAGES := nfdump softflowd argus-server argus-client libndpi-bin tshark libxxhash-dev zstd gzip \
	pigz valgrind linux-perf
bench-deps:
	$(Q)$(MAKE) --no-print-directory deps BUILD_PACKAGES= TEST_PACKAGES='$(BENCH_PACKAGES)'

# ---- install -----------------------------------------------------------------------------
# One object with every room's names made local, so that the archive defines flowaudit_* and
# nothing that could meet a name of the embedding program.
PUBLIC_OBJ := $(B)/public/flowaudit.o
$(PUBLIC_OBJ): $(filter-out $(B)/src/cmd/% $(B)/src/check/% $(B)/src/forge/%,$(LIB_OBJ))
	@mkdir -p $(@D)
	$(Q)$(CC) -nostdlib -r -o $@ $^
	$(Q)$(OBJCOPY) --localize-hidden $@
$(B)/public/libflowaudit.a: $(PUBLIC_OBJ)
	@echo "  AR    $@"
	$(Q)rm -f $@ && $(AR) qcs $@ $<
# As pkg-config wants a directory: movable with its prefix.
below = $(patsubst $(PREFIX)/%,$${prefix}/%,$(1))
$(B)/flowaudit.pc: src/flowaudit.pc.in Makefile $(B)/flags
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(call below,$(LIBDIR))|' \
	 -e 's|@INCLUDEDIR@|$(call below,$(INCLUDEDIR))|' -e 's|@RULESDIR@|$(call below,$(RULESDIR))|' \
	 -e 's|@VERSION@|$(VERSION)|' $< > $@

OBJCOPY ?= objcopy
.PHONY: install uninstall
install: $(B)/flowaudit $(B)/public/libflowaudit.a $(B)/flowaudit.pc
	$(INSTALL) -d '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(LIBDIR)/pkgconfig' \
	 '$(DESTDIR)$(INCLUDEDIR)/flowaudit' '$(DESTDIR)$(RULESDIR)' '$(DESTDIR)$(MANDIR)/man1'
	$(INSTALL) -m 0755 $(B)/flowaudit '$(DESTDIR)$(BINDIR)/flowaudit'
	$(INSTALL) -m 0644 $(B)/public/libflowaudit.a '$(DESTDIR)$(LIBDIR)/libflowaudit.a'
	$(INSTALL) -m 0644 $(B)/flowaudit.pc '$(DESTDIR)$(LIBDIR)/pkgconfig/flowaudit.pc'
	$(INSTALL) -m 0644 include/flowaudit/flowaudit.h '$(DESTDIR)$(INCLUDEDIR)/flowaudit/flowaudit.h'
	$(INSTALL) -m 0644 $(wildcard rules/*.yaml rules/*.json) '$(DESTDIR)$(RULESDIR)'
	$(INSTALL) -m 0644 $(wildcard man/*.1) '$(DESTDIR)$(MANDIR)/man1'
uninstall:
	rm -f '$(DESTDIR)$(BINDIR)/flowaudit' '$(DESTDIR)$(LIBDIR)/libflowaudit.a' \
	 '$(DESTDIR)$(LIBDIR)/pkgconfig/flowaudit.pc' '$(DESTDIR)$(INCLUDEDIR)/flowaudit/flowaudit.h'
	rm -f $(foreach f,$(notdir $(wildcard man/*.1)),'$(DESTDIR)$(MANDIR)/man1/$(f)')
	rm -f $(foreach f,$(notdir $(wildcard rules/*.yaml rules/*.json)),'$(DESTDIR)$(RULESDIR)/$(f)')
	-rmdir '$(DESTDIR)$(INCLUDEDIR)/flowaudit' '$(DESTDIR)$(RULESDIR)' '$(DESTDIR)$(DATADIR)/flowaudit' 2>/dev/null

# ---- the rest ----------------------------------------------------------------------------
.PHONY: format-check clean help
format-check:
	@clang-format --dry-run -Werror $(wildcard src/*/*.[ch] src/*.c include/flowaudit/*.h tests/*/*.c tests/unit/*/*.[ch])
help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile
	@echo "make deps         install what the build and the tests need (Debian)"
	@echo "make demo         audit captures of pcaps/"
	@echo "make unit         unit tests; SUITE=name for one of them"
	@echo "make golden       reports as they should read; UPDATE=1 rewrites them"
	@echo "make confusion    beside tshark and nDPI, flow by flow; UPDATE=1 rewrites its README.md"
	@echo "make forge        forge every row and every case, and find them again"
	@echo "make pcaps        write pcaps/forged anew; pcaps-check compares"
	@echo "make fuzz         libFuzzer on every untrusted input (clang); SECONDS=n TARGET=name"
	@echo "make bench        beside other programs; BENCH_ONLY=\"voice live\": those sections"
	@echo "                  bench-deps, bench-quick, bench-hostile, bench-instructions, bench-profile"
	@echo "make watch-test   the live monitor at a firewall, in namespaces, as root; watch-deps installs"
	@echo "                  what it needs; watch-soak SOAK_SECONDS=n: memory; watch-loss: beside tcpdump"
	@echo "make install      honours DESTDIR and PREFIX; make uninstall takes it away"
	@echo "make format-check clang-format has nothing to say"
	@echo "variables: MODE CC CFLAGS LDFLAGS PREFIX DESTDIR BUILD ROOMS SHARED NDPI V"

clean:
	rm -rf $(BUILD)

-include $(OBJ:.o=.d)
