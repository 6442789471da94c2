# SPDX-License-Identifier: GPL-2.0-or-later
#
# make rack           make the virtual machine of the tests, in build/rack
# make test-rack      install the product in it, boot it, run its tests there
# make rack-shell     boot it with the product in it, and give a shell

RACK := build/rack
RACK_PROGRAMS := hdmi-cable rfb-probe evdev-probe
RACK_TOOLS := $(RACK_PROGRAMS:%=$(RACK)/bin/%)
RACK_LINK := $(RACK)/bin/link-serve $(RACK)/bin/link-view
RACK_SHARED := agent picture raw jpeg-judge rfb-viewer rfb-pictures

rack_object = $(BUILD)/obj/tests/rack/$(1).o
# turbojpeg first, as in the product.
RACK_LIBS = $(LIBS_video) -lvncclient -lm

$(BUILD)/obj/tests/rack/%.o: tests/rack/%.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(CFLAGS_vnc) -MMD -MP -c -o $@ $<

$(RACK_TOOLS): $(RACK)/bin/%: $(call rack_object,%) \
		$(foreach s,$(RACK_SHARED),$(call rack_object,$(s)))
	@mkdir -p $(@D)
	$(call quiet,LD)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(RACK_LIBS)

$(RACK_LINK): $(RACK)/bin/link-%: build/link/%
	@mkdir -p $(@D)
	cp $< $@

# Root file systems hold files of many owners.
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo)

.PHONY: rack rack-stage test-rack rack-shell
rack: programs $(RACK_TOOLS) $(RACK_LINK)
	@$(AS_ROOT) tests/rack/build.sh $(RACK) $(PROGRAMS:%=$(BUILD)/%) $(RACK_TOOLS) \
		$(RACK_LINK)

# The product as a package would bring it.
rack-stage: rack
	@$(AS_ROOT) rm -rf $(RACK)/stage
	@$(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/$(RACK)/stage \
		PREFIX=/usr SYSCONFDIR=/etc > build/rack-stage.log
	@$(AS_ROOT) chown -R root:root $(RACK)/stage

test-rack: rack-stage $(WEB)/modules/.complete
	@$(AS_ROOT) env RACKHAND_TEST_FULL=$(RACKHAND_TEST_FULL) \
		tests/rack/test-rack.sh $(RACK)

rack-shell: rack-stage
	@$(AS_ROOT) tests/rack/vm.sh $(RACK) start
	@$(AS_ROOT) tests/rack/vm.sh $(RACK) shell || true
	@$(AS_ROOT) tests/rack/vm.sh $(RACK) stop
