/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vnc/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/certificate.h"
#include "net/tls.h"

#define PATH_BYTES 64

static void path_of(
		const struct rig *rig, const char *name, char path[PATH_BYTES])
{
	snprintf(path, PATH_BYTES, "%s/%s", rig->directory, name);
}

void rig_make_tls(struct rig *rig)
{
	char certificate[PATH_BYTES], key[PATH_BYTES];
	char why[NET_TLS_WHY_BYTES] = "";

	strcpy(rig->directory, "/tmp/rackhand-vnc-XXXXXX");
	assert_non_null(mkdtemp(rig->directory));
	path_of(rig, "certificate.pem", certificate);
	path_of(rig, "key.pem", key);
	assert_int_equal(net_tls_create(&rig->options.tls), 0);
	if (net_certificate_ensure(certificate, key, why) < 0 ||
			net_tls_load(rig->options.tls, certificate, key, why) <
					0)
		fail_msg("%s", why);
}

void rig_finish_tls(struct rig *rig)
{
	static const char *const names[] = {"certificate.pem", "key.pem"};
	char path[PATH_BYTES];

	net_tls_destroy(rig->options.tls);
	rig->options.tls = NULL;
	if (rig->directory[0] == '\0')
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_of(rig, names[i], path);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(rig->directory), 0);
}
