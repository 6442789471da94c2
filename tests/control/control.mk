# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test-control   several viewers at one target: who operates, who stays

CONTROL := build/control

$(BUILD)/obj/tests/control/%.o: tests/control/%.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# The daemon, with a host that writes down what it is told.
CONTROL_WRAPPED := $(patsubst %,-Wl$(comma)--wrap=capture_demo_usb_%,create \
	destroy set_leds)
$(CONTROL)/rackhandd-reporting: $(BUILD)/obj/server/rackhandd.o \
		$(BUILD)/obj/tests/control/reporting-host.o \
		$(foreach f,$(FOLDERS_rackhandd),$(call archive,$(f)))
	@mkdir -p $(@D)
	$(call link,$(filter %.o,$^) $(CONTROL_WRAPPED),$(FOLDERS_rackhandd))

.PHONY: test-control
test-control: programs $(CONTROL)/rackhandd-reporting
	@node tests/control/test-control.mjs $(BUILD) $(CONTROL)
