/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web/queue.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#define PER_SOURCE WEB_WAITING_PER_SOURCE_MAX

static struct web_arrival arrive(unsigned source, uint64_t came_us)
{
	struct web_arrival arrival = {
			.fd = eventfd(0, EFD_CLOEXEC), .came_us = came_us};
	struct sockaddr_in *in = (struct sockaddr_in *)&arrival.peer.storage;

	assert_int_not_equal(arrival.fd, -1);
	arrival.peer.length = sizeof(*in);
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK + source);
	return arrival;
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

/* The descriptor of the newest. */
static int add(struct web_queue *queue, unsigned source, size_t n)
{
	int fd = -1;

	for (size_t i = 0; i < n; i++) {
		struct web_arrival arrival = arrive(source, i);

		assert_int_equal(web_queue_add(queue, &arrival), 0);
		fd = arrival.fd;
	}
	return fd;
}

static void expect_refusal(struct web_queue *queue, unsigned source, int rc)
{
	struct web_arrival arrival = arrive(source, 0);
	size_t n = queue->n;

	assert_int_equal(web_queue_add(queue, &arrival), rc);
	assert_int_equal(queue->n, n);
	assert_true(is_open(arrival.fd)); /* it was not taken */
	close(arrival.fd);
}

static void they_stay_in_the_order_in_which_they_came(void **state)
{
	struct web_queue queue = {0};

	(void)state;
	add(&queue, 1, 4);
	close(queue.arrivals[1].fd);
	web_queue_remove(&queue, 1);
	assert_int_equal(queue.n, 3);
	assert_int_equal(queue.arrivals[0].came_us, 0);
	assert_int_equal(queue.arrivals[1].came_us, 2);
	assert_int_equal(queue.arrivals[2].came_us, 3);
	web_queue_finish(&queue);
}

static void of_one_source_only_so_many_wait(void **state)
{
	struct web_queue queue = {0};

	(void)state;
	add(&queue, 1, PER_SOURCE);
	expect_refusal(&queue, 1, -EDQUOT);
	add(&queue, 2, 1);
	web_queue_finish(&queue);
}

/* Coming first keeps nobody out: it is the largest crowd that loses its last.
 */
static void a_full_queue_has_room_for_who_has_fewer(void **state)
{
	struct web_queue queue = {0};
	int last, other;

	(void)state;
	add(&queue, 1, PER_SOURCE - 2);
	last = add(&queue, 2, PER_SOURCE);
	other = add(&queue, 3, 2);
	assert_int_equal(queue.n, WEB_WAITING_MAX);
	add(&queue, 3, 1);
	assert_int_equal(queue.n, WEB_WAITING_MAX);
	assert_false(is_open(last));
	assert_true(is_open(other));
	web_queue_finish(&queue);
}

/* Else two of one size would put each other out in turn. */
static void who_has_hardly_fewer_displaces_nobody(void **state)
{
	struct web_queue queue = {0};

	(void)state;
	add(&queue, 1, PER_SOURCE);
	add(&queue, 2, PER_SOURCE - 1);
	add(&queue, 3, 1);
	expect_refusal(&queue, 2, -EUSERS);
	web_queue_finish(&queue);
}

static void what_waits_is_closed_at_the_end(void **state)
{
	struct web_queue queue = {0};
	int fd = add(&queue, 1, 3);

	(void)state;
	web_queue_finish(&queue);
	assert_false(is_open(fd));
	assert_int_equal(queue.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					they_stay_in_the_order_in_which_they_came),
			cmocka_unit_test(of_one_source_only_so_many_wait),
			cmocka_unit_test(
					a_full_queue_has_room_for_who_has_fewer),
			cmocka_unit_test(who_has_hardly_fewer_displaces_nobody),
			cmocka_unit_test(what_waits_is_closed_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
