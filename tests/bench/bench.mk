# SPDX-License-Identifier: GPL-2.0-or-later
#
# make bench-report   instructions and bytes a frame, from screen to bytes
# make bench-time     the same in milliseconds
# make bench-gate     fails where the report exceeds its limits
# make bench-quality  what is measured, decoded and compared with its source

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
	$(call link,$(filter %.o,$^),video core)

$(BUILD)/tests/bench/path-cost: $(BUILD)/obj/tests/bench/path-cost.o \
		$(BENCH_CONTENT) $(BENCH_PATH) \
		$(foreach f,$(BENCH_FOLDERS),$(call archive,$(f)))
	@mkdir -p $(@D)
	$(call link,$(filter %.o,$^) -Wl$(comma)--wrap=core_simd_best,$(BENCH_FOLDERS))

.PHONY: bench-gate bench-report bench-time
bench-gate bench-report bench-time: $(BUILD)/tests/bench/path-cost
	@tests/bench/gate.sh $(@:bench-%=%) $< $(ONLY)

$(BUILD)/tests/bench/test-quality: $(BUILD)/obj/tests/bench/test-quality.o \
		$(BUILD)/obj/tests/bench/judge.o \
		$(BUILD)/obj/tests/vnc/tight-decode.o \
		$(BENCH_CONTENT) $(BENCH_PATH) \
		$(foreach f,$(BENCH_FOLDERS),$(call archive,$(f)))
	@mkdir -p $(@D)
	$(call link,$(filter %.o,$^) -Wl$(comma)--wrap=core_simd_best,$(BENCH_FOLDERS),$(TEST_LIBS) -lm)

.PHONY: bench-quality
bench-quality: $(BUILD)/tests/bench/test-quality
	@$(UNIT_RUNNER) $<
