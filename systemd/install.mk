# SPDX-License-Identifier: GPL-2.0-or-later
#
# make install        into DESTDIR; PREFIX and SYSCONFDIR as usual
# make check-units    are the units sound, and is the daemon well confined?

BINDIR := $(PREFIX)/bin
SBINDIR := $(PREFIX)/sbin
LIBDIR := $(PREFIX)/lib
UNITDIR := $(LIBDIR)/systemd/system
MANDIR := $(PREFIX)/share/man
DOCDIR := $(PREFIX)/share/doc/rackhand
COMPLETIONDIR := $(PREFIX)/share/bash-completion/completions

UNITS := rackhandd.service rackhandd.socket rackhandd-web.socket \
	rackhandd-web-redirect.socket rackhand-gadget.service

# The files name /usr/sbin and /etc; an installation elsewhere says so.
install_adapted = sed -e 's,/usr/sbin/,$(SBINDIR)/,g' \
	-e 's,/etc/rackhand,$(SYSCONFDIR)/rackhand,g' systemd/$(1) \
	> '$(DESTDIR)$(2)' && chmod 644 '$(DESTDIR)$(2)'

.PHONY: install
install: all
	install -d $(foreach d,$(BINDIR) $(SBINDIR) $(UNITDIR) \
		$(LIBDIR)/sysusers.d $(LIBDIR)/tmpfiles.d \
		$(LIBDIR)/modules-load.d $(LIBDIR)/udev/rules.d \
		$(DOCDIR),'$(DESTDIR)$(d)')
	install -d -m 750 '$(DESTDIR)$(SYSCONFDIR)/rackhand'
	install -m 755 $(BUILD)/rackhand '$(DESTDIR)$(BINDIR)'
	install -m 755 $(BUILD)/rackhandd $(BUILD)/rackhand-gadget \
		'$(DESTDIR)$(SBINDIR)'
	$(foreach u,$(UNITS),$(call install_adapted,$(u),$(UNITDIR)/$(u)) &&) :
	$(call install_adapted,rackhand.sysusers,$(LIBDIR)/sysusers.d/rackhand.conf)
	$(call install_adapted,rackhand.tmpfiles,$(LIBDIR)/tmpfiles.d/rackhand.conf)
	$(call install_adapted,rackhand.modules-load,$(LIBDIR)/modules-load.d/rackhand.conf)
	$(call install_adapted,70-rackhand.rules,$(LIBDIR)/udev/rules.d/70-rackhand.rules)
	for page in $(MAN_PAGES); do \
		install -D -m 644 "$$page" \
			"$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}"; \
	done
	install -D -m 644 systemd/rackhand.bash-completion \
		'$(DESTDIR)$(COMPLETIONDIR)/rackhand'
	install -m 644 README.md CONTRIBUTING.md SECURITY.md LICENSE '$(DESTDIR)$(DOCDIR)'
	install -D -m 644 -t '$(DESTDIR)$(DOCDIR)/docs' docs/*.md \
		docs/openapi.json
	install -D -m 644 -t '$(DESTDIR)$(DOCDIR)/docs/images' docs/images/*
	[[ -e '$(DESTDIR)$(SYSCONFDIR)/rackhand/rackhand.conf' ]] || \
		install -m 640 config/rackhand.conf \
			'$(DESTDIR)$(SYSCONFDIR)/rackhand/rackhand.conf'

.PHONY: check-units
check-units:
	systemd/check-units.sh
