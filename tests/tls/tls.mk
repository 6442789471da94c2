# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test-tls       what TLS other programs than ours are let speak

TLS_THROUGH := $(BUILD)/tests/tls/through
$(TLS_THROUGH): tests/tls/through.c $(MADE_WITH)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $<

.PHONY: test-tls
test-tls: programs $(TLS_THROUGH)
	@tests/tls/test-tls.sh $(BUILD) $(TLS_THROUGH)
