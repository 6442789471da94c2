# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test-walk   viewers of four makers follow a random walk of the picture

WALK := build/walk
WALK_CFLAGS_gvnc-viewer = $(shell pkg-config --cflags gvnc-1.0)

$(BUILD)/obj/tests/walk/%.o: tests/walk/%.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) \
		$(WALK_CFLAGS_$*:-I%=-isystem %) -MMD -MP -c -o $@ $<

$(WALK)/walk-server: $(BUILD)/obj/tests/walk/walk-server.o \
		$(BUILD)/obj/tests/walk/scene.o \
		$(call rack_object,picture) \
		$(foreach f,$(MAY_vnc),$(call archive,$(f)))
	@mkdir -p $(@D)
	$(call link,$(filter %.o,$^),$(MAY_vnc),-lm)

$(WALK)/gvnc-viewer: $(BUILD)/obj/tests/walk/gvnc-viewer.o \
		$(call rack_object,picture)
	@mkdir -p $(@D)
	$(call quiet,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ \
		$$(pkg-config --libs gvnc-1.0)

.PHONY: test-walk
test-walk: $(WALK)/walk-server $(WALK)/gvnc-viewer $(VIEWERS)/find-picture \
		$(RACK)/bin/rfb-probe $(NOVNC)/.complete
	@tests/walk/test-walk.sh $(WALK) $(VIEWERS) $(RACK)/bin/rfb-probe $(NOVNC)
