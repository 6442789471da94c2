# SPDX-License-Identifier: GPL-2.0-or-later
#
# Known frames go in at the HDMI end; the viewer must see them.

want=$work/want.ppm

# Levels of Tight JPEG quality that viewers ask for.
JPEG=6

# shown FORMAT PATTERN TOLERANCE: a lossless viewer sees that picture.
shown() {
	start_over "$1"
	cable show "$2" 7 "$want"
	note "$answer"
	viewer expect "$want" "$3" 10000
}

# VARIANT of vivid's own generator: colorspace, range.
generate_bars() { # COLORSPACE QUANTIZATION
	cable generate
	cable set osd_text_mode 2
	cable set test_pattern 1
	cable set colorspace "$1"
	cable set quantization "$2"
}

bars_are_right() { # FORMAT COLORSPACE QUANTIZATION
	start_over "$1"
	generate_bars "$2" "$3"
	viewer bars 3 8000
	note "lossless: $answer"
	second connect $VNC $JPEG
	second bars 3 8000
	note "JPEG: $answer"
	second close
}

# As V4L2 numbers them: BT.601 and BT.709, limited range.
SRGB=8 REC709=3

# What is busy goes out as JPEG first, as good as libjpeg-turbo's own.
jpeg_is_as_good_as_the_library() { # FORMAT MODE COLORSPACE
	start_over "$1"
	set_mode "$2"
	cable colour "$3"
	cable show gradient 3 "$want"
	note "$answer"
	[[ $answer == *" colorspace=$3 "* ]]
	viewer expect "$want" 1 8000
	second connect $VNC $JPEG
	second refresh
	second judge "$want" 0.5
	note "$answer"
	second close
	cable colour $SRGB
}

# What was sent as JPEG and stands still is sent again without loss.
jpeg_is_refined() {
	start_over BGR4
	cable show gradient 5 "$want"
	second connect $VNC $JPEG
	second expect "$want" 0 10000
	second status
	[[ $(number jpegs) -gt 0 ]]
	second close
}

moving_picture_is_followed() {
	local seed
	start_over BGR4
	cable show text 1 "$want"
	viewer expect "$want" 0
	for seed in 2 3 4 5 6; do
		cable change text $seed "$want"
		viewer expect "$want" 0
	done
}

other_encodings_show_the_same() {
	local encoding
	start_over BGR4
	cable show text 9 "$want"
	for encoding in zrle zlib hextile raw; do
		second connect $VNC -1 $encoding
		second expect "$want" 0 10000
	done
	second close
}

mplane_device_works() {
	configure
	cat >> $conf <<-END
		target "rack2" {
		    capture {
		        source = "v4l2"
		        device = "/dev/rack/mplane-in"
		    }
		    vnc { listen = "127.0.0.1:5902"  security = "none" }
		}
	END
	v4l2-ctl -d /dev/rack/mplane-in \
		-c test_pattern=1,osd_text_mode=2
	reload
	within 3000 second connect 5902
	second bars 3 8000
	second close
	configure
	reload
}

exotic_format_is_converted() {
	start_over "$1"
	generate_bars 2 0
	viewer bars "$2" 8000
}

stream_runs_only_while_watched() {
	local frames
	start_over BGR4
	viewer close
	rm "$work/serving"
	pause 1
	frames=$(status .capture.frames)
	pause 0.5
	is "frames without a viewer" "$(status .capture.frames)" "$frames"
	viewer connect $VNC
	viewer refresh
}

picture_tests() {
	local format
	cable mode 640x480p59
	for format in BGR4 RGB3 BGR3; do
		check "$format: every pixel is exact" shown $format noise 0
	done
	for format in UYVY NV12 NV16 YU12 YUYV; do
		check "$format: within 1 of the textbook's conversion" \
			shown $format gradient 1
	done
	for format in YUYV BGR4 ${full:+NV12 RGB3}; do
		check "$format: colour bars, BT.601 limited" \
			bars_are_right $format 0 2
		check "$format: colour bars, BT.601 full" \
			bars_are_right $format 0 1
		check "$format: colour bars, BT.709 limited" \
			bars_are_right $format 1 2
		check "$format: colour bars, BT.709 full" \
			bars_are_right $format 1 1
	done
	cable set colorspace 2
	cable set quantization 0
	check "BGR4: JPEG as good as libjpeg-turbo's" \
		jpeg_is_as_good_as_the_library BGR4 640x480p59 $SRGB
	check "what stands still becomes exact" jpeg_is_refined
	check "every change arrives" moving_picture_is_followed
	check "other encodings show the same" other_encodings_show_the_same
	check "streams only while somebody looks" \
		stream_runs_only_while_watched
	check "YUYV: JPEG as good as libjpeg-turbo's, BT.601" \
		jpeg_is_as_good_as_the_library YUYV 640x480p59 $SRGB
	check "NV12: JPEG as good as libjpeg-turbo's, BT.709" \
		jpeg_is_as_good_as_the_library NV12 1280x720p60 $REC709
	check "YVYU: converted by libv4l2" exotic_format_is_converted YVYU 4
	check "a multi-planar device works" mplane_device_works
}
