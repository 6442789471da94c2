# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is typed and pointed in the viewer arrives on the controlled machine.

BTN_LEFT=272 BTN_RIGHT=273 BTN_MIDDLE=274 BTN_SIDE=275 BTN_EXTRA=276
KEY_CAPSLOCK=58 KEY_A=30 KEY_B=48
# Codes on the wire.
XT_A=0x1e XT_B=0x30 XT_CTRL=0x1d XT_ALT=0x38 XT_DELETE=0xd3 XT_CAPS=0x3a
# What QEMU's LED message has where.
QEMU_SCROLL=1 QEMU_NUM=2 QEMU_CAPS=4

begin_input_test() {
	rm -f "$work/serving"
	viewer close
	second close
	within 5000 viewer connect $VNC
	viewer refresh
	host open 10000
	within 5000 state_is .usb.state ready
	host clear
}

# arrived LINE...: these events and no others, times and devices left out.
arrived() {
	local got=() line all
	host take $# 3000
	all=("${lines[@]}")
	host take 99999 100
	for line in "${all[@]}" "${lines[@]}"; do
		line=${line% t=*}
		# High-resolution wheel events say the same again.
		[[ $line == *" rel 11 "* || $line == *" rel 12 "* ]] ||
			got+=("${line#* }")
	done
	is "what arrived" "$(printf '%s;' "${got[@]}")" "$(printf '%s;' "$@")"
}

