/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/host.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A machine "kvm1" at 192.0.2.7 and fe80::7, reached through 10.0.0.1. */
static const char *const names[] = {
		"kvm1.example.org", "console", "203.0.113.7", "2001:DB8::7"};

static bool is_ours(const char *text)
{
	struct net_own_names own = {
			.names_n = 2,
			.names = {"kvm1", "kvm1.lan"},
			.addresses_n = 2,
			.addresses = {{{192, 0, 2, 7}, 4},
					{{0xfe, 0x80, [15] = 7}, 16}},
	};
	struct core_address local;

	assert_int_equal(core_address_parse(&local, "10.0.0.1:443"), 0);
	return web_host_is_ours(text, &own, &local, names, 4);
}

static void what_we_are_called_is_ours(void **state)
{
	static const char *const ours[] = {"kvm1", "KVM1", "kvm1:8443",
			"kvm1.lan", "kvm1.example.org", "KVM1.Example.Org:443",
			"console", "localhost", "LOCALHOST:1", "127.0.0.1",
			"127.0.0.1:65535", "127.9.8.7", "[::1]", "[::1]:8443",
			"[0:0:0:0:0:0:0:1]", "192.0.2.7", "192.0.2.7:443",
			"[fe80::7]", "[FE80::7]:443", "10.0.0.1", "203.0.113.7",
			"203.0.113.7:18443", "[2001:db8:0::7]:443"};

	(void)state;
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (!is_ours(ours[i]))
			fail_msg("\"%s\" is ours", ours[i]);
}

static void what_others_are_called_is_not(void **state)
{
	static const char *const others[] = {"evil.example",
			"kvm1.evil.example", "evilkvm1", "kvm", "kvm12",
			"xkvm1.example.org", "kvm1.example.org.evil.example",
			"kvm1.example.orgx", "kvm1.", "kvm1.example.org.",
			".kvm1", "192.0.2.8", "192.0.2.70", "10.0.0.10",
			"[::2]", "[fe80::8]", "[fe80::7%eth0]", "fe80::7",
			"::1", "[127.0.0.1]", "[::1", "::1]", "[]", "[]:443",
			"0.0.0.0", "[::]", "127.1", "0x7f.0.0.1", "2130706433",
			"0177.0.0.1", "[::ffff:192.0.2.8]", "203.0.113.70",
			"2001:db8::7", "[2001:db8::8]", "[::ffff:203.0.113.7]"};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (is_ours(others[i]))
			fail_msg("\"%s\" is not ours", others[i]);
}

static void what_is_no_host_is_not(void **state)
{
	static const char *const none[] = {"", ":", ":443", "kvm1:", "kvm1:0",
			"kvm1:65536", "kvm1:99999", "kvm1:123456", "kvm1:-1",
			"kvm1:+1", "kvm1: 1", "kvm1:80x", "kvm1:80:80", " kvm1",
			"kvm1 ", "kvm1,evil", "kvm1/evil", "kvm1@evil",
			"user@kvm1", "kvm1#", "kvm1?", "http://kvm1", "kvm1\tx",
			"kvm1;", "kvm1\\", "k\xc3\xbcm1"};
	struct web_host host;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		if (web_host_parse(&host, none[i], 443) != -EINVAL)
			fail_msg("\"%s\" is no host", none[i]);
		assert_false(is_ours(none[i]));
	}
}

static void a_mapped_address_is_that_address(void **state)
{
	static const struct net_own_names nothing = {.names_n = 0};
	struct core_address local;

	(void)state;
	assert_int_equal(core_address_parse(&local, "[::ffff:192.0.2.9]:443"),
			0);
	assert_true(web_host_is_ours("192.0.2.9", &nothing, &local, NULL, 0));
	assert_false(web_host_is_ours("192.0.2.8", &nothing, &local, NULL, 0));
	assert_int_equal(core_address_parse(&local, "[2001:db8::9]:443"), 0);
	assert_true(web_host_is_ours(
			"[2001:DB8:0::9]", &nothing, &local, NULL, 0));
}

static void a_name_has_a_length(void **state)
{
	char text[400];
	struct web_host host;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[NET_NAME_BYTES - 1] = '\0';
	assert_int_equal(web_host_parse(&host, text, 443), 0);
	text[NET_NAME_BYTES - 1] = 'a';
	text[NET_NAME_BYTES] = '\0';
	assert_int_equal(web_host_parse(&host, text, 443), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(what_we_are_called_is_ours),
			cmocka_unit_test(what_others_are_called_is_not),
			cmocka_unit_test(what_is_no_host_is_not),
			cmocka_unit_test(a_mapped_address_is_that_address),
			cmocka_unit_test(a_name_has_a_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
