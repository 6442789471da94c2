# SPDX-License-Identifier: GPL-2.0-or-later
#
# make bench          what the daemon costs, next to others; ten minutes
# make bench-document its last numbers into docs/performance.md

BENCH := build/bench
BENCH_TOOLS := cost load limit quality peer-libvncserver peer-x11
BENCH_PROGRAMS := draw-frames camera.so $(BENCH_TOOLS)

BENCH_OBJECTS_load := load-viewer walk walk-http
BENCH_OBJECTS_peer-libvncserver := peer
BENCH_OBJECTS_peer-x11 := peer
BENCH_LIBS_limit := -lturbojpeg
BENCH_OBJECTS_quality := reference
BENCH_FOLDERS_quality := video
# libturbojpeg first: libvncclient has old functions of the same names.
BENCH_LIBS_quality := -lturbojpeg -lvncclient -lm
BENCH_LIBS_peer-libvncserver := -lvncserver
BENCH_LIBS_peer-x11 := -lXext -lX11

bench_objects = $(patsubst %,$(BUILD)/obj/tests/bench/%.o,$(1))
define bench_tool
$(BUILD)/tests/bench/$(1): $(call bench_objects,$(1) tool \
		$(BENCH_OBJECTS_$(1))) $(foreach f,core $(BENCH_FOLDERS_$(1)),$(call archive,$(f)))
	@mkdir -p $$(@D)
	$$(call link,$$(filter %.o,$$^),core $(BENCH_FOLDERS_$(1)),$(BENCH_LIBS_$(1)))
endef
$(foreach t,$(BENCH_TOOLS),$(eval $(call bench_tool,$(t))))

# It is loaded into programs that know nothing of it.
$(BUILD)/obj/tests/bench/shared/%.o: tests/bench/%.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fPIC -MMD -MP -c -o $@ $<
$(BUILD)/obj/tests/bench/shared/clock.o: core/clock.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fPIC -MMD -MP -c -o $@ $<
$(BUILD)/tests/bench/camera.so: $(patsubst %,$(BUILD)/obj/tests/bench/shared/%.o,camera tool clock)
	@mkdir -p $(@D)
	$(call quiet,LD)$(CC) -shared $(filter-out -pie,$(LDFLAGS_ALL)) -o $@ $^

# The login's cursor needs 60 until it is as at first.
BENCH_FRAMES := 60
BENCH_FILES := $(patsubst %,$(BENCH)/frames/%,text240.yuyv601 text80.yuyv601 \
	login.yuyv601 bios.yuyv601 desktop.yuyv601 noise.yuyv601 noise.yuyv709 \
	still.yuyv601)
$(BENCH)/frames/%: $(BUILD)/tests/bench/draw-frames
	@mkdir -p $(@D)
	$(call quiet,DRAW)$< $(subst ., ,$*) $(BENCH_FRAMES) > $@

# The cursor does not blink yet, but the frames are none's copies.
$(BENCH)/frames/still.%: $(BUILD)/tests/bench/draw-frames
	@mkdir -p $(@D)
	$(call quiet,DRAW)$< login $* 30 > $@

.PHONY: bench bench-document install-bench-packages bench-measure
install-bench-packages:
	@tests/install-packages.sh $(BUILD_PACKAGES) tests/bench/packages

bench: install-bench-packages
	@$(MAKE) --no-print-directory BUILD=build bench-measure

bench-measure: programs $(BENCH_PROGRAMS:%=$(BUILD)/tests/bench/%) $(BENCH_FILES)
	@node tests/bench/measure.mjs $(BUILD) $(BENCH)

bench-document:
	node tests/bench/document.mjs $(BENCH)/results.json docs/performance.md docs/images/performance.svg
