# SPDX-License-Identifier: GPL-2.0-or-later
#
# Texts that the product types come out of a Linux console whose keyboard has
# that layout. The console's keymaps are made by Debian's ckbcomp, its dead keys
# combine as the kernel's table says: nothing here is the product's own.

layouts_now="us de fr"
layouts_all="us gb de fr es it pt br se dk ch jp"

# What every layout has, as one line: printable ASCII.
layouts_ascii() {
	local code
	for ((code = 32; code < 127; code++)); do
		printf '%b' "\\x$(printf %x "$code")"
	done
}

# What has keys of its own there, dead keys included where the kernel, too,
# knows what they make.
layouts_own() {
	case $1 in
	gb) echo '£¬' ;;
	de) echo 'äöüÄÖÜß§°€µáÈô' ;;
	fr) echo 'éèçàù§£°µ€âîÔü' ;;
	es) echo 'ñÑçÇ¡¿ªº·áÉìüô' ;;
	it) echo 'àèéìòù£ç°§' ;;
	pt) echo 'çÇªº«»áÀãÕê' ;;
	br) echo 'çÇáÀãÕêü' ;;
	se) echo 'åäöÅÄÖ½§¤áÈü' ;;
	dk) echo 'æøåÆØÅ½§¤áÈü' ;;
	ch) echo 'äöüéàèç§°¢áÔ' ;;
	jp) echo '' ;;
	esac
}

layouts_text() {
	layouts_ascii
	layouts_own "$1" | tr -d '\n'
}

# The console reads from the gadget's keyboard, and nobody else does.
layouts_begin() {
	rm -f "$work/serving"
	viewer close
	second close
	host close
	configure
}

layouts_end() {
	kill "$layouts_reader" 2> /dev/null || true
	wait "$layouts_reader" || true
}

layout_is_typed() { # LAYOUT
	local text=$work/layout.text got=$work/layout.got said=$work/layout.said
	layouts_text "$1" > "$text"
	bash "$here/read-console.sh" "$1" <&"$never" > "$got" 2> "$said" &
	layouts_reader=$!
	trap layouts_end EXIT
	within 5000 grep ready "$said"
	within 5000 state_is .usb.state ready
	rackhand -t rack1 layout "$1" > /dev/null
	rackhand -t rack1 type < "$text"
	within 5000 eval '(($(stat -c %s $got) >= $(stat -c %s $text)))' ||
		true
	cmp "$text" "$got" || fail "typed $(<"$text"); read $(<"$got")"
}

layout_tests() {
	local layout
	wanted "layout" || return 0
	layouts_begin
	for layout in $([[ $full ]] && echo "$layouts_all" || echo "$layouts_now"); do
		check "layout $layout: a console reads what was typed" \
			layout_is_typed "$layout"
	done
	host open
}
