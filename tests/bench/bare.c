/*
 * bare.c - a responder on our own gateway that does nothing: the ceiling.
 *
 * usage: bare SOCKET THREADS FILE
 * Reads the body, if there is one, and gives the bytes of FILE, a whole response.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/gateway.h"

struct bytes {
	char	p[1 << 20];
	size_t	len;
};

static void
serve(void *arg, struct prg_conn *c)
{
	const struct bytes *b = arg;
	char body[4096];

	while (c->ops->read(c, body, sizeof(body)) > 0)
		;
	c->ops->answer(c, &(struct prg_span){ b->p, b->len }, 1);
}

int
main(int argc, char **argv)
{
	static struct bytes bytes;
	struct prg_service service = { .serve = serve, .arg = &bytes };
	struct prg_fastcgi conf = { .grace = 1, .io_timeout = 30 };
	struct prg_error err;
	sigset_t all;
	FILE *f;

	if (argc != 4 || (f = fopen(argv[3], "r")) == NULL) {
		fprintf(stderr, "usage: bare SOCKET THREADS FILE\n");
		return 2;
	}
	bytes.len = fread(bytes.p, 1, sizeof(bytes.p), f);
	fclose(f);
	conf.threads = atoi(argv[2]);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	conf.listen = argv[1];
	if (prg_fastcgi_run(&conf, &service, &err) == -1) {
		fprintf(stderr, "bare: %s\n", err.text);
		return 1;
	}
	return 0;
}