every_key_arrives_by_code() {
	local name xt keysym code want=()
	begin_input_test
	while read -r name xt keysym code; do
		[[ $name == '#' ]] && continue
		viewer xt "$xt" down
		viewer xt "$xt" up
		want+=("key $code 1" "key $code 0")
	done < /out/tests/inside/keys.txt
	is "keys" $((${#want[@]} / 2)) 105
	arrived "${want[@]}"
}

# A viewer without key codes sends keysyms; what US layout cannot tell apart
# (102nd is a second "<") arrives as the first.
every_key_arrives_by_keysym() {
	local name xt keysym code want=()
	begin_input_test
	while read -r name xt keysym code; do
		[[ $name == '#' || $name == 102nd ]] && continue
		viewer key "$keysym" down
		viewer key "$keysym" up
		want+=("key $code 1" "key $code 0")
	done < /out/tests/inside/keys.txt
	arrived "${want[@]}"
}

chords_arrive() {
	begin_input_test
	viewer xt $XT_CTRL down
	viewer xt $XT_ALT down
	viewer xt $XT_DELETE down
	host wait-held 2000 29 56 111
	viewer xt $XT_DELETE up
	viewer xt $XT_ALT up
	viewer xt $XT_CTRL up
	host wait-held 2000
	arrived "key 29 1" "key 56 1" "key 111 1" "key 111 0" "key 56 0" \
		"key 29 0"
}

six_keys_and_all_modifiers_are_held() {
	local code
	begin_input_test
	for code in 0x1d 0x2a 0x38 0xdb 0x9d 0x36 0xb8 0xdc \
		0x10 0x11 0x12 0x13 0x14 0x15; do
		viewer xt $code down
	done
	host wait-held 3000 16 17 18 19 20 21 29 42 54 56 97 100 125 126
	viewer close
	host wait-held 3000
}

buttons_arrive() {
	local mask code want=()
	begin_input_test
	viewer point 100 100
	within 2000 eval 'host point && [[ $answer != "0 0 "* ]]'
	host clear
	for code in "0x01 $BTN_LEFT" "0x02 $BTN_MIDDLE" "0x04 $BTN_RIGHT" \
		"0x80 $BTN_SIDE" "0x100 $BTN_EXTRA"; do
		mask=${code% *}
		code=${code#* }
		viewer point 100 100 "$mask"
		viewer point 100 100 0
		want+=("key $code 1" "key $code 0")
	done
	arrived "${want[@]}"
}

# The wheel moves when its button goes down, and not again when it goes up.
wheel_turns_both_ways() {
	local turn mask event want=()
	begin_input_test
	viewer point 100 100
	host take 2 300
	for turn in "0x08 8 1" "0x10 8 -1" "0x20 6 -1" "0x40 6 1"; do
		mask=${turn%% *}
		event=${turn#* }
		viewer point 100 100 "$mask"
		viewer point 100 100 0
		# One at a time: turns that meet in one report add up.
		want+=("rel $event")
		pause 0.03
	done
	arrived "${want[@]}"
}

# Exact to a pixel, as the host sees it: 0 to 32767 across the screen.
pointer_is_exact() { # WIDTH HEIGHT
	local place x y gx gy
	begin_input_test
	viewer status
	[[ $answer == "size=$1x$2 "* ]]
	for place in "0 0" "$(($1 - 1)) 0" "0 $(($2 - 1))" \
		"$(($1 - 1)) $(($2 - 1))" "$(($1 / 2)) $(($2 / 2))" \
		"1 1" "$(($1 / 3)) $(($2 / 3))"; do
		read -r x y <<< "$place"
		viewer point "$x" "$y"
		within 2000 pointer_is_at "$x" "$y" "$1" "$2"
	done
	viewer point 0 0
	within 2000 eval 'host point && [[ $answer == "0 0 "* ]]'
	viewer point $(($1 - 1)) $(($2 - 1))
	within 2000 eval 'host point && [[ $answer == "32767 32767 "* ]]'
}

pointer_is_at() { # X Y WIDTH HEIGHT
	local gx gy
	host point
	read -r gx gy _ <<< "$answer"
	is "x" $(((gx * ($3 - 1) + 16383) / 32767)) "$1" &&
		is "y" $(((gy * ($4 - 1) + 16383) / 32767)) "$2"
}

leds_reach_every_viewer() {
	begin_input_test
	second connect $VNC
	second refresh
	host leds 2
	viewer wait-leds $QEMU_CAPS
	second wait-leds $QEMU_CAPS
	host leds 5
	viewer wait-leds $((QEMU_NUM | QEMU_SCROLL))
	second wait-leds $((QEMU_NUM | QEMU_SCROLL))
	second close
	second connect $VNC
	second refresh
	second wait-leds $((QEMU_NUM | QEMU_SCROLL))
	host leds 0
	viewer wait-leds 0
	second close
}

# The host's own console decides what Caps Lock does.
caps_lock_comes_back_as_led() {
	begin_input_test
	host close
	viewer xt $XT_CAPS down
	viewer xt $XT_CAPS up
	viewer wait-leds $QEMU_CAPS
	viewer xt $XT_CAPS down
	viewer xt $XT_CAPS up
	viewer wait-leds 0
	host open
}

# Viewers that die with keys down, and say nothing.
killed_viewers_leave_nothing_held() { # TIMES
	local i presses=0 line
	begin_input_test
	viewer close
	for ((i = 0; i < $1; i++)); do
		viewer victim $VNC $XT_CTRL $XT_ALT $((0x10 + i % 10))
		host wait-held 2000
		host take 0 0
		for line in "${lines[@]}"; do
			[[ $line != *" key "*" 1 "* ]] || presses=$((presses + 1))
		done
	done
	is "presses seen" $presses $(($1 * 4))
}

killed_daemon_leaves_nothing_held() {
	begin_input_test
	viewer xt $XT_CTRL down
	viewer xt $XT_A down
	host wait-held 2000 29 $KEY_A
	kill -KILL "$(daemon_pid)"
	host wait-held 5000
	within 5000 viewer connect $VNC
}

stopped_daemon_leaves_nothing_held() {
	begin_input_test
	viewer xt $XT_CTRL down
	viewer xt $XT_A down
	viewer point 5 5 1
	host wait-held 2000 29 $KEY_A $BTN_LEFT
	systemctl stop rackhandd
	host wait-held 500
	systemctl start rackhandd
}

one_operator_at_a_time() {
	begin_input_test
	second connect $VNC
	second refresh
	viewer xt $XT_A down
	host wait-held 2000 $KEY_A
	second xt $XT_B down
	second xt $XT_B up
	second point 7 7 1
	second point 7 7 0
	arrived "key $KEY_A 1"
	# It leaves: what it held is released, and the next one's turn begins.
	viewer close
	host wait-held 2000
	host clear
	second xt $XT_B down
	second xt $XT_B up
	arrived "key $KEY_B 1" "key $KEY_B 0"
	second close
}

idle_operator_is_taken_over() {
	begin_input_test
	second connect $VNC
	second refresh
	viewer xt $XT_A down
	host wait-held 2000 $KEY_A
	pause 8
	second xt $XT_B down
	second xt $XT_B up
	arrived "key $KEY_A 1"
	pause 2.5
	second xt $XT_B down
	host wait-held 2000 $KEY_B
	second xt $XT_B up
	arrived "key $KEY_A 0" "key $KEY_B 1" "key $KEY_B 0"
	second close
}

input_tests() {
	# The picture does not matter: let the machine's processors rest.
	cable generate
	cable set fill_percentage_of_frame 5
	cable mode 640x480p59
	check "every key arrives, by key code" every_key_arrives_by_code
	check "every key arrives, by keysym" every_key_arrives_by_keysym
	check "chords arrive in order" chords_arrive
	check "six keys and eight modifiers are held at once" \
		six_keys_and_all_modifiers_are_held
	check "all buttons arrive" buttons_arrive
	check "both wheels turn both ways" wheel_turns_both_ways
	check "the pointer is exact at 640x480" pointer_is_exact 640 480
	cable mode 1280x720p60
	within 5000 state_is .capture.width 1280
	check "the pointer is exact at 1280x720" pointer_is_exact 1280 720
	cable mode 640x480p59
	check "LEDs reach every viewer" leds_reach_every_viewer
	check "Caps Lock comes back as a LED" caps_lock_comes_back_as_led
	check "viewers killed while pressing leave nothing held" \
		killed_viewers_leave_nothing_held $((full ? 1000 : 20))
	check "a killed daemon leaves nothing held" \
		killed_daemon_leaves_nothing_held
	check "a stopped daemon leaves nothing held" \
		stopped_daemon_leaves_nothing_held
	check "one operator at a time" one_operator_at_a_time
	check "an operator idle for 10 s is taken over" \
		idle_operator_is_taken_over
}
