# SPDX-License-Identifier: GPL-2.0-or-later
#
# make         build the programs and man pages into build/
# make run     install what is missing, build, show the demo target
# make test    install what the tests need, build, pass them all
# make help    the rest

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

VERSION := 0.1.0
PREFIX ?= /usr
SYSCONFDIR ?= /etc
DESTDIR ?=
PKG_CONFIG ?= pkg-config
NODE ?= node
NPM ?= npm
SANITIZE ?=
WERROR ?=
ifeq ($(origin CC),default)
CC := gcc
endif
AR := $(if $(CROSS),$(CROSS)-ar,ar)

# One folder per variant of the build, so that none disturbs another; the
# plain release build stands in build/ itself.
comma := ,
empty :=
space := $(empty) $(empty)
VARIANT := $(subst $(space),-,$(strip \
	$(CROSS) \
	$(if $(SANITIZE),sanitize-$(subst $(comma),-,$(SANITIZE))) \
	$(if $(findstring clang,$(CC)),clang) \
	$(if $(WERROR),werror)))
BUILD := build$(if $(VARIANT),/$(VARIANT))
GEN := build/gen

# ---- libraries: one line a folder, "pkg-config name=Debian package" ---------
#
# What pkg-config does not know: "header:library=Debian package".

FOLDERS := core net web video capture hid-gadget vnc config server

NEEDS_core := libsystemd=libsystemd-dev
NEEDS_net := gnutls=libgnutls28-dev wslay/wslay.h:wslay=libwslay-dev
NEEDS_web := libmicrohttpd=libmicrohttpd-dev jansson=libjansson-dev nettle=nettle-dev
NEEDS_video := libturbojpeg=libturbojpeg0-dev libpng=libpng-dev
NEEDS_capture := libv4lconvert=libv4l-dev
NEEDS_hid-gadget := libconfig=libconfig-dev libusbgx=libusbgx-dev \
	xkbcommon=libxkbcommon-dev
NEEDS_vnc := libvncserver=libvncserver-dev nettle=nettle-dev
NEEDS_config := libconfuse=libconfuse-dev
NEEDS_server := jansson=libjansson-dev liboath=liboath-dev libcrypt=libcrypt-dev nettle=nettle-dev

# One program has one that no other shall have: the daemon connects to nobody.
NEEDS_rackhand := libcurl=libcurl4-gnutls-dev
NEEDY := $(FOLDERS) rackhand

needs = $(foreach need,$(NEEDS_$(1)),$(firstword $(subst =, ,$(need))))
modules = $(foreach need,$(needs),$(if $(findstring :,$(need)),,$(need)))
libraries = $(foreach need,$(needs),$(if $(findstring :,$(need)),$(lastword $(subst :, ,$(need)))))
packages = $(foreach need,$(NEEDS_$(1)),$(lastword $(subst =, ,$(need))))

# Everything a build needs from Debian, and nothing else.
# libx11-data: what dead keys make, while it runs; xkb-data comes by itself.
BUILD_PACKAGES := libx11-data gcc libc6-dev make pkg-config scdoc psf-unifont \
	web/page/packages \
	$(foreach f,$(NEEDY),$(call packages,$(f)))

# libturbojpeg first: libvncserver exports old functions of the same names.
LINK_ORDER := video capture vnc hid-gadget config web net core server

FONT := /usr/share/consolefonts/Unifont-APL8x16.psf.gz

# Cleaning and installing packages must work before the libraries are there.
NO_LIBRARIES_NEEDED := clean help install-build-packages \
	install-test-packages install-full-packages run test test-full \
	check-format check-layers metrics check-arm64 check-fresh-root bench \
	install-bench-packages bench-document
