# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test-web   the daemon by HTTP and WebSocket, byte by byte and in a browser
# make web-speed  how long a browser takes, without others in the way (needs root)
#
# The packages come from the npm registry, as the lock file names them; the
# browser is Debian's. Pictures and figures are kept in build/web/.

WEB := build/web

# The longest first.
WEB_GROUPS := paste console page session speed slow tokens smuggling websocket \
	lockout host crowd

$(WEB)/modules/.complete: tests/web/package.json tests/web/package-lock.json
	rm -rf $(@D)
	@mkdir -p $(@D)
	cp $^ $(@D)
	cd $(@D) && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

.PHONY: test-web
test-web: programs $(WEB)/modules/.complete
	@node tests/web/run.mjs 3 $(BUILD) $(WEB) $(WEB_GROUPS)

# Chromium and the daemon take the processors whenever they want them.
.PHONY: web-speed
web-speed: programs $(WEB)/modules/.complete
	@chrt -r 1 node tests/web/run.mjs 1 $(BUILD) $(WEB) speed
