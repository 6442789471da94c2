# SPDX-License-Identifier: GPL-2.0-or-later
#
# make check-page     the page's own modules, in node, and that two builds of
#                     it are one

PAGE_SUM := awk '/^\# pass/ { good = $$3 } /^\# fail/ { bad = $$3 } \
	END { print good + 0 " passed, " bad + 0 " failed" }'

.PHONY: check-page
check-page: $(GEN)/page-assets.c
	@$(NODE) web/page/build.mjs $(PAGE) $(PAGE)/again.c
	@cmp $(GEN)/page-assets.c $(PAGE)/again.c
	@$(NODE) --test --test-reporter=tap tests/page/*.test.mjs > \
		$(PAGE)/test.tap || { cat $(PAGE)/test.tap; failed=yes; }; \
	$(PAGE_SUM) $(PAGE)/test.tap; [[ -z $${failed-} ]]
