# SPDX-License-Identifier: GPL-2.0-or-later
#
# How long it takes. Figures of an emulated machine: for comparison only, so
# nothing here fails for being slow, only for being lost.

# percentiles NAME < one number a line, in microseconds
percentiles() {
	sort -n | awk -v name="$1" '
		{ v[NR] = $1 }
		function p(q) { i = int(q * NR / 100 + 0.999); return v[i < 1 ? 1 : i] }
		END {
			printf "    # %s, us: p50 %d, p90 %d, p99 %d, max %d (%d)\n",
				name, p(50), p(90), p(99), v[NR], NR
		}'
}

key_latency() { # PRESSES
	local i sent=() line got=()
	begin_input_test
	for ((i = 0; i < $1; i++)); do
		viewer xt $XT_A down
		sent+=("${answer#t=}")
		pause 0.01
		viewer xt $XT_A up
		pause 0.01
	done
	host take $(($1 * 2)) 500
	for line in "${lines[@]}"; do
		[[ $line != *" key $KEY_A 1 "* ]] || got+=("${line##*t=}")
	done
	is "presses" "${#got[@]}" "$1"
	for i in "${!sent[@]}"; do
		echo $((got[i] - sent[i]))
	done | percentiles "key into the VNC socket to evdev event"
}

picture_latency() { # CHANGES
	local i start
	start_over BGR4
	cable show text 1 "$want"
	viewer expect "$want" 0
	for ((i = 2; i < $1 + 2; i++)); do
		cable change text $i "$want"
		start=$(number t)
		viewer expect "$want" 0
		echo $(($(number t) - start))
	done > "$work/latencies"
	percentiles "frame on the cable to update in the viewer" \
		< "$work/latencies"
	note "frame dequeued to last byte sent, us: p50" \
		"$(stats .timings.frame_to_sent_us.p50), p90" \
		"$(stats .timings.frame_to_sent_us.p90), p99" \
		"$(stats .timings.frame_to_sent_us.p99)" \
		"($(stats .timings.frame_to_sent_us.samples))"
	(($(stats .timings.frame_to_sent_us.samples) > 0)) ||
		fail "the daemon has measured nothing"
}

latency_tests() {
	check "key latency" key_latency $((full ? 1000 : 60))
	check "picture latency" picture_latency $((full ? 200 : 8))
}
