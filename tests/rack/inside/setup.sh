# SPDX-License-Identifier: GPL-2.0-or-later
#
# The machine's hardware, the product's first start, and the agents.

plug_hardware() {
	modprobe vivid n_devs=2 node_types=0x101,0x1 num_inputs=1,1 \
		input_types=0x3,0x3 num_outputs=1,0 output_types=0x1 \
		multiplanar=1,2
	modprobe dummy_hcd
	modprobe -a usbhid hid-generic evdev
	udevadm settle
	[[ -e $video ]] || fail "there is no $video"
}

# The file is there before the hardware: a UDC that appears gets the gadgets
# that are configured then.
prepare() {
	is $conf "$(stat -c '%U %G %a' $conf)" "root rackhand 640"
	configure
	# So is the daemon, which has to cope with what comes later.
	[[ -e $video ]] || { systemctl start rackhandd; plug_hardware; }
	systemctl enable -q rackhand-gadget rackhandd
	systemctl restart rackhand-gadget rackhandd
}

start_agents() {
	agent_start cable "$bin/hdmi-cable" "$video" /dev/rack/hdmi-out
	agent_start viewer "$bin/rfb-probe"
	agent_start second "$bin/rfb-probe"
	agent_start host "$bin/evdev-probe"
}
