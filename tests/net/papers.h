/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>

/*
 * Certificates and keys as people bring them, good and bad, as PEM files.
 */
struct papers {
	const char *name;  /* NULL: "test" */
	unsigned rsa_bits; /* 0: P-256 */
	int from_days;     /* from now */
	int until_days;    /* 0: in a year */
	bool vouched;      /* by an authority, which comes with it */
	const char *passphrase;
};

/* Fails the test when it cannot. */
void papers_make(const struct papers *papers, const char *certificate_path,
		const char *key_path);
