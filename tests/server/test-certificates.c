/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/certificates.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/certificate.h"
#include "tests/net/papers.h"

struct rig {
	sd_event *event;
	struct server_certificates *certificates;
	struct config config;
	int log;       /* a file in the place of stderr */
	int stderr_fd; /* the real one */
	char said[4096];
	char directory[32];
	char certificate[64]; /* of the user's choice */
	char key[64];
};

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	char path[64];

	assert_non_null(rig);
	strcpy(rig->directory, "/tmp/rackhand-tls-XXXXXX");
	assert_non_null(mkdtemp(rig->directory));
	snprintf(rig->certificate, sizeof(rig->certificate), "%s/user.crt",
			rig->directory);
	snprintf(rig->key, sizeof(rig->key), "%s/user.key", rig->directory);
	snprintf(path, sizeof(path), "%s/log", rig->directory);
	rig->log = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	rig->stderr_fd = dup(STDERR_FILENO);
	assert_int_equal(dup2(rig->log, STDERR_FILENO), STDERR_FILENO);
	rig->config.targets_n = 1;
	rig->config.targets[0].vnc.security = CONFIG_SECURITY_USUAL;
	assert_true(sd_event_new(&rig->event) >= 0);
	assert_int_equal(server_certificates_create(&rig->certificates,
					 rig->event, rig->directory),
			0);
	*state = rig;
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
	struct rig *rig = *state;

	dup2(rig->stderr_fd, STDERR_FILENO);
	close(rig->stderr_fd);
	close(rig->log);
	server_certificates_destroy(rig->certificates);
	sd_event_unref(rig->event);
	nftw(rig->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(rig);
	return 0;
}

static void wish_own_files(struct rig *rig)
{
	rig->config.tls_certificate = rig->certificate;
	rig->config.tls_key = rig->key;
}

static void make(struct rig *rig, const struct papers *papers)
{
	papers_make(papers, rig->certificate, rig->key);
}

/* What the log said meanwhile. */
static const char *apply(struct rig *rig)
{
	ssize_t length;

	assert_int_equal(ftruncate(rig->log, 0), 0);
	server_certificates_apply(rig->certificates, &rig->config);
	length = pread(rig->log, rig->said, sizeof(rig->said) - 1, 0);
	assert_true(length >= 0);
	rig->said[length] = '\0';
	return rig->said;
}

static bool has_one(struct rig *rig)
{
	return net_tls_has_certificate(
			server_certificates_get_tls(rig->certificates));
}

static void must_say(const char *said, const char *what)
{
	if (!strstr(said, what))
		fail_msg("'%s' is not in: %s", what, said);
}

/* ---- the machine's own -----------------------------------------------------
 */

static void one_is_made_where_it_is_wanted(void **state)
{
	struct net_certificate_info info;
	struct rig *rig = *state;
	char path[64], why[NET_CERTIFICATE_WHY_BYTES];

	must_say(apply(rig), "TLS certificate");
	assert_true(has_one(rig));
	snprintf(path, sizeof(path), "%s/tls/certificate.pem", rig->directory);
	assert_int_equal(net_certificate_read(&info, path, NULL, why), 0);
	must_say(rig->said, info.fingerprint);
	assert_string_equal(apply(rig), ""); /* nothing new to say */
}

/* Who shows none needs no directory either. */
static void none_is_made_where_it_is_not(void **state)
{
	static const unsigned others[] = {CONFIG_SECURITY_NONE,
			CONFIG_SECURITY_VNCAUTH | CONFIG_SECURITY_PLAIN,
			CONFIG_SECURITY_TLSVNC | CONFIG_SECURITY_TLSPLAIN};
	struct rig *rig = *state;
	char path[64];

	snprintf(path, sizeof(path), "%s/tls", rig->directory);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		rig->config.targets[0].vnc.security = others[i];
		assert_string_equal(apply(rig), "");
		assert_false(has_one(rig));
		assert_int_equal(access(path, F_OK), -1);
	}
}

/* Once, not every five seconds; and it comes about when it can. */
static void what_cannot_be_made_is_tried_again(void **state)
{
	struct rig *rig = *state;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/tls", rig->directory);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600); /* a file */
	assert_true(fd >= 0);
	must_say(apply(rig), "cannot be written");
	must_say(rig->said, path);
	must_say(rig->said, "nobody can come by TLS");
	assert_false(has_one(rig));
	assert_string_equal(apply(rig), "");
	close(fd);
	unlink(path);
	server_certificates_retry(rig->certificates, &rig->config);
	assert_true(has_one(rig));
}

