# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test-daemon    configuration, start, reload and stop of rackhandd

.PHONY: test-daemon
test-daemon: programs $(RACK)/bin/rfb-probe
	@tests/daemon/test-daemon.sh $(BUILD) $(RACK)/bin/rfb-probe
