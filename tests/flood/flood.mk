# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test-flood     many strangers at once, and viewers that break off

FLOOD := build/flood
FLOOD_PROGRAMS := $(FLOOD)/flood $(FLOOD)/break-off $(FLOOD)/crowd \
	$(FLOOD)/press
FLOOD_SHARED := $(patsubst %,$(BUILD)/obj/tests/%.o,flood/peer flood/figures \
	bench/walk bench/tool)

$(BUILD)/obj/tests/flood/%.o: tests/flood/%.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(CFLAGS_net) $(CFLAGS_vnc) -MMD -MP -c -o $@ $<

$(FLOOD_PROGRAMS): $(FLOOD)/%: $(BUILD)/obj/tests/flood/%.o $(FLOOD_SHARED) \
		$(call archive,core)
	@mkdir -p $(@D)
	$(call link,$(filter %.o,$^),net core,$(LIBS_vnc))

# The daemon, with a host that tells what is held.
FLOOD_WRAPPED := $(patsubst %,-Wl$(comma)--wrap=capture_demo_usb_%,create \
	destroy set_leds)
$(FLOOD)/rackhandd-watched: $(BUILD)/obj/server/rackhandd.o \
		$(BUILD)/obj/tests/flood/watched-host.o \
		$(foreach f,$(FOLDERS_rackhandd),$(call archive,$(f)))
	@mkdir -p $(@D)
	$(call link,$(filter %.o,$^) $(FLOOD_WRAPPED),$(FOLDERS_rackhandd))

.PHONY: test-flood
test-flood: programs $(FLOOD_PROGRAMS) $(FLOOD)/rackhandd-watched
	@tests/flood/test-flood.sh $(BUILD) $(FLOOD)
	@tests/flood/test-limits.sh $(BUILD) $(FLOOD)
