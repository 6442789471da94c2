# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test           every behaviour once
# make test-full      the same with volume, all sanitizers, clang and arm64
# make install-test-packages   what the tests need, from Debian
# make unit           unit tests of every folder
# make unit-FOLDER    unit tests of one folder (make unit-video)
# make check-format   the layout of the sources
# make check-layers   who includes whom
# make metrics        the length of files and functions
# make check-headers  every header compiles alone
# make check-docs     man pages, options, links
# make check-arm64    cross-build, unit tests under qemu-user
# make check-fresh-root SUITE=trixie BY=sudo TEST=test
#                     the two commands in a minimal Debian of their own

# What make test and make test-full run, in this order: names of targets. Those
# with + between them wait most of the time, and run at once.
TEST_CHECKS := release unit-sanitized unit-clang fuzz-replay check-format \
	check-layers metrics check-headers check-docs check-hardening check-missing \
	check-runner check-install check-units check-page check-novnc bench-gate bench-quality \
	test-daemon+test-tls+test-users test-access+test-cli+test-completion \
	test-web test-control test-viewers test-walk test-link test-flood test-rack
FULL_CHECKS = unit-thread unit-clang-sanitized fuzz check-arm64

include tests/layers/layers.mk
include tests/web/web.mk
include tests/rack/rack.mk
include tests/viewers/viewers.mk
include tests/daemon/daemon.mk
include tests/access/access.mk
include tests/tls/tls.mk
include tests/users/users.mk
include tests/cli/cli.mk
include tests/bench/bench.mk
include tests/bench/measure.mk
include tests/fuzz/fuzz.mk

# Extra libraries of one test: tests/FOLDER/test-NAME.c -> TEST_LIBS_test-NAME.
TEST_LIBS := -lcmocka -lz

# What a unit test is started with; hangs end as failures.
UNIT_SECONDS := $(if $(RACKHAND_TEST_FULL),900,120)
UNIT_RUNNER := timeout -k 5 $(UNIT_SECONDS)

# Helpers that another folder has.
MORE_HELPERS_server := tests/net/papers.c

