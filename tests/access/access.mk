# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test-access    who gets in, what they may do, and how they are sent away

.PHONY: test-access
test-access: programs $(RACK)/bin/rfb-probe
	@tests/access/test-access.sh $(BUILD) $(RACK)/bin/rfb-probe
