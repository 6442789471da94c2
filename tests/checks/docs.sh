#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# docs.sh PROGRAM...: every option of a program's --help stands in its man
# page and the other way round; every page that another one links to is there;
# every configuration that is shown is valid. rackhandd comes first.
set -uo pipefail
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

long_options()
{
	grep -oE -- '--[a-z][a-z-]+' | sort -u
}

# A word that is an option in bold, at the head of its paragraph, is defined.
defined_options() # FILE
{
	sed 's/\\-/-/g' "$1" | grep -E '^\*-' | long_options
}

for program; do
	name=${program##*/}
	pages=(docs/man/"$name".[0-9].scd)
	if [[ ! -e ${pages[0]} ]]; then
		report 1 "$name has no man page"
		continue
	fi
	differences=$(diff <("$program" --help | long_options) \
		<(defined_options "${pages[0]}"))
	report $? "$name: < only in --help, > only in ${pages[0]}:"$'\n'"$differences"
done

while IFS=: read -r page link; do
	target=${link#](}
	target=${target%%[)#]*}
	[[ -n $target && $target != *://* ]] || continue
	[[ -e $(dirname "$page")/$target ]]
	report $? "$page: nothing is at $target"
done < <(grep -oHE '\]\([^)]+' ./*.md docs/*.md)

# Examples of whole configurations are indented blocks that begin with a
# target; "..." marks those that leave something out.
examples=$(mktemp -d)
trap 'rm -rf "$examples"' EXIT
awk -v folder="$examples" '
	/^ *$/ && inside { block = block "\n"; next }
	{ match($0, /^ */) }
	/^ +target "/ && !inside {
		inside = 1
		indent = RLENGTH
		line = FNR
		block = ""
	}
	inside && RLENGTH >= indent { block = block $0 "\n"; next }
	inside { keep() }
	END { keep() }
	function keep(    file) {
		if (inside && block !~ /\.\.\./) {
			file = FILENAME "-" line ".conf"
			gsub("/", "-", file)
			printf "%s", block > (folder "/" file)
		}
		inside = 0
	}' README.md docs/configuration.md docs/users.md docs/viewers.md
truncate -s $((1920 * 1080 * 2)) "$examples/frames.yuyv"
install -m 600 /dev/stdin "$examples/password" <<< eightmax
for example in "$examples"/*.conf; do
	sed -i "s|/srv/frames.yuyv|$examples/frames.yuyv|
		s|/etc/rackhand/rack1.password|$examples/password|" "$example"
	said=$("$1" --check-config -c "$example" 2>&1)
	report $? "$said"
done

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
