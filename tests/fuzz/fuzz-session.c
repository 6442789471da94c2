/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <unistd.h>

#include "tests/fuzz/server.h"

/*
 * All that viewers may say once they are in, to a whole server: see
 * tests/fuzz/server.h for how an input is written.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char greeting[] = "RFB 003.008\n\x01\x01";
	const struct fuzz_server_options options = {
			.security = VNC_SECURITY_NONE,
			.greeting = greeting,
			.greeting_bytes = sizeof(greeting) - 1,
	};
	struct fuzz_input input = {bytes, size};

	fuzz_server_play(&options, &input);
	return 0;
}
