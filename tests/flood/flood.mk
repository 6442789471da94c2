# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test-flood     many strangers at once, and viewers that break off

FLOOD := build/flood
FLOOD_PROGRAMS := $(FLOOD)/flood
FLOOD_SHARED := $(patsubst %,$(BUILD)/obj/tests/%.o,flood/peer flood/figures \
	bench/walk bench/tool)

$(BUILD)/obj/tests/flood/%.o: tests/flood/%.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(CFLAGS_net) $(CFLAGS_vnc) -MMD -MP -c -o $@ $<

$(FLOOD_PROGRAMS): $(FLOOD)/%: $(BUILD)/obj/tests/flood/%.o $(FLOOD_SHARED) \
		$(call archive,core)
	@mkdir -p $(@D)
	$(call link,$(filter %.o,$^),net core,$(LIBS_vnc))

.PHONY: test-flood
test-flood: programs $(FLOOD_PROGRAMS)
	@tests/flood/test-flood.sh $(BUILD) $(FLOOD)
