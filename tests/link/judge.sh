# SPDX-License-Identifier: GPL-2.0-or-later
#
# Judges what serve and two views said: WORK/serve, WORK/thin, WORK/quick.

passed=0
failed=0

# percentile Q < one number a line
percentile() {
	sort -n | awk -v q="$1" '{ v[NR] = $1 } END {
		if (NR == 0) exit 1
		i = int(q * NR / 100 + 0.999); print v[i < 1 ? 1 : i] }'
}

at_most() { # WHAT GOT LIMIT
	if [[ $2 ]] && (($2 <= $3)); then
		passed=$((passed + 1))
		echo "ok $1: $2 (at most $3)"
	else
		failed=$((failed + 1))
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

judge_thin() { # NAME SERVED VIEWED RATE ROUND-TRIP-MS
	at_most "$1: key in, p90, us" \
		"$(key_times "$2" "$3" | percentile 90)" $(($5 * 1000 + 20000))
	at_most "$1: a picture is older than its time on the wire by, us" \
		"$(waits "$3" "$4" | percentile 100)" 1000000
	echo "   $(pictures "$3") pictures, waits p50" \
		"$(waits "$3" "$4" | percentile 50) us; keys p50" \
		"$(key_times "$2" "$3" | percentile 50) us"
}

judge_quick() { # VIEWED SECONDS
	at_most "pictures that the quick viewer missed, in 1000" \
		$((1000 - 1000 * $(pictures "$1") / (30 * $2))) 50
}
