/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "web/json.h"

/* Any body: an object that is written and read again as itself, or a reason. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char why[WEB_JSON_WHY_BYTES] = "";
	struct core_bytes *written;
	json_t *value, *again;
	int rc = web_json_read(&value, bytes, size, why);

	if (rc < 0) {
		FUZZ_CHECK(rc == -EINVAL && !value);
		FUZZ_CHECK(why[0] != '\0' && strlen(why) < sizeof(why));
		return 0;
	}
	FUZZ_CHECK(json_is_object(value));
	FUZZ_CHECK(web_json_write(&written, value) == 0);
	FUZZ_CHECK(web_json_read(&again, written->data, written->size, why) ==
			0);
	FUZZ_CHECK(json_equal(value, again));
	core_bytes_unref(written);
	json_decref(again);
	json_decref(value);
	return 0;
}
