# SPDX-License-Identifier: GPL-2.0-or-later
#
# The USB host sleeps, goes, forgets us: fault table U. Interface 0 of the
# only device on the dummy bus is the keyboard.

usb_device=/sys/bus/usb/devices/1-1
keyboard_interface=1-1:1.0
udc_file=/sys/kernel/config/usb_gadget/rackhand-rack1/UDC

# The host takes its time to forget a device.
host_sees_no_gadget() { ! grep -q Bus=0003 /proc/bus/input/devices; }

# One key goes through: nothing old comes with it, nothing stays held.
typing_works() {
	host open 10000
	within 5000 state_is .usb.state ready
	host clear
	viewer xt $XT_B down
	viewer xt $XT_B up
	arrived "key $KEY_B 1" "key $KEY_B 0"
	host wait-held 1000
}

# A sleeping host reads nothing. What was pressed then is too old to be typed
# when it wakes; the picture does not wait for it.
sleeping_host() {
	begin_signal_test
	host open
	host close
	echo $keyboard_interface > /sys/bus/usb/drivers/usbhid/unbind
	viewer xt $XT_A down
	viewer xt $XT_A up
	viewer xt $XT_A down
	viewer xt $XT_A up
	viewer xt $XT_A down
	within 3000 state_is .usb.state sleeping
	cable change text 31 "$want"
	viewer expect "$want" 0 3000
	pause 0.6
	echo $keyboard_interface > /sys/bus/usb/drivers/usbhid/bind
	host open
	host wait-held 2000
	viewer xt $XT_A up
	typing_works
}

host_switched_off() {
	begin_input_test
	viewer xt $XT_A down
	host wait-held 2000 $KEY_A
	host close
	echo 0 > $usb_device/authorized
	within 3000 host_sees_no_gadget
	viewer xt $XT_B down
	viewer xt $XT_B up
	within 3000 state_is .usb.state off
	viewer xt $XT_A up
	echo 1 > $usb_device/authorized
	typing_works
}

udc_lost_and_found() { # TIMES
	local i pid
	begin_input_test
	pid=$(daemon_pid)
	for ((i = 0; i < $1; i++)); do
		viewer xt $XT_A down
		host close
		echo > $udc_file
		within 3000 host_sees_no_gadget
		within 3000 state_is .usb.state absent
		echo dummy_udc.0 > $udc_file
		host open
		host wait-held 3000
		viewer xt $XT_A up
	done
	typing_works
	is "process" "$(daemon_pid)" "$pid"
}

caps_led_arrives() {
	host leds 0
	host leds 2
	viewer wait-leds $QEMU_CAPS
}

# The host's driver holds 256 reports and drops what is more ("control queue
# full" in its log), be it the last of the flood: the next change heals that.
led_flood_harms_nobody() {
	local i
	begin_input_test
	for i in {1..300}; do
		host leds $((i % 8))
	done
	within 30000 caps_led_arrives
	viewer xt $XT_B down
	viewer xt $XT_B up
	host wait-held 1000
	host leds 0
	viewer wait-leds 0
	viewer refresh
}

# Stopping the gadget under a viewer that types: the kernel must not mind.
gadget_restarted_while_typing() { # TIMES
	local i
	begin_input_test
	for ((i = 0; i < $1; i++)); do
		viewer xt $XT_A down
		host close
		systemctl restart rackhand-gadget
		within 3000 systemctl is-active -q rackhandd
		within 5000 viewer connect $VNC
		viewer refresh
	done
	typing_works
	# vivid itself leaves call traces when the machine is slow.
	refuse eval "dmesg | grep -E 'BUG:|Oops|WARNING:|use-after|refcount'"
}

gadget_is_built_once_and_gone_after() {
	local before
	before=$(ls /sys/kernel/config/usb_gadget)
	rackhand-gadget up
	is "gadgets" "$(ls /sys/kernel/config/usb_gadget)" "$before"
	systemctl stop rackhand-gadget
	is "gadgets" "$(ls /sys/kernel/config/usb_gadget)" ""
	rackhand-gadget down
	is "daemon" "$(systemctl is-active rackhandd || true)" inactive
	systemctl start rackhand-gadget rackhandd
	is "gadgets" "$(ls /sys/kernel/config/usb_gadget)" "$before"
}

half_built_gadget_is_rebuilt() {
	local gadget=/sys/kernel/config/usb_gadget/rackhand-rack1
	systemctl stop rackhand-gadget
	mkdir $gadget $gadget/configs/c.1 $gadget/functions/hid.leftover
	ln -s $gadget/functions/hid.leftover $gadget/configs/c.1/
	systemctl start rackhand-gadget rackhandd
	[[ ! -e $gadget/functions/hid.leftover ]]
	within 5000 viewer connect $VNC
	viewer refresh
	typing_works
}

busy_udc_is_named() {
	local other=/sys/kernel/config/usb_gadget/somebody rc=0
	systemctl stop rackhand-gadget
	mkdir $other $other/configs/c.1 $other/functions/hid.x
	echo 8 > $other/functions/hid.x/report_length
	ln -s $other/functions/hid.x $other/configs/c.1/
	echo dummy_udc.0 > $other/UDC
	rackhand-gadget up > "$work/busy" 2>&1 || rc=$?
	echo > $other/UDC
	rm $other/configs/c.1/hid.x
	rmdir $other/configs/c.1 $other/functions/hid.x $other
	systemctl start rackhand-gadget rackhandd
	is "exit code" $rc 1
	grep -q somebody "$work/busy" || fail "its holder is not named: $(<"$work/busy")"
}

# The daemon starts first, and is told when there is a gadget at last.
late_gadget_is_found() {
	systemctl stop rackhand-gadget
	rmmod dummy_hcd
	systemctl start rackhandd || true
	within 3000 eval 'systemctl is-active -q rackhandd'
	modprobe dummy_hcd
	within 8000 systemctl is-active -q rackhand-gadget
	within 8000 viewer connect $VNC
	viewer refresh
	typing_works
}

usb_tests() {
	check "the gadget is built once and gone after stop" \
		gadget_is_built_once_and_gone_after
	check "a half-built gadget is rebuilt" half_built_gadget_is_rebuilt
	check "who holds a busy UDC is named" busy_udc_is_named
	check "U1, U4: the host sleeps, the picture does not" sleeping_host
	check "U2: the host is off" host_switched_off
	check "U3: the UDC is lost and found" udc_lost_and_found \
		$((full ? 200 : 2))
	check "U6: a flood of LED reports harms nobody" led_flood_harms_nobody
	check "U7: the gadget is restarted while typing" \
		gadget_restarted_while_typing $((full ? 50 : 1))
	check "a UDC that appears late gets its gadget" late_gadget_is_found
}
