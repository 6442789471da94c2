# SPDX-License-Identifier: GPL-2.0-or-later
#
# The signal comes, goes and changes; the device fails: fault table V.

vivid=/sys/bus/platform/drivers/vivid

SIGNAL_OK=4 SIGNAL_NONE=1 SIGNAL_NO_LOCK=2 SIGNAL_OUT_OF_RANGE=3

# A picture that is known, in a viewer that sees it.
begin_signal_test() {
	start_over BGR4
	set_mode 640x480p59
	cable show text 11 "$want"
	viewer expect "$want" 0 8000
}

picture_is_back() { # MS
	viewer expect "$want" 0 "$1"
}

mode_change_is_followed() { # MODE SIZE
	local left_us
	start_over BGR4
	cable mode "$1"
	left_us=$(number t)
	viewer wait-size "$2" 8000
	note "resized $((($(number t) - left_us) / 1000)) ms after the change"
	within 2000 state_is .capture.state ok
	cable show text 3 "$want"
	viewer expect "$want" 0 10000
}

another_picture_is_shown() {
	viewer dump "$work/card.ppm" && ! cmp -s "$work/card.ppm" "$want"
}

bad_signal_is_told() { # SIGNAL STATE
	begin_signal_test
	cable set dv_timings_signal_mode "$1"
	within 2000 state_is .capture.state "$2"
	within 2000 another_picture_is_shown
	viewer status
	[[ $answer == "size=640x480 "* ]]
	cable set dv_timings_signal_mode $SIGNAL_OK
	within 2000 state_is .capture.state ok
	picture_is_back 3000
}

replug() { # TIMES
	local i start ms worst=0
	begin_signal_test
	for ((i = 0; i < $1; i++)); do
		cable set dv_timings_signal_mode $SIGNAL_NONE
		within 3000 another_picture_is_shown
		start=${EPOCHREALTIME/./}
		cable set dv_timings_signal_mode $SIGNAL_OK
		picture_is_back 4000
		ms=$(((${EPOCHREALTIME/./} - start) / 1000))
		((ms <= worst)) || worst=$ms
	done
	note "the picture was back after at most $ms ms"
}

mode_storm_is_bounded() { # SECONDS
	local end before after i=0 rss pid
	begin_signal_test
	pid=$(daemon_pid)
	rss=$(awk '/VmRSS/ { print $2 }' "/proc/$pid/status")
	viewer status
	before=$(number resizes)
	end=$((SECONDS + $1))
	while ((SECONDS < end)); do
		# 640x480 and 800x600 in turn
		cable set dv_timings $((i++ % 2 ? 0 : 24))
		pause 0.02
	done
	cable mode 640x480p59
	within 5000 state_is .capture.width 640
	viewer wait-size 640x480
	cable show text 12 "$want"
	picture_is_back 5000
	viewer status
	after=$(number resizes)
	note "$i changes, $((after - before)) resizes"
	at_most "resizes in $1 s" $((after - before)) $((4 * ($1 + 2)))
	is "process" "$(daemon_pid)" "$pid"
	at_most "growth in KiB" $(($(awk '/VmRSS/ { print $2 }' \
		"/proc/$pid/status") - rss)) 65536
}

# Each error hits one buffer, which may be one of the cable's own.
flagged_buffers_are_dropped() {
	local before i
	begin_signal_test
	before=$(status .capture.dropped)
	for i in {1..40}; do
		cable set inject_v4l2_buf_flag_error 1
		pause 0.05
		(($(status .capture.dropped) == before)) || break
	done
	cable change text 13 "$want"
	picture_is_back 3000
	(($(status .capture.dropped) > before)) || fail "none was counted"
	state_is .capture.state ok
}

# The error hits every queue of the device, the cable's too.
fatal_error_is_survived() { # TIMES
	local i restarts
	begin_signal_test
	restarts=$(status .capture.restarts)
	for ((i = 0; i < $1; i++)); do
		cable set inject_fatal_streaming_error 1
		cable show text $((20 + i)) "$want"
		picture_is_back 4000
	done
	(($(status .capture.restarts) > restarts)) || fail "no restart counted"
}

# The next mode needs other buffers.
failing_reqbufs_is_tried_again() {
	begin_signal_test
	cable unplug
	cable set inject_vidioc_reqbufs_error 1
	set_mode 800x600p60
	cable show text 18 "$want"
	picture_is_back 6000
	set_mode 640x480p59
}

# While the stream stands and nobody else makes that call.
failing_call_is_tried_again() { # CONTROL
	local restarts
	begin_signal_test
	cable unplug
	viewer close
	pause 0.7
	restarts=$(status .capture.restarts)
	cable set "$1" 1
	viewer connect $VNC
	within 4000 eval "((\$(status .capture.restarts) > $restarts))"
	cable show text 18 "$want"
	picture_is_back 6000
}

unbind_vivid() { echo vivid.0 > $vivid/unbind; }
bind_vivid() {
	echo vivid.0 > $vivid/bind
	udevadm settle
	cable set osd_text_mode 2
}

