# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test-cli          rackhand against a daemon, by its socket and by https
# make test-completion   what a Tab offers behind "rackhand" in bash

.PHONY: test-cli test-completion
test-cli: programs $(RACK)/bin/rfb-probe
	@tests/cli/test-cli.sh $(BUILD) $(RACK)/bin/rfb-probe

test-completion: programs
	@tests/cli/test-completion.sh $(BUILD)
