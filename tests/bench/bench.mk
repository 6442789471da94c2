# SPDX-License-Identifier: GPL-2.0-or-later
#
# make bench-report   instructions and bytes a frame, from screen to bytes
# make bench-time     the same in milliseconds
# make bench-gate     fails where the report exceeds its limits

BENCH_FOLDERS := vnc net video core
BENCH_CONTENT := $(patsubst %,$(BUILD)/obj/tests/bench/%.o,canvas chance \
	content content-layout names scenes-picture scenes-text)
BENCH_PATH := $(patsubst %,$(BUILD)/obj/tests/bench/%.o,fixed-simd \
	inline-workers path reel sink)

$(BUILD)/obj/tests/bench/%.o: tests/bench/%.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(CFLAGS_vnc) -MMD -MP -c -o $@ $<

$(BUILD)/tests/bench/draw-frames: $(BUILD)/obj/tests/bench/draw-frames.o \
		$(BENCH_CONTENT) $(foreach f,video core,$(call archive,$(f)))
	@mkdir -p $(@D)
	$(call link,$(filter %.o,$^),video core,-lm)

$(BUILD)/tests/bench/path-cost: $(BUILD)/obj/tests/bench/path-cost.o \
		$(BENCH_CONTENT) $(BENCH_PATH) \
		$(foreach f,$(BENCH_FOLDERS),$(call archive,$(f)))
	@mkdir -p $(@D)
	$(call link,$(filter %.o,$^) -Wl$(comma)--wrap=core_simd_best,$(BENCH_FOLDERS),-lm)

.PHONY: bench-gate bench-report bench-time
bench-gate bench-report bench-time: $(BUILD)/tests/bench/path-cost
	@tests/bench/gate.sh $(@:bench-%=%) $< $(BENCH)
