# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test-completion   what a Tab offers behind "rackhand" in bash

.PHONY: test-completion
test-completion: programs
	@tests/cli/test-completion.sh $(BUILD)
