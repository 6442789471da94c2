# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test-link   a viewer on a thin link, and others beside it

LINK := build/link
LINK_PROGRAMS := $(LINK)/serve $(LINK)/view $(LINK)/relay
link_object = $(BUILD)/obj/tests/link/$(1).o

$(BUILD)/obj/tests/link/%.o: tests/link/%.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(LINK)/serve: $(call link_object,stamp)
$(LINK)/view: $(call link_object,stamp) \
		$(filter-out %fallback-rig.o %encoder-rig.o,$(HELPERS_vnc))
$(LINK_PROGRAMS): $(LINK)/%: $(BUILD)/obj/tests/link/%.o \
		$(foreach f,$(MAY_vnc),$(call archive,$(f)))
	@mkdir -p $(@D)
	$(call link,$(filter %.o,$^),$(MAY_vnc),$(TEST_LIBS) -lm)

.PHONY: test-link
test-link: $(LINK_PROGRAMS)
	@tests/link/test-link.sh $(LINK)
