/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/server.h"

/*
 * A connection from its first byte on, to a server that offers what the
 * input's own first byte says, without what its second byte says: see
 * tests/fuzz/server.h for the rest. TLS that a viewer begins without FUZZ_TLS
 * is what the input says.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	uint8_t security = fuzz_take_u8(&input) & 0x7f;
	const struct fuzz_server_options options = {
			.security = security ? security : VNC_SECURITY_VNCAUTH,
			.without = fuzz_take_u8(&input),
	};

	fuzz_server_play(&options, &input);
	return 0;
}
