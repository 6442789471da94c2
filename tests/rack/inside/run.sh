#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh [NAME...]: all tests of the rack, or those whose name contains NAME.
set -euo pipefail

here=${0%/*}
names=("$@")
for part in lib setup service picture signal input layouts usb latency link \
	cuts; do
	# shellcheck source=/dev/null
	. "$here/$part.sh"
done

mkdir -p $work
rm -f $work/never
mkfifo $work/never
exec {never}<> $work/never
prepare
start_agents

service_tests
picture_tests
signal_tests
input_tests
layout_tests
usb_tests
cut_tests
latency_tests
link_tests

echo
echo "$passed passed, $failed failed"
((failed == 0))
