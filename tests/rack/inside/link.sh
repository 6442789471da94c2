# SPDX-License-Identifier: GPL-2.0-or-later
#
# A link of 56 kbit/s that loses 5 % of the packets towards the viewer, with 50
# ms each way: made by the kernel, on the loopback device.

# shellcheck source=/dev/null
. "$here/judge.sh"

LINK_RATE=7000
LINK_LATENCY_MS=50
LINK_LOSS=5%

# in_net COMMAND...: in the network of $net, or this machine's if it is empty.
in_net() {
	if [[ $net ]]; then
		ip netns exec "$net" "$@"
	else
		"$@"
	fi
}

# shape: bands of lo that are such a link (4 and 5), and one that is only long
# (3). Packets stay as small as on a wire: a loss would take 64 KiB else.
shape() {
	local band
	in_net ip link set lo up mtu 1500 gso_max_segs 1
	in_net tc qdisc replace dev lo root handle 1: prio bands 5 \
		priomap 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
	in_net tc qdisc add dev lo parent 1:3 \
		netem delay ${LINK_LATENCY_MS}ms limit 1000
	for band in 4 5; do
		in_net tc qdisc add dev lo parent 1:$band netem limit 1000 \
			delay ${LINK_LATENCY_MS}ms loss $LINK_LOSS \
			rate $((LINK_RATE * 8))bit
	done
}

# steer BAND MATCH...: packets that match take that band.
steer() {
	local band=$1
	shift
	in_net tc filter add dev lo parent 1: protocol ip u32 \
		match ip "$@" flowid "1:$band"
}

unshape() {
	ip netns del link 2> /dev/null || true
	tc qdisc del dev lo root 2> /dev/null || true
	ip link set lo mtu 65536 gso_max_segs 65535
}

# view FROM MODE FILE
link_view() {
	in_net "$bin/link-view" "$1" 127.0.0.1:5900 "$2" "$seconds" > "$3" &
	viewers+=($!)
}

# Viewers of a server whose picture never stands still, in a network of their
# own: with fences, with requests, and one that has another link. The last
# lost packet of a picture is missed late, so some pictures are.
link_picture() { # SECONDS PERCENTILE
	local seconds=$1 viewer viewers=() mode net=link
	ip netns add link
	shape
	steer 4 dst 127.0.0.2/32
	steer 5 dst 127.0.0.3/32
	steer 3 src 127.0.0.2/32
	steer 3 src 127.0.0.3/32
	in_net "$bin/link-serve" 127.0.0.1:5900 $((seconds + 5)) \
		> "$work/serve" 2> "$work/serve.log" &
	pause 1
	link_view 127.0.0.2 fences "$work/fences"
	link_view 127.0.0.3 requests "$work/requests"
	link_view 127.0.0.4 fences "$work/quick"
	for viewer in "${viewers[@]}"; do
		wait "$viewer"
	done
	for mode in fences requests; do
		judge_pictures "$mode" "$work/$mode" $LINK_RATE "$2" \
			"$(machine_lag "$work/quick" 90)"
	done > "$work/judged"
	sed 's/^/    # /' "$work/judged"
	note "the quick viewer: $(pictures "$work/quick") pictures in $seconds s"
	((judged_bad == 0))
}

# The port of the viewer that came last.
newest_peer() {
	rackhand --json status | awk -F '[:"]+' '
		/"peer":/ { port = $5 } /"name": "demo"/ { exit }
		END { print port }'
}

# Through the product, up to what the host of the keyboard reads, while the
# picture changes.
link_keys() { # PRESSES
	local i net='' port sent=() got=() line
	begin_input_test
	shape
	start_over BGR4
	cable show text 1 "$want"
	viewer expect "$want" 0
	second close
	second connect $VNC 6
	second refresh
	port=$(newest_peer)
	steer 4 dport "$port" 0xffff
	steer 3 sport "$port" 0xffff
	# The daemon gets to know the link: before, it may fill it with a picture,
	# behind which answers to keys wait.
	for i in 2 3; do
		cable change text "$i" "$want"
		second expect "$want" 0 30000
	done
	for ((i = 0; i < $1; i++)); do
		((i % 10)) || cable change text $((i + 4)) "$want"
		second xt $XT_A down
		sent+=("${answer#t=}")
		pause 0.05
		second xt $XT_A up
		pause 0.05
	done
	host take $(($1 * 2)) 2000
	for line in "${lines[@]}"; do
		[[ $line != *" key $KEY_A 1 "* ]] || got+=("${line##*t=}")
	done
	is "presses" "${#got[@]}" "$1"
	for i in "${!sent[@]}"; do
		echo $((got[i] - sent[i]))
	done > "$work/latencies"
	percentiles "key into a thin link to evdev event" < "$work/latencies"
	second close
	at_most "p90, us" "$(percentile 90 < "$work/latencies")" \
		$((2 * LINK_LATENCY_MS * 1000 + 20000))
}

link_tests() {
	[[ -z $full ]] || check "link picture" link_picture 300 90
	check "link keys" link_keys $((full ? 300 : 20))
	! wanted "link" || unshape
}
