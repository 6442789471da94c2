# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test-web   the daemon by HTTP and WebSocket, byte by byte
#
# Figures are kept in build/web/.

WEB := build/web

# The longest first.
WEB_GROUPS := slow host

.PHONY: test-web
test-web: programs
	@node tests/web/run.mjs 3 $(BUILD) $(WEB) $(WEB_GROUPS)
