/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cost PID: the CPU in us that the process has used so far. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/tool.h"

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	printf("%llu\n",
			(unsigned long long)bench_process_cpu_us(
					(pid_t)strtol(argv[1], NULL, 10)));
	return 0;
}
