#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# install.sh: does `make install` put everything where another PREFIX says,
# and leave a configuration alone that is there already?
set -uo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

report() # STATUS WHAT
{
	if [[ $1 -eq 0 ]]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $2"
	fi
}

place() # Installs anew; prints nothing unless it fails.
{
	"${MAKE:-make}" --no-print-directory install DESTDIR="$scratch/tree" \
		PREFIX=/opt/rackhand > "$scratch/log" 2>&1 ||
		{ cat "$scratch/log"; return 1; }
}

place
report $? "make install fails"

cd "$scratch/tree" || exit 1
for file in opt/rackhand/bin/rackhand opt/rackhand/sbin/rackhandd \
	opt/rackhand/sbin/rackhand-gadget \
	opt/rackhand/lib/systemd/system/rackhandd.service \
	opt/rackhand/lib/systemd/system/rackhandd.socket \
	opt/rackhand/lib/systemd/system/rackhand-gadget.service \
	opt/rackhand/lib/sysusers.d/rackhand.conf \
	opt/rackhand/lib/tmpfiles.d/rackhand.conf \
	opt/rackhand/lib/modules-load.d/rackhand.conf \
	opt/rackhand/lib/udev/rules.d/70-rackhand.rules \
	opt/rackhand/share/man/man1/rackhand.1 \
	opt/rackhand/share/man/man5/rackhand.conf.5 \
	opt/rackhand/share/man/man5/rackhand-users.5 \
	opt/rackhand/share/man/man8/rackhandd.8 \
	opt/rackhand/share/man/man8/rackhand-gadget.8 \
	opt/rackhand/share/bash-completion/completions/rackhand \
	opt/rackhand/share/doc/rackhand/README.md \
	opt/rackhand/share/doc/rackhand/SECURITY.md \
	opt/rackhand/share/doc/rackhand/docs/viewers.md \
	opt/rackhand/share/doc/rackhand/docs/images/console.png \
	etc/rackhand/rackhand.conf; do
	[[ -s $file ]]
	report $? "$file is not there"
done

outside=$(find . ! -type d ! -path './opt/rackhand/*' \
	! -path './etc/rackhand/*')
[[ -z $outside ]]
report $? "installed outside PREFIX and SYSCONFDIR: $outside"

usual=$(grep -rl '/usr/sbin/rackhand' opt/rackhand/lib)
[[ -z $usual ]]
report $? "still names /usr/sbin: $usual"

opt/rackhand/sbin/rackhandd --check-config -c etc/rackhand/rackhand.conf
report $? "the installed configuration is not valid"

echo '# mine' > etc/rackhand/rackhand.conf
cd - > /dev/null && place
grep -qx '# mine' "$scratch/tree/etc/rackhand/rackhand.conf"
report $? "an installed configuration was overwritten"

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
