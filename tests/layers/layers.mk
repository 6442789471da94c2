# SPDX-License-Identifier: GPL-2.0-or-later
#
# Who may include whom. The unit tests of a folder link what stands here, and
# tests/layers/check.sh reads it too: keep to NAME := WORDS.

# MAY_FOLDER: the folders whose headers it may include.
MAY_core := core
MAY_net := net core
MAY_web := web net core
MAY_video := video core
MAY_capture := capture video core
MAY_hid-gadget := hid-gadget core
MAY_vnc := vnc net video core
MAY_config := config core
MAY_server := server config vnc hid-gadget capture video web net core

# HEADERS_FOLDER, or HEADERS_FILE where one file shields all others from a
# library: which headers of third parties may stand there.
HEADERS_video := turbojpeg.h png.h
HEADERS_capture := linux/videodev2.h linux/v4l2-* libv4l2.h libv4l-plugin.h \
	libv4lconvert.h
HEADERS_net := linux/sockios.h gnutls/*
HEADERS_net/websocket.c := wslay/wslay.h
HEADERS_web := microhttpd.h jansson.h nettle/*
HEADERS_hid-gadget := usbg/* linux/usb/* systemd/sd-id128.h
HEADERS_hid-gadget/layout-xkb.c := xkbcommon/*
HEADERS_vnc := nettle/*
HEADERS_vnc/fallback.c := dlfcn.h
HEADERS_vnc/library.c := rfb/rfb.h rfb/rfbregion.h
HEADERS_config := confuse.h
HEADERS_server := jansson.h systemd/sd-daemon.h crypt.h liboath/* nettle/*
HEADERS_server/https-client.c := curl/curl.h
HEADERS_server/prompt.c := termios.h
HEADERS_tests := cmocka.h dlfcn.h gnutls/* gvnc.h png.h rfb/rfbclient.h \
	turbojpeg.h valgrind/callgrind.h xkbcommon/* zlib.h

# HEADERS_all: the C library, the compiler, and the loop.
HEADERS_all := assert.h ctype.h dirent.h endian.h errno.h fcntl.h float.h ftw.h \
	getopt.h glob.h grp.h ifaddrs.h inttypes.h libgen.h limits.h locale.h math.h \
	poll.h pthread.h pwd.h sched.h semaphore.h setjmp.h signal.h stdalign.h stdarg.h \
	stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h \
	strings.h time.h unistd.h wctype.h \
	arpa/inet.h net/if.h netdb.h netinet/* sys/* \
	arm_neon.h immintrin.h emmintrin.h \
	systemd/sd-event.h