device_goes_and_comes_back() { # TIMES
	local i fds pid
	begin_signal_test
	pid=$(daemon_pid)
	fds=$(ls "/proc/$pid/fd" | wc -l)
	for ((i = 0; i < $1; i++)); do
		cable unplug
		unbind_vivid
		within 2000 state_is .capture.state no-device
		bind_vivid
		within 4000 state_is .capture.state ok
	done
	viewer wait-size 1280x720
	set_mode 640x480p59
	cable show text 14 "$want"
	picture_is_back 5000
	is "process" "$(daemon_pid)" "$pid"
	at_most "descriptors" "$(ls "/proc/$pid/fd" | wc -l)" $((fds + 1))
}

device_comes_back_under_another_number() {
	local old holder
	begin_signal_test
	cable unplug
	old=$(readlink -f "$video")
	exec {holder}< "$old"
	unbind_vivid
	within 2000 state_is .capture.state no-device
	bind_vivid
	[[ $(readlink -f "$video") != "$old" ]]
	within 4000 state_is .capture.state ok
	exec {holder}<&-
	viewer wait-size 1280x720
	set_mode 640x480p59
	cable show text 15 "$want"
	picture_is_back 5000
}

disconnect_is_survived() {
	begin_signal_test
	cable unplug
	cable set disconnect 1
	pause 0.5
	# The node works again only when everybody has let it go.
	within 5000 state_is .capture.state ok
	cable show text 16 "$want"
	picture_is_back 5000
}

stall_is_noticed() {
	local restarts
	begin_signal_test
	restarts=$(status .capture.restarts)
	cable set percentage_of_dropped_buffers 100
	within 6000 eval "((\$(status .capture.restarts) > $restarts))"
	cable set percentage_of_dropped_buffers 0
	cable change text 17 "$want"
	picture_is_back 5000
}

edid_is_written() {
	sed -i 's|source = "v4l2"|& edid = "1080p60"|' $conf
	systemctl restart rackhandd
	v4l2-ctl -d "$video" --get-edid format=raw,file="$work/edid" \
		> /dev/null
	is "size of the EDID" "$(($(stat -c %s "$work/edid") % 128))" 0
	v4l2-ctl -d "$video" --get-edid > "$work/edid.text"
	configure
	systemctl restart rackhandd
	[[ -s $work/edid ]]
	is "header" "$(od -An -tx1 -N8 "$work/edid" | tr -d ' ')" \
		00ffffffffffff00
}

edid_that_was_chosen_outlasts_a_restart() {
	rackhand -t rack1 edid set 1280x1024 > /dev/null
	v4l2-ctl -d "$video" --get-edid format=raw,file="$work/chosen" \
		> /dev/null
	systemctl stop rackhandd
	v4l2-ctl -d "$video" --clear-edid > /dev/null
	systemctl start rackhandd
	v4l2-ctl -d "$video" --get-edid format=raw,file="$work/edid" \
		> /dev/null
	systemctl stop rackhandd
	rm /var/lib/rackhand/choices
	systemctl start rackhandd
	is "size of the EDID" "$(stat -c %s "$work/chosen")" 128
	cmp "$work/chosen" "$work/edid"
}

signal_tests() {
	check "mode change to 800x600" mode_change_is_followed \
		800x600p60 800x600
	check "mode change to 1280x1024" mode_change_is_followed \
		1280x1024p60 1280x1024
	check "mode change to 1280x720" mode_change_is_followed \
		1280x720p60 1280x720
	check "mode change to 640x480" mode_change_is_followed \
		640x480p59 640x480
	check "V1: no cable" bad_signal_is_told $SIGNAL_NONE no-cable
	check "V1: no lock" bad_signal_is_told $SIGNAL_NO_LOCK no-lock
	check "V1: out of range" bad_signal_is_told \
		$SIGNAL_OUT_OF_RANGE unsupported-mode
	check "V1: replugged" replug $((full ? 200 : 3))
	check "V3: a storm of mode changes is bounded" \
		mode_storm_is_bounded $((full ? 60 : 3))
	check "V6: flagged buffers are dropped and counted" \
		flagged_buffers_are_dropped
	check "V7: a fatal error is survived" fatal_error_is_survived \
		$((full ? 200 : 2))
	check "V7: VIDIOC_REQBUFS fails once" failing_reqbufs_is_tried_again
	check "V7: VIDIOC_QBUF fails once" failing_call_is_tried_again \
		inject_vidioc_qbuf_error
	check "V7: VIDIOC_STREAMON fails once" failing_call_is_tried_again \
		inject_vidioc_streamon_error
	check "V8: the device goes and comes back" \
		device_goes_and_comes_back $((full ? 100 : 2))
	check "V8: the device comes back under another number" \
		device_comes_back_under_another_number
	check "V8: the device is disconnected" disconnect_is_survived
	check "V9: a stall is noticed" stall_is_noticed
	check "V10: the EDID is written" edid_is_written
	check "the EDID that was chosen outlasts a restart" \
		edid_that_was_chosen_outlasts_a_restart
}