define unit_rules
UNIT_$(1) := $(patsubst tests/$(1)/%.c,$(BUILD)/tests/$(1)/%,$(sort $(wildcard tests/$(1)/test-*.c)))
HELPERS_$(1) := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out tests/$(1)/test-%,$(sort $(wildcard tests/$(1)/*.c))) $(MORE_HELPERS_$(1)))
$$(UNIT_$(1)): $(BUILD)/tests/$(1)/%: $(BUILD)/obj/tests/$(1)/%.o $$(HELPERS_$(1)) $$(foreach f,$$(MAY_$(1)),$$(call archive,$$(f)))
	@mkdir -p $$(@D)
	$$(call link,$$< $$(HELPERS_$(1)),$$(MAY_$(1)),$(TEST_LIBS) $$(TEST_LIBS_$$*) -lm)
$(BUILD)/obj/tests/$(1)/%.o: tests/$(1)/%.c $(MADE_WITH)
	@mkdir -p $$(@D)
	$$(call quiet,CC)$(CC) $$(CPPFLAGS_ALL) $$(CFLAGS_ALL) $$(CFLAGS_$(1)) -MMD -MP -c -o $$@ $$<
.PHONY: unit-$(1)
unit-$(1): $$(UNIT_$(1))
	@tests/run-units.sh '$(UNIT_RUNNER)' $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call unit_rules,$(f))))

.PHONY: unit
unit: $(foreach f,$(FOLDERS),$(UNIT_$(f)))
	@tests/run-units.sh '$(UNIT_RUNNER)' $^

# ---- make test ----------------------------------------------------------------

# As for `run`: only a new make sees what the packages brought.
.PHONY: install-test-packages install-full-packages test test-full
install-test-packages:
	@tests/install-packages.sh $(BUILD_PACKAGES) tests/packages

install-full-packages:
	@tests/install-packages.sh $(BUILD_PACKAGES) tests/packages \
		tests/packages-full

test: install-test-packages
	@MAKE='$(MAKE)' tests/run-checks.sh $(TEST_CHECKS)

test-full: install-full-packages
	@MAKE='$(MAKE)' RACKHAND_TEST_FULL=1 \
		tests/run-checks.sh $(TEST_CHECKS) $(FULL_CHECKS)

# The variants of the build. The release build lies where users have it.
.PHONY: release unit-sanitized unit-clang unit-thread unit-clang-sanitized
release:
	$(MAKE) all check-tools BUILD=build WERROR=1
unit-sanitized:
	$(MAKE) unit WERROR=1 SANITIZE=address,undefined
unit-clang:
	$(MAKE) programs unit WERROR=1 CC=clang
unit-thread:
	$(MAKE) unit WERROR=1 SANITIZE=thread
unit-clang-sanitized:
	$(MAKE) unit WERROR=1 SANITIZE=address,undefined CC=clang

# ---- checks -------------------------------------------------------------------

# What checks that run at once would both make.
.PHONY: check-tools
check-tools: $(RACK)/bin/rfb-probe

.PHONY: check-format check-layers metrics check-headers check-docs \
	check-hardening check-install check-missing check-runner \
	check-arm64 check-fresh-root
check-format:
	@tests/checks/format.sh

check-layers:
	@tests/layers/check.sh
	@tests/layers/selftest.sh

metrics:
	@tests/layers/metrics.sh

# Every folder by itself, so that several go at once.
check_header = printf '\#include "%s"\n' $$header | \
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(CFLAGS_$(1)) -Werror -fsyntax-only -x c -
.PHONY: $(FOLDERS:%=check-headers-%)
check-headers: $(FOLDERS:%=check-headers-%)
$(FOLDERS:%=check-headers-%): check-headers-%:
	@failed=; for header in $(wildcard $*/*.h); do \
		$(call check_header,$*) || failed+=" $$header"; done; \
	[[ -z $$failed ]] || { echo "do not compile alone:$$failed"; exit 1; }

check-docs: all
	@tests/checks/docs.sh $(PROGRAMS:%=$(BUILD)/%)

check-runner:
	@tests/checks/runner.sh

check-install: all
	@MAKE='$(MAKE)' tests/checks/install.sh

check-hardening: programs
	@CC='$(CC)' tests/checks/hardening.sh $(PROGRAMS:%=$(BUILD)/%)

# A machine without libraries and node is told which packages have them.
check-missing:
	@said=$$(PKG_CONFIG_LIBDIR=/nonexistent $(MAKE) -n all \
		CC='$(CC) -nostdinc' NODE=/nonexistent NPM=/nonexistent 2>&1) && exit 1; \
	for package in nodejs npm $(foreach f,$(NEEDY),$(call packages,$(f))); do \
		grep -q "missing: apt-get install .*$$package" <<< "$$said" || \
		{ echo "$$package is not named: $$said"; exit 1; }; done

# The arm64 libraries come unpacked as a tree of their own: installed, some
# would push out their amd64 twins.
ARM64 := aarch64-linux-gnu
ARM64_ROOT := build/arm64-sysroot
ARM64_PACKAGES := $(sort libc6-dev linux-libc-dev libcmocka-dev zlib1g-dev \
	$(foreach f,$(NEEDY),$(call packages,$(f))))
$(ARM64_ROOT)/.complete: Makefile
	rm -rf $(ARM64_ROOT)
	@mkdir -p $(@D)
	. /etc/os-release; mmdebstrap --quiet --variant=extract --arch=arm64 \
		--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
		--include=$(subst $(space),$(comma),$(ARM64_PACKAGES)) \
		"$$VERSION_CODENAME" $(ARM64_ROOT)
	find $(ARM64_ROOT) -type l -lname '/*' | while read -r link; do \
		ln -sfnr "$(ARM64_ROOT)$$(readlink "$$link")" "$$link"; done
	touch $@

check-arm64: install-full-packages
	$(MAKE) $(ARM64_ROOT)/.complete
	PKG_CONFIG_SYSROOT_DIR='$(CURDIR)/$(ARM64_ROOT)' \
	PKG_CONFIG_LIBDIR='$(CURDIR)/$(ARM64_ROOT)/usr/lib/$(ARM64)/pkgconfig:$(CURDIR)/$(ARM64_ROOT)/usr/share/pkgconfig' \
	$(MAKE) programs unit WERROR=1 CROSS=$(ARM64) \
		CC='$(ARM64)-gcc --sysroot=$(CURDIR)/$(ARM64_ROOT)' \
		UNIT_RUNNER='timeout -k 5 $(UNIT_SECONDS) qemu-aarch64-static -L $(ARM64_ROOT)'

# BY: root or sudo. TEST: empty, or test or test-full to pass them in there.
SUITE ?= bookworm
BY ?= root
check-fresh-root:
	tests/fresh-root.sh $(SUITE) $(BY) $(TEST)

# The viewer that decodes what libvncserver's encoders made, and comes by TLS.
TEST_LIBS_test-fallback-viewer := -lvncclient
TEST_LIBS_test-libvncclient := -lvncclient
TEST_LIBS_test-https-client = $(LIBS_rackhand)
TEST_LIBS_test-options = $(LIBS_rackhand)
TEST_LIBS_test-cli-verbs = $(LIBS_rackhand)
TEST_LIBS_test-cli-audit = $(LIBS_rackhand)
TEST_LIBS_test-cli-asked = $(LIBS_rackhand)

# ---- noVNC's own decoders -------------------------------------------------------
#
# make check-novnc    what is encoded, decoded by noVNC in node

NOVNC := build/novnc
$(NOVNC)/.complete: tests/novnc/package.json tests/novnc/package-lock.json
	rm -rf $(NOVNC)
	@mkdir -p $(NOVNC)
	cp $^ $(NOVNC)
	cd $(NOVNC) && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

$(BUILD)/obj/tests/novnc/%.o: tests/novnc/%.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(CFLAGS_vnc) -MMD -MP -c -o $@ $<

$(BUILD)/tests/novnc/dump: $(BUILD)/obj/tests/novnc/dump.o \
		$(BUILD)/obj/tests/vnc/picture.o \
		$(foreach f,$(MAY_vnc),$(call archive,$(f)))
	@mkdir -p $(@D)
	$(call link,$(filter %.o,$^),$(MAY_vnc))

.PHONY: check-novnc
check-novnc: $(BUILD)/tests/novnc/dump $(NOVNC)/.complete
	$(BUILD)/tests/novnc/dump > $(NOVNC)/updates
	node tests/novnc/decode.mjs $(NOVNC) $(NOVNC)/updates

include tests/page/page.mk
include tests/control/control.mk
include tests/walk/walk.mk
include tests/link/link.mk
include tests/flood/flood.mk
