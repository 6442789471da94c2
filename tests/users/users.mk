# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test-users     users, passwords and roles from the command line

.PHONY: test-users
test-users: programs
	@tests/users/test-users.sh $(BUILD)