ifneq ($(filter-out $(NO_LIBRARIES_NEEDED),$(or $(MAKECMDGOALS),all)),)
has = $(shell command -v $(1))
has_module = $(PKG_CONFIG) --exists $(1)
has_header = $(CC) $(CPPFLAGS) -E -include $(firstword $(subst :, ,$(1))) -x c /dev/null
MISSING := $(strip $(if $(call has,$(PKG_CONFIG)),,pkg-config) \
	$(if $(call has,scdoc),,scdoc) $(if $(wildcard $(FONT)),,psf-unifont) \
	$(if $(call has,$(NODE)),,nodejs) $(if $(call has,$(NPM)),,npm) \
	$(foreach f,$(NEEDY),$(foreach need,$(NEEDS_$(f)), \
	$(shell $(call $(if $(findstring :,$(need)),has_header,has_module),$(firstword $(subst =, ,$(need)))) \
	> /dev/null 2>&1 || echo $(lastword $(subst =, ,$(need)))))))
ifneq ($(MISSING),)
$(error missing: apt-get install $(MISSING) (or: make install-build-packages))
endif
LIBRARIES_CHECKED := yes
PKG_CFLAGS = $(foreach m,$(call modules,$(1)),$(shell $(PKG_CONFIG) --cflags $(m)))
PKG_LIBS = $(foreach m,$(call modules,$(1)),$(shell $(PKG_CONFIG) --libs $(m))) \
	$(addprefix -l,$(call libraries,$(1)))
endif

# ---- flags --------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow \
	-Wmissing-prototypes -Wstrict-prototypes -Wformat=2 -Wundef \
	-Wvla -Wwrite-strings
CPPFLAGS_ALL = -I. -I$(GEN) -D_GNU_SOURCE -DRACKHAND_VERSION='"$(VERSION)"' \
	-DRACKHAND_SYSCONFDIR='"$(SYSCONFDIR)"' $(CPPFLAGS)
CFLAGS ?= -O2 -g
CFLAGS_ALL = -std=gnu17 -pthread $(WARNINGS) $(if $(WERROR),-Werror) \
	-fno-common -fvisibility=hidden -ffunction-sections -fdata-sections \
	$(HARDEN) $(CFLAGS)
LDFLAGS_ALL = -pthread $(HARDEN_LINK) -Wl,--gc-sections -Wl,--as-needed \
	$(LDFLAGS)

# The option if the compiler knows it.
cc_option = $(shell $(CC) -Werror $(1) -c -x c -o /dev/null /dev/null \
	2> /dev/null && echo '$(1)')

# FORTIFY needs an optimiser, and warns where there is none.
OPTIMISED := $(filter-out -O0,$(filter -O%,$(CFLAGS)))
ifeq ($(SANITIZE),)
HARDEN := -fPIE -fstack-protector-strong -fstack-clash-protection \
	$(if $(OPTIMISED),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3) \
	$(call cc_option,-ftrivial-auto-var-init=zero) \
	$(call cc_option,-fcf-protection) \
	$(call cc_option,-mbranch-protection=standard)
HARDEN_LINK := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
else
HARDEN := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
HARDEN_LINK := -fsanitize=$(SANITIZE)
endif

# What was made with other flags is made anew.
MADE_WITH := $(BUILD)/made-with
made_with := $(CC) $(CPPFLAGS_ALL) $(filter-out -Werror,$(CFLAGS_ALL)) $(LDFLAGS_ALL)
ifdef LIBRARIES_CHECKED
ifneq ($(made_with),$(file < $(MADE_WITH)))
$(shell mkdir -p $(BUILD))
$(file > $(MADE_WITH),$(made_with))
endif
endif

# One short line a command; make V=1 shows the commands themselves.
quiet = $(if $(V),,@printf '  %-4s %s\n' $(1) '$@'; )

# ---- folders become archives, archives become programs ------------------------

PROGRAMS := rackhandd rackhand-gadget rackhand
MAINS := $(PROGRAMS:%=server/%.c)

