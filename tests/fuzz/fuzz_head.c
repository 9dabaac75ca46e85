/*
 * fuzz_head.c - any bytes as what a connection has sent.
 *
 * What the check passes is read by libfcgi, from a file in memory: it must find
 * as many params as there are, and the sanitizers nothing.
 */
#include <assert.h>
#include <fcgiapp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gateway/head.h"

enum { MAX = 64 << 10 };

/* Every prefix of a whole request is incomplete, or is answered first. */
static void
check_prefix(const uint8_t *p, size_t n, const struct prg_head *whole)
{
	struct prg_head h = prg_head_check(p, n, MAX);

	if (n < whole->head)
		assert(h.verdict == PRG_HEAD_MORE);
	else
		assert(h.verdict == PRG_HEAD_PASS && h.head == whole->head);
}

static void
check_reply(const uint8_t *p, size_t n, const struct prg_head *h)
{
	unsigned char out[PRG_HEAD_REPLY];
	size_t len = prg_head_answer(h, p, 1000000, out);

	assert(len <= sizeof(out));
	assert(len == 0 || out[0] == FCGI_VERSION_1);
	assert(h->verdict == PRG_HEAD_END || h->head <= n);
}

/* As codec.c gives a whole request to libfcgi. */
static void
read_it(const uint8_t *p, size_t n)
{
	int fd = memfd_create("request", MFD_CLOEXEC);
	FCGX_Request r;
	char body[512];

	assert(fd != -1 && write(fd, p, n) == (ssize_t)n);
	lseek(fd, 0, SEEK_SET);
	FCGX_InitRequest(&r, -1, FCGI_FAIL_ACCEPT_ON_INTR);
	r.ipcFd = fd;
	r.keepConnection = r.detached = 1;
	assert(FCGX_Accept_r(&r) == 0);
	for (char **e = r.envp; *e != NULL; e++)
		assert(strchr(*e, '=') > *e);
	while (FCGX_GetStr(body, sizeof(body), r.in) > 0)
		continue;
	assert(r.in->isClosed && FCGX_GetError(r.in) == 0);
	FCGX_Free(&r, 0);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int ready = -1;
	struct prg_head h = prg_head_check(data, size, MAX);

	if (ready == -1)
		ready = FCGX_Init();
	if (h.verdict == PRG_HEAD_ANSWER || h.verdict == PRG_HEAD_END)
		check_reply(data, size, &h);
	if (h.verdict != PRG_HEAD_PASS)
		return 0;
	assert(h.params <= h.end && h.end < h.head && h.head <= size);
	assert(h.total == 0 || (h.total > h.head && h.total <= size));
	assert(!h.plain || h.total == size);
	check_prefix(data, size / 2, &h);
	check_prefix(data, h.head - 1, &h);
	if (h.plain)
		read_it(data, size);
	return 0;
}
