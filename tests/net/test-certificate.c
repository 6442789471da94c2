/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/certificate.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/own-names.h"
#include "net/tls.h"
#include "tests/net/papers.h"

#define YEAR_S (365 * 24 * 60 * 60)

struct place {
	char directory[32];
	char certificate[64];
	char key[64];
	char why[NET_CERTIFICATE_WHY_BYTES];
	struct net_certificate_info info;
};

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	strcpy(place->directory, "/tmp/rackhand-tls-XXXXXX");
	assert_non_null(mkdtemp(place->directory));
	snprintf(place->certificate, sizeof(place->certificate),
			"%s/tls/certificate.pem", place->directory);
	snprintf(place->key, sizeof(place->key), "%s/tls/key.pem",
			place->directory);
	*state = place;
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type,
		struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

static int tear_down(void **state)
{
	struct place *place = *state;

	nftw(place->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(place);
	return 0;
}

static int ensure(struct place *place)
{
	return net_certificate_ensure(
			place->certificate, place->key, place->why);
}

/* Both are there, belong together, and serve. */
static void check(struct place *place)
{
	struct net_tls *tls;

	if (net_certificate_read(&place->info, place->certificate, place->key,
			    place->why) < 0)
		fail_msg("%s", place->why);
	assert_int_equal(net_tls_create(&tls), 0);
	assert_int_equal(net_tls_load(tls, place->certificate, place->key,
					 place->why),
			0);
	net_tls_destroy(tls);
}

static mode_t mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at++)
		if ((at == text || at[-1] == ' ') &&
				(at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

static void a_pair_is_made_for_this_machine(void **state)
{
	struct place *place = *state;
	char host[256];
	int64_t now_s = (int64_t)time(NULL);

	assert_int_equal(ensure(place), 0);
	check(place);
	assert_int_equal(gethostname(host, sizeof(host)), 0);
	assert_true(has_word(place->info.names, host));
	assert_true(has_word(place->info.names, "localhost"));
	assert_true(has_word(place->info.names, "127.0.0.1"));
	assert_true(place->info.from_s < now_s);
	assert_in_range(place->info.until_s - now_s, 9 * (int64_t)YEAR_S,
			11 * (int64_t)YEAR_S);
	assert_int_equal(strlen(place->info.fingerprint), 32 * 3 - 1);
	assert_int_equal(strlen(place->info.pin), 44); /* base64 of 32 bytes */
}

static void nobody_else_may_read_it(void **state)
{
	struct place *place = *state;
	mode_t before = umask(0);

	assert_int_equal(ensure(place), 0);
	umask(before);
	assert_int_equal(mode_of(place->key), 0600);
	assert_int_equal(mode_of(place->certificate), 0600);
	*strrchr(place->key, '/') = '\0';
	assert_int_equal(mode_of(place->key), 0700);
}

static void what_is_there_stays(void **state)
{
	struct place *place = *state;
	struct net_certificate_info before;

	assert_int_equal(ensure(place), 0);
	check(place);
	before = place->info;
	assert_int_equal(ensure(place), 0);
	check(place);
	assert_string_equal(place->info.fingerprint, before.fingerprint);
}

static void put(const char *path, const char *suffix, const char *text)
{
	char whole[128];
	FILE *file;

	snprintf(whole, sizeof(whole), "%s%s", path, suffix);
	file = fopen(whole, "we");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Every state between the two that a power cut can leave. */
static void a_power_cut_leaves_nothing_half(void **state)
{
	struct place *place = *state;
	struct net_certificate_info before;

	assert_int_equal(ensure(place), 0); /* the directory alone */
	unlink(place->key);
	unlink(place->certificate);
	assert_int_equal(ensure(place), 0);
	check(place);

	unlink(place->key); /* half a key that has not its name yet */
	unlink(place->certificate);
	put(place->key, ".new", "-----BEGIN PRIV");
	assert_int_equal(ensure(place), 0);
	check(place);

	before = place->info; /* the key, and half of its certificate */
	unlink(place->certificate);
	put(place->certificate, ".new", "-----BEGIN CERT");
	assert_int_equal(ensure(place), 0);
	check(place);
	assert_string_not_equal(place->info.fingerprint, before.fingerprint);
}

/* Somebody took its key away; a new one would lock out who trusts the old. */
static void a_certificate_alone_is_not_touched(void **state)
{
	struct place *place = *state;

	assert_int_equal(ensure(place), 0);
	unlink(place->key);
	assert_int_equal(ensure(place), -ENOKEY);
	assert_non_null(strstr(place->why, place->key));
	assert_int_equal(access(place->key, F_OK), -1);
}

static void where_nothing_can_be_written_it_says_so(void **state)
{
	struct place *place = *state;

	strcpy(place->certificate, "/nonexistent/tls/certificate.pem");
	strcpy(place->key, "/nonexistent/tls/key.pem");
	assert_int_equal(ensure(place), -ENOENT);
	assert_non_null(strstr(place->why, "/nonexistent/tls"));
	assert_non_null(strstr(place->why, "must exist"));
}

/* ---- names -----------------------------------------------------------------
 */

static void names_come_without_a_resolver(void **state)
{
	struct place *place = *state;
	char path[64], line[1024], host[128], full[256];
	struct net_own_names own;
	bool found = false;

	assert_int_equal(gethostname(host, sizeof(host)), 0);
	if (strcmp(host, "localhost") == 0)
		skip(); /* it has no other name */
	snprintf(full, sizeof(full), "%s.example.com", host);
	snprintf(path, sizeof(path), "%s/hosts", place->directory);
	snprintf(line, sizeof(line),
			"127.0.0.1 localhost # %s.wrong\n"
			"# 127.0.1.1 %s.wrong %s\n"
			"10.0.0.1\tother other.example.com\n"
			"127.0.1.1\t%s %s \n",
			host, host, host, full, host);
	put(path, "", line);
	net_own_names_learn(&own, path);
	assert_string_equal(own.names[0], host);
	assert_int_equal(own.names_n, 3);
	assert_string_equal(own.names[1], full);
	assert_string_equal(own.names[2], "localhost");
	for (size_t i = 0; i < own.addresses_n; i++)
		found = found ||
				(own.addresses[i].size == 4 &&
						own.addresses[i].bytes[0] ==
								127);
	assert_true(found);
}

/* A file of hosts is a thing that people fill. */
static void too_many_names_are_left_out(void **state)
{
	struct place *place = *state;
	char path[64], host[128];
	struct net_own_names own;
	FILE *file;

	assert_int_equal(gethostname(host, sizeof(host)), 0);
	snprintf(path, sizeof(path), "%s/hosts", place->directory);
	file = fopen(path, "we");
	assert_non_null(file);
	for (unsigned i = 0; i < 100; i++)
		fprintf(file, "10.0.0.1 %s name%u.example.com\n", host, i);
	fprintf(file, "10.0.0.1 %s ", host);
	for (unsigned i = 0; i < 5000; i++)
		fputc('x', file);
	fclose(file);
	net_own_names_learn(&own, path);
	assert_int_equal(own.names_n, NET_OWN_NAMES_MAX);
	net_own_names_learn(&own, "/nonexistent");
	assert_in_range(own.names_n, 1, 2);
}

/* ---- reading ---------------------------------------------------------------
 */

static void a_certificate_tells_of_itself(void **state)
{
	struct place *place = *state;
	int64_t now_s = (int64_t)time(NULL);

	snprintf(place->certificate, sizeof(place->certificate), "%s/c",
			place->directory);
	snprintf(place->key, sizeof(place->key), "%s/k", place->directory);
	papers_make(&(struct papers){.name = "rack1.example.com",
				    .from_days = -10,
				    .until_days = -3,
				    .vouched = true},
			place->certificate, place->key);
	check(place); /* that it has expired is for others to judge */
	assert_string_equal(place->info.names, "rack1.example.com");
	assert_in_range(now_s - place->info.until_s, 3 * 86400,
			3 * 86400 + 100);
	assert_in_range(now_s - place->info.from_s, 10 * 86400,
			10 * 86400 + 100);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			test(a_pair_is_made_for_this_machine),
			test(nobody_else_may_read_it),
			test(what_is_there_stays),
			test(a_power_cut_leaves_nothing_half),
			test(a_certificate_alone_is_not_touched),
			test(where_nothing_can_be_written_it_says_so),
			test(names_come_without_a_resolver),
			test(too_many_names_are_left_out),
			test(a_certificate_tells_of_itself),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
