/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct origin_case {
	const char *origin;
	const char *host;
	bool plain; /* without TLS */
	enum web_origin is;
};

static const struct origin_case cases[] = {
		{NULL, "kvm1", false, WEB_ORIGIN_NONE},
		{"https://kvm1", "kvm1", false, WEB_ORIGIN_SAME},
		{"https://kvm1", "KVM1", false, WEB_ORIGIN_SAME},
		{"https://kvm1", "kvm1:443", false, WEB_ORIGIN_SAME},
		{"https://kvm1:8443", "kvm1:8443", false, WEB_ORIGIN_SAME},
		{"https://[::1]", "[::1]", false, WEB_ORIGIN_SAME},
		{"https://[::1]:8443", "[::1]:8443", false, WEB_ORIGIN_SAME},
		{"https://192.0.2.7", "192.0.2.7", false, WEB_ORIGIN_SAME},
		{"http://kvm1", "kvm1", true, WEB_ORIGIN_SAME},
		{"http://kvm1", "kvm1:80", true, WEB_ORIGIN_SAME},
		{"http://kvm1:443", "kvm1:443", true, WEB_ORIGIN_SAME},

		/* The scheme. */
		{"http://kvm1", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://kvm1", "kvm1", true, WEB_ORIGIN_OTHER},
		{"wss://kvm1", "kvm1", false, WEB_ORIGIN_OTHER},
		{"HTTPS://kvm1", "kvm1", false, WEB_ORIGIN_OTHER},
		{"kvm1", "kvm1", false, WEB_ORIGIN_OTHER},
		{"//kvm1", "kvm1", false, WEB_ORIGIN_OTHER},

		/* The port. */
		{"https://kvm1", "kvm1:8443", false, WEB_ORIGIN_OTHER},
		{"https://kvm1:8443", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://kvm1:8443", "kvm1:8444", false, WEB_ORIGIN_OTHER},
		{"https://kvm1:443", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://kvm1:443", "kvm1:443", false, WEB_ORIGIN_OTHER},
		{"https://kvm1:", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://kvm1:80", "kvm1:80", true, WEB_ORIGIN_OTHER},

		/* The name. */
		{"null", "kvm1", false, WEB_ORIGIN_OTHER},
		{"", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://evil.example", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://kvm1.evil.example", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://evilkvm1", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://kvm", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://kvm12", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://KVM1", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://[::2]", "[::1]", false, WEB_ORIGIN_OTHER},
		{"https://127.0.0.1", "localhost", false, WEB_ORIGIN_OTHER},

		/* What is behind it. */
		{"https://kvm1/", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://kvm1 ", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://kvm1 https://kvm1", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://kvm1, null", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://kvm1@evil.example", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://user@kvm1", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://kvm1#", "kvm1", false, WEB_ORIGIN_OTHER},
		{"https://kvm1\\.evil", "kvm1", false, WEB_ORIGIN_OTHER},
};

static void only_the_very_same_origin_is_ours(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct origin_case *c = &cases[i];

		if (web_origin_check(c->origin, !c->plain, c->host) != c->is)
			fail_msg("case %zu: \"%s\" to \"%s\"", i, c->origin,
					c->host);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(only_the_very_same_origin_is_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
