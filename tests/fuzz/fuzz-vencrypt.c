/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/server.h"

/*
 * VeNCrypt from the choice of a subtype on, with the names, passwords and
 * answers that follow, inside TLS or outside: see tests/fuzz/server.h.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char greeting[] = "RFB 003.008\n\x13\x00\x02";
	const struct fuzz_server_options options = {
			.security = VNC_SECURITY_X509PLAIN |
					VNC_SECURITY_X509VNC |
					VNC_SECURITY_TLSPLAIN |
					VNC_SECURITY_TLSVNC |
					VNC_SECURITY_PLAIN,
			.greeting = greeting,
			.greeting_bytes = sizeof(greeting) - 1,
	};
	struct fuzz_input input = {bytes, size};

	fuzz_server_play(&options, &input);
	return 0;
}
