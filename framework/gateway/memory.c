/*
 * memory.c - a request from memory, for tests and fuzzers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/gateway.h"

struct memory_conn {
	struct prg_conn		 conn;
	struct prg_memory	*m;
	FILE			*out;
	size_t			 at;	/* of the body, what has been read */
};

static long
memory_read(struct prg_conn *conn, char *p, size_t n)
{
	struct memory_conn *c = (struct memory_conn *)conn;
	size_t left = c->m->body_len - c->at;

	if (c->m->chunk > 0 && n > c->m->chunk)
		n = c->m->chunk;
	if (n > left)
		n = left;
	if (n > 0)
		memcpy(p, c->m->body + c->at, n);
	c->at += n;
	return (long)n;
}

static int
memory_answer(struct prg_conn *conn, const struct prg_span *part, int n)
{
	FILE *out = ((struct memory_conn *)conn)->out;

	for (int i = 0; i < n; i++)
		fwrite(part[i].p, 1, part[i].len, out);
	return ferror(out) ? -1 : 0;
}

static const struct prg_conn_ops memory_ops = {
	memory_read, memory_answer, NULL, false
};

void
prg_memory_run(struct prg_memory *m, const struct prg_service *service)
{
	struct memory_conn c = {
		.conn = { .ops = &memory_ops, .params = m->params },
		.m = m
	};

	if ((c.out = open_memstream(&m->out, &m->out_len)) == NULL)
		abort();
	service->serve(service->arg, &c.conn);
	fclose(c.out);
}
