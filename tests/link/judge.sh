# SPDX-License-Identifier: GPL-2.0-or-later
#
# Judges what serve and its viewers said.

judged_ok=0
judged_bad=0

# percentile Q < one number a line
percentile() {
	sort -n | awk -v q="$1" '{ v[NR] = $1 } END {
		if (NR == 0) exit 1
		i = int(q * NR / 100 + 0.999); print v[i < 1 ? 1 : i] }'
}

judge() { # WHAT GOT LIMIT
	if [[ $2 ]] && (($2 <= $3)); then
		judged_ok=$((judged_ok + 1))
		echo "ok $1: $2 (at most $3)"
	else
		judged_bad=$((judged_bad + 1))
		echo "FAIL $1: ${2:-nothing} (at most $3)"
	fi
}

# Microseconds from a key's way into the socket to the server's handler.
key_times() { # SERVED VIEWED
	awk '$1 != "key" { next }
		FNR == NR { heard[$2] = $3; next }
		{ print $2 in heard ? heard[$2] - $3 : 99999999 }' "$1" "$2"
}

# How much older than its own time on the wire each picture was on arrival,
# the first one, of the whole screen, left out.
waits() { # VIEWED RATE
	awk -v rate="$2" '$1 == "picture" && n++ {
		print int($2 - $3 * 1000000 / rate) }' "$1"
}

pictures() { grep -c ^picture "$1"; }

# By how much this machine, busy as it is, delays a viewer without such a link.
machine_lag() { # VIEWED PERCENTILE
	waits "$1" 1000000000 | percentile "$2"
}

judge_keys() { # NAME SERVED VIEWED ROUND-TRIP-MS LAG-US
	judge "$1: key in, p90, us" \
		"$(key_times "$2" "$3" | percentile 90)" \
		$(($4 * 1000 + 20000 + $5))
}

# PERCENTILE: of the pictures, so many are in time.
judge_pictures() { # NAME VIEWED RATE PERCENTILE LAG-US
	judge "$1: pictures older than their time on the wire, p$4, by us" \
		"$(waits "$2" "$3" | percentile "$4")" $((1000000 + $5))
	echo "   $(pictures "$2") pictures, p50" \
		"$(waits "$2" "$3" | percentile 50) us, all" \
		"$(waits "$2" "$3" | percentile 100) us"
}

judge_quick() { # VIEWED SECONDS
	judge "pictures that the quick viewer missed, in 1000" \
		$((1000 - 1000 * $(pictures "$1") / (30 * $2))) 50
}