/* ---- of the user's choice --------------------------------------------------
 */

static void a_renewed_one_is_taken(void **state)
{
	struct rig *rig = *state;

	wish_own_files(rig);
	make(rig, &(struct papers){.name = "first"});
	must_say(apply(rig), "for first");
	make(rig, &(struct papers){.name = "second", .vouched = true});
	must_say(apply(rig), "for second");
	rig->config.tls_certificate = rig->config.tls_key = NULL;
	must_say(apply(rig), "localhost"); /* its own again */
}

static void a_bad_new_one_leaves_the_old(void **state)
{
	struct net_certificate_info info;
	struct rig *rig = *state;
	char why[NET_CERTIFICATE_WHY_BYTES];

	wish_own_files(rig);
	make(rig, &(struct papers){.name = "good"});
	apply(rig);
	make(rig,
			&(struct papers){.name = "late",
					.from_days = -9,
					.until_days = -2});
	must_say(apply(rig), "has expired on");
	must_say(rig->said, "stays as it was");
	make(rig, &(struct papers){.rsa_bits = 1024});
	must_say(apply(rig), "too weak");
	must_say(rig->said, "stays as it was");
	make(rig, &(struct papers){.name = "open"});
	chmod(rig->key, 0644);
	must_say(apply(rig), "chmod o=");
	unlink(rig->key);
	must_say(apply(rig), rig->key);
	assert_true(has_one(rig));
	make(rig, &(struct papers){.name = "better"});
	must_say(apply(rig), "for better");
	assert_int_equal(net_certificate_read(&info, rig->certificate, rig->key,
					 why),
			0);
	must_say(rig->said, info.fingerprint);
}

/* Better late than unreachable. */
static void an_expired_one_is_better_than_none(void **state)
{
	struct rig *rig = *state;

	wish_own_files(rig);
	make(rig, &(struct papers){.from_days = -9, .until_days = -2});
	must_say(apply(rig), "error: the TLS certificate has expired");
	assert_true(has_one(rig));
	must_say(apply(rig), "has expired"); /* and is taken again */
	assert_null(strstr(rig->said, "stays as it was"));
}

static void what_soon_expires_is_warned_of(void **state)
{
	struct rig *rig = *state;

	wish_own_files(rig);
	make(rig, &(struct papers){.until_days = 31});
	apply(rig);
	assert_null(strstr(rig->said, "expires"));
	make(rig, &(struct papers){.until_days = 29});
	must_say(apply(rig), "warning: the TLS certificate expires on 20");
}

/* ---- --check-config --------------------------------------------------------
 */

struct complaints {
	unsigned count;
	char last[1024];
};

static void complain(void *context, const char *line)
{
	struct complaints *complaints = context;

	complaints->count++;
	snprintf(complaints->last, sizeof(complaints->last), "%s", line);
}

static int check(struct rig *rig, struct complaints *complaints)
{
	*complaints = (struct complaints){0};
	return server_certificates_check(
			&rig->config, "rackhand.conf", complain, complaints);
}

static void files_are_checked_ahead(void **state)
{
	struct complaints complaints;
	struct rig *rig = *state;

	assert_int_equal(check(rig, &complaints), 0); /* its own */
	wish_own_files(rig);
	assert_int_equal(check(rig, &complaints), -EINVAL);
	must_say(complaints.last, "rackhand.conf: ");
	must_say(complaints.last, rig->certificate);
	make(rig, &(struct papers){0});
	assert_int_equal(check(rig, &complaints), 0);
	assert_int_equal(complaints.count, 0);
	make(rig, &(struct papers){.until_days = 29});
	assert_int_equal(check(rig, &complaints), 0);
	must_say(complaints.last, "expires on");
	make(rig, &(struct papers){.until_days = -2, .from_days = -5});
	assert_int_equal(check(rig, &complaints), -EINVAL);
	must_say(complaints.last, "has expired on");
	make(rig, &(struct papers){.rsa_bits = 1024});
	assert_int_equal(check(rig, &complaints), -EINVAL);
	must_say(complaints.last, "too weak");
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
			test(one_is_made_where_it_is_wanted),
			test(none_is_made_where_it_is_not),
			test(what_cannot_be_made_is_tried_again),
			test(a_renewed_one_is_taken),
			test(a_bad_new_one_leaves_the_old),
			test(an_expired_one_is_better_than_none),
			test(what_soon_expires_is_warned_of),
			test(files_are_checked_ahead),
	};
#undef test

	return cmocka_run_group_tests(tests, NULL, NULL);
}
