# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test-viewers   real VNC viewers look at the demo target and type

VIEWERS := build/viewers

$(BUILD)/obj/tests/viewers/%.o: tests/viewers/%.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(VIEWERS)/replay: $(BUILD)/obj/tests/viewers/replay.o \
		$(call rack_object,picture)
	@mkdir -p $(@D)
	$(call quiet,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ -lvncclient -lm

$(VIEWERS)/find-picture: $(BUILD)/obj/tests/viewers/find-picture.o \
		$(call rack_object,picture)
	@mkdir -p $(@D)
	$(call quiet,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ -lm

.PHONY: test-viewers
test-viewers: programs $(VIEWERS)/find-picture $(VIEWERS)/replay $(RACK)/bin/rfb-probe
	@tests/viewers/test-viewers.sh $(BUILD) $(VIEWERS) $(RACK)/bin/rfb-probe