sources = $(filter-out $(MAINS),$(sort $(wildcard $(1)/*.c)))
GEN_video := $(GEN)/font-glyphs.c
GEN_web := $(GEN)/page-assets.c
GEN_server := $(GEN)/openapi.c
archive = $(BUILD)/lib/$(1).a

define folder_rules
OBJECTS_$(1) := $(patsubst %.c,$(BUILD)/obj/%.o,$(call sources,$(1))) \
	$(patsubst $(GEN)/%.c,$(BUILD)/obj/gen/%.o,$(GEN_$(1)))
$(BUILD)/lib/$(1).a: $$(OBJECTS_$(1))
	@mkdir -p $$(@D); rm -f $$@
	$$(call quiet,AR)$(AR) rcsD $$@ $$(OBJECTS_$(1))
$(BUILD)/obj/$(1)/%.o: $(1)/%.c $(MADE_WITH)
	@mkdir -p $$(@D)
	$$(call quiet,CC)$(CC) $$(CPPFLAGS_ALL) $$(CFLAGS_ALL) $$(CFLAGS_$(1)) -MMD -MP -c -o $$@ $$<
endef
$(foreach f,$(NEEDY),$(eval CFLAGS_$(f) := $(if $(value PKG_CFLAGS),$(call PKG_CFLAGS,$(f)))))
$(foreach f,$(NEEDY),$(eval LIBS_$(f) := $(if $(value PKG_LIBS),$(call PKG_LIBS,$(f)))))
$(foreach f,$(FOLDERS),$(eval $(call folder_rules,$(f))))
$(BUILD)/obj/server/https-client.o: CFLAGS_server += $(CFLAGS_rackhand)

$(BUILD)/obj/gen/%.o: $(GEN)/%.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# What a program or a test is linked from, given a list of folders.
link_libs = $(foreach f,$(LINK_ORDER),$(if $(filter $(f),$(1)),$(LIBS_$(f))))
link_archives = -Wl,--start-group $(foreach f,$(1),$(call archive,$(f))) \
	-Wl,--end-group
link = $(call quiet,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $(1) \
	$(call link_archives,$(2)) $(call link_libs,$(2)) $(3)

FOLDERS_rackhandd := $(FOLDERS)
FOLDERS_rackhand-gadget := server hid-gadget config core
FOLDERS_rackhand := server net core

define program_rules
$(BUILD)/$(1): $(BUILD)/obj/server/$(1).o $$(foreach f,$$(FOLDERS_$(1)),$$(call archive,$$(f)))
	$$(call link,$$<,$$(FOLDERS_$(1)),$$(LIBS_$(1)))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program_rules,$(p))))

.PHONY: all programs man
all: programs man
programs: $(PROGRAMS:%=$(BUILD)/%)

$(GEN)/openapi.c: server/openapi-build.sh docs/openapi.json
	@mkdir -p $(@D)
	$(call quiet,GEN)server/openapi-build.sh docs/openapi.json > $@

$(GEN)/font-glyphs.c: video/font-build.sh
	@mkdir -p $(@D)
	$(call quiet,GEN)video/font-build.sh $(FONT) > $@

MAN_SOURCES := $(sort $(wildcard docs/man/*.scd))
MAN_PAGES := $(MAN_SOURCES:docs/man/%.scd=build/man/%)
man: $(MAN_PAGES)
build/man/%: docs/man/%.scd
	@mkdir -p $(@D)
	$(call quiet,MAN)scdoc < $< > $@

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# What comes with the packages is seen by a new make, not by this one.
.PHONY: install-build-packages run
install-build-packages:
	@tests/install-packages.sh $(BUILD_PACKAGES)

run: install-build-packages
	@$(MAKE) --no-print-directory all
	@exec config/demo.sh build

include web/page/page.mk
include systemd/install.mk
include tests/tests.mk

.PHONY: clean help
clean:
	rm -rf build

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile $(wildcard systemd/*.mk web/page/*.mk tests/*.mk tests/*/*.mk)
