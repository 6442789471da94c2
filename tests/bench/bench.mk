# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is measured: content of our own, see tests/bench/content.h.

BENCH_FOLDERS := vnc net video core
BENCH_CONTENT := $(patsubst %,$(BUILD)/obj/tests/bench/%.o,canvas chance \
	content content-layout scenes-picture scenes-text)

$(BUILD)/obj/tests/bench/%.o: tests/bench/%.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(CFLAGS_vnc) -MMD -MP -c -o $@ $<

$(BUILD)/tests/bench/draw-frames: $(BUILD)/obj/tests/bench/draw-frames.o \
		$(BENCH_CONTENT) $(foreach f,video core,$(call archive,$(f)))
	@mkdir -p $(@D)
	$(call link,$(filter %.o,$^),video core,-lm)
