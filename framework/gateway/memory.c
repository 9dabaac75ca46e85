/*
 * memory.c - a request from memory, for tests and fuzzers.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/gateway.h"

struct memory_conn {
	struct prg_conn		 conn;
	struct prg_memory	*m;
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
add(struct memory_conn *c, const char *p, size_t n)
{
	char *out = realloc(c->m->out, c->m->out_len + n + 1);

	if (out == NULL)
		return -1;
	if (n > 0)
		memcpy(out + c->m->out_len, p, n);
	c->m->out = out;
	c->m->out_len += n;
	out[c->m->out_len] = '\0';
	return 0;
}

static int
memory_answer(struct prg_conn *conn, const struct prg_span *part, int n)
{
	int rc = 0;

	for (int i = 0; i < n && rc == 0; i++)
		rc = add((struct memory_conn *)conn, part[i].p, part[i].len);
	return rc;
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

	m->out = NULL;
	m->out_len = 0;
	service->serve(service->arg, &c.conn);
}
