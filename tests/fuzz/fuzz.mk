# SPDX-License-Identifier: GPL-2.0-or-later
#
# make fuzz-replay         every stored input once, and how far it gets
# make fuzz TIME=60        look for more, TIME seconds each (ONLY=config)
# make fuzz-merge          keep what make fuzz has found, as little as does
# make fuzz-coverage       the parsers' lines that no stored input reaches
#
# A target is tests/fuzz/fuzz-NAME.c, its inputs tests/fuzz/corpus/NAME, words
# of its language tests/fuzz/NAME.dict.

# FUZZ_NAME: the folders whose code it is linked from.
FUZZ_config := config core
FUZZ_cut-text := vnc net video core
FUZZ_edid := capture video core
FUZZ_handshake := vnc net video core
FUZZ_http := web net core
FUZZ_json := web net core
FUZZ_keys := server config hid-gadget core
FUZZ_messages := vnc net video core
FUZZ_mjpeg := video core
FUZZ_pixel-format := vnc net video core
FUZZ_session := vnc net video core
FUZZ_timings := capture video core
FUZZ_tokens := server config core
FUZZ_users := server config core
FUZZ_v4l2 := capture video core
FUZZ_vencrypt := vnc net video core
FUZZ_websocket := net core

FUZZ_NAMES := $(patsubst tests/fuzz/fuzz-%.c,%,$(sort $(wildcard tests/fuzz/fuzz-*.c)))
FUZZ_BUILD := build/fuzz
TIME ?= 60
ONLY ?= $(FUZZ_NAMES)

# libFuzzer comes with clang alone, and so all of it is clang's: one build
# that hunts, checks, and counts lines.
FUZZ_MAKE = $(MAKE) --no-print-directory BUILD=$(FUZZ_BUILD) CC=clang WERROR=1 \
	SANITIZE=address,undefined,fuzzer-no-link \
	CFLAGS='-O1 -g -fprofile-instr-generate=/dev/null -fcoverage-mapping' \
	LDFLAGS='-fprofile-instr-generate=/dev/null'
FUZZ_LINK := -fsanitize=fuzzer \
	$(foreach f,malloc calloc realloc strdup getrandom,-Wl,--wrap=$(f))

# In every target, and what one takes from when it needs it.
FUZZ_ALWAYS := $(patsubst %,$(BUILD)/obj/tests/fuzz/%.o,fuzz chance clock memory)
FUZZ_HELPERS := $(filter-out $(FUZZ_ALWAYS),$(patsubst %.c,$(BUILD)/obj/%.o, \
	$(filter-out tests/fuzz/fuzz-%,$(sort $(wildcard tests/fuzz/*.c))) \
	tests/bench/inline-workers.c))
FUZZ_ARCHIVE := $(BUILD)/lib/fuzz.a
$(FUZZ_ARCHIVE): $(FUZZ_HELPERS)
	@mkdir -p $(@D); rm -f $@
	$(call quiet,AR)$(AR) rcsD $@ $(FUZZ_HELPERS)

define fuzz_rules
$(BUILD)/fuzz-$(1): $(BUILD)/obj/tests/fuzz/fuzz-$(1).o $$(FUZZ_ALWAYS) $$(FUZZ_ARCHIVE) $$(foreach f,$$(FUZZ_$(1)),$$(call archive,$$(f)))
	$$(call link,$$< $$(FUZZ_ALWAYS) $$(FUZZ_ARCHIVE),$$(FUZZ_$(1)),$$(FUZZ_LINK))
endef
$(foreach n,$(FUZZ_NAMES),$(eval $(call fuzz_rules,$(n))))

$(BUILD)/obj/tests/fuzz/%.o: tests/fuzz/%.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

.PHONY: fuzz-programs fuzz-replay fuzz fuzz-merge fuzz-coverage
fuzz-programs: $(FUZZ_NAMES:%=$(BUILD)/fuzz-%)

fuzz-replay:
	$(FUZZ_MAKE) fuzz-programs
	@tests/fuzz/replay.sh $(FUZZ_BUILD) $(FUZZ_NAMES)

fuzz-coverage:
	$(FUZZ_MAKE) fuzz-programs
	@tests/fuzz/replay.sh --lines $(FUZZ_BUILD) $(FUZZ_NAMES)

fuzz:
	$(FUZZ_MAKE) fuzz-programs
	@tests/fuzz/hunt.sh $(FUZZ_BUILD) $(TIME) $(ONLY)

fuzz-merge:
	$(FUZZ_MAKE) fuzz-programs
	@tests/fuzz/merge.sh $(FUZZ_BUILD) $(ONLY)
