# SPDX-License-Identifier: GPL-2.0-or-later
#
# make unit           unit tests of every folder
# make unit-FOLDER    unit tests of one folder (make unit-video)

# Each folder's tests link only what that folder may include.
MAY_core := core
MAY_net := net core
MAY_video := video core
MAY_capture := capture video core
MAY_hid-gadget := hid-gadget core
MAY_vnc := vnc net video core
MAY_config := config core
MAY_server := $(FOLDERS)

# Extra libraries of one test: tests/FOLDER/test-NAME.c -> TEST_LIBS_test-NAME.
TEST_LIBS := -lcmocka

define unit_rules
UNIT_$(1) := $(patsubst tests/$(1)/%.c,$(BUILD)/tests/$(1)/%,$(sort $(wildcard tests/$(1)/test-*.c)))
HELPERS_$(1) := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out tests/$(1)/test-%,$(sort $(wildcard tests/$(1)/*.c))))
$$(UNIT_$(1)): $(BUILD)/tests/$(1)/%: $(BUILD)/obj/tests/$(1)/%.o $$(HELPERS_$(1)) $$(foreach f,$$(MAY_$(1)),$$(call archive,$$(f)))
	@mkdir -p $$(@D)
	$$(call link,$$< $$(HELPERS_$(1)),$$(MAY_$(1)),$(TEST_LIBS) $$(TEST_LIBS_$$*) -lm)
$(BUILD)/obj/tests/$(1)/%.o: tests/$(1)/%.c
	@mkdir -p $$(@D)
	$(CC) $$(CPPFLAGS_ALL) $$(CFLAGS_ALL) $$(CFLAGS_$(1)) -MMD -MP -c -o $$@ $$<
.PHONY: unit-$(1)
unit-$(1): $$(UNIT_$(1))
	@for t in $$(UNIT_$(1)); do echo "== $$$$t"; $(UNIT_RUNNER) $$$$t; done
endef
$(foreach f,$(FOLDERS),$(eval $(call unit_rules,$(f))))

.PHONY: unit
unit: $(FOLDERS:%=unit-%)
