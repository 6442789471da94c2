# SPDX-License-Identifier: GPL-2.0-or-later
#
# make page           the page for browsers alone, into build/page/site
#
# Its packages come from the npm registry, as the lock file names them, and
# run no scripts of theirs. The page is the same for every variant of the build.

PAGE := build/page
PAGE_SOURCES := $(sort $(shell find web/page -name '*.js' -o -name '*.css' \
	-o -name '*.html' -o -name '*.svg' -o -name '*.mjs'))

$(PAGE)/modules/.complete: web/page/package.json web/page/package-lock.json
	rm -rf $(@D)
	@mkdir -p $(@D)
	cp $^ $(@D)
	cd $(@D) && $(NPM) ci --ignore-scripts --no-audit --no-fund
	touch $@

$(GEN)/page-assets.c: $(PAGE)/modules/.complete $(PAGE_SOURCES)
	$(call quiet,GEN)$(NODE) web/page/build.mjs $(PAGE) $@

.PHONY: page
page: $(GEN)/page-assets.c
