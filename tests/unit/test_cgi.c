/*
 * test_cgi.c - a CGI program: one request on stdin and stdout.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/gateway.h"

struct program {
	bool	reads;
};

/* Say what the service sees: how many bytes, how the body ended, the proxy. */
static void
report(const struct program *p, struct prg_conn *c)
{
	char buf[1000], out[128];
	long n = 0, sum = 0;
	int k;

	while (p->reads && (n = c->ops->read(c, buf, sizeof(buf))) > 0)
		sum += n;
	k = snprintf(out, sizeof(out), "read %ld, %s; proxy %s %s; mask %o",
	    sum, n == 0 ? "end" : "broken",
	    prg_conn_param(c, "HTTP_PROXY") == NULL ? "no" : "yes",
	    getenv("HTTP_PROXY") == NULL ? "no" : "yes", umask(0));
	c->ops->answer(c, &(struct prg_span){ out, (size_t)k }, 1);
}

static void
serve(void *arg, struct prg_conn *c)
{
	report(arg, c);
}

/* -- what a web server does ---------------------------------------------- */

struct job {
	const char	*name;
	const char	*length;	/* CONTENT_LENGTH */
	const char	*coding;	/* HTTP_TRANSFER_ENCODING */
	size_t		 sent;		/* bytes on its stdin */
	bool		 open;		/* and no EOF */
	struct program	 program;
	const char	*says;
	size_t		 left;		/* bytes it left unread */
	const char	*method;
};

static void
set(const char *name, const char *value)
{
	if (value != NULL)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void
child(const struct job *j, const int in[2], const int out[2])
{
	struct program p = j->program;

	dup2(in[0], 0);
	dup2(out[1], 1);
	close(in[0]);
	close(in[1]);
	close(out[0]);
	close(out[1]);
	set("CONTENT_LENGTH", j->length);
	set("REQUEST_METHOD", j->method);
	set("HTTP_TRANSFER_ENCODING", j->coding);
	setenv("HTTP_PROXY", "http://evil.example/", 1);
	_exit(prg_cgi_run(&(struct prg_service){
	    .serve = serve, .arg = &p }));
}

/* Bytes that are still in the pipe. */
static size_t
unread(int fd)
{
	char buf[65536];
	ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

	return n > 0 ? (size_t)n : 0;
}

static void
check_job(const struct job *j)
{
	char *body = calloc(1, j->sent + 1), text[256] = "";
	int in[2], out[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	assert_non_null(body);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, in), 0);
	assert_int_equal(pipe(out), 0);
	if ((pid = fork()) == 0)
		child(j, in, out);
	close(out[1]);
	assert_int_equal(send(in[1], body, j->sent, 0), j->sent);
	if (!j->open)
		shutdown(in[1], SHUT_WR);
	while ((n = read(out[0], text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status != 0 || strncmp(text, j->says, strlen(j->says)) != 0)
		fail_msg("%s: status %x, \"%s\"", j->name, status, text);
	if (strstr(text, "proxy no no; mask 77") == NULL)
		fail_msg("%s: \"%s\"", j->name, text);
	if (unread(in[0]) != j->left)
		fail_msg("%s: it left bytes unread, or took too many",
		    j->name);
	close(in[0]);
	close(in[1]);
	close(out[0]);
	free(body);
}

static void
test_jobs(void **state)
{
	static const struct program reads = { true };
	static const struct program idles = { false };
	const struct job jobs[] = {
		{ "no body",		NULL, NULL, 0, true, reads,
		    "read 0, end", 0, NULL },
		{ "empty length",	"", NULL, 0, true, reads,
		    "read 0, end", 0, NULL },
		{ "length 0",		"0", NULL, 0, true, reads,
		    "read 0, end", 0, NULL },
		{ "a body, no EOF",	"5", NULL, 5, true, reads,
		    "read 5, end", 0, NULL },
		{ "a body and EOF",	"5", NULL, 5, false, reads,
		    "read 5, end", 0, NULL },
		{ "a large body",	"100000", NULL, 100000, true, reads,
		    "read 100000, end", 0, NULL },
		{ "more than the length", "5", NULL, 7, true, reads,
		    "read 5, end", 2, NULL },
		{ "less than the length", "5", NULL, 3, false, reads,
		    "read 3, broken", 0, NULL },
		{ "an odd length",	"+5", NULL, 5, true, reads,
		    "read 0, end", 5, NULL },
		{ "chunked",		NULL, "chunked", 50000, false, reads,
		    "read 50000, end", 0, NULL },
		{ "chunked, with length", "5", "chunked", 5, true, reads,
		    "read 5, end", 0, NULL },
		{ "no length, no coding", NULL, NULL, 5, true, reads,
		    "read 0, end", 5, NULL },
		{ "unread",		"100000", NULL, 100000, true, idles,
		    "read 0, end", 0, "POST" },
		{ "unread, chunked",	NULL, "chunked", 100000, false, idles,
		    "read 0, end", 0, "POST" },
		{ "a negative length",	"-1", NULL, 5, true, reads,
		    "read 0, end", 5, "GET" },
		/* These wait two seconds for a byte that never comes. */
		{ "unread, chunked, no EOF", NULL, "chunked", 9000, true, idles,
		    "read 0, end", 0, "POST" },
		{ "unread, incomplete, no EOF", "9001", NULL, 9000, true, idles,
		    "read 0, end", 0, "POST" },
		{ "unread, no length, no EOF", NULL, NULL, 9000, true, idles,
		    "read 0, end", 0, "POST" },
		{ "unread, negative length, no EOF", "-1", NULL, 9000, true,
		    idles, "read 0, end", 0, "POST" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++)
		check_job(&jobs[i]);
}

/* A peer that has gone is told by write(), not by a signal. */
static void
answer_nobody(void *arg, struct prg_conn *c)
{
	(void)arg;
	if (c->ops->answer(c, &(struct prg_span){ "x", 1 }, 1) != -1 ||
	    errno != EPIPE)
		_exit(1);
}

static void
test_gone(void **state)
{
	int out[2], status;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(out), 0);
	close(out[0]);
	if ((pid = fork()) == 0) {
		signal(SIGPIPE, SIG_DFL);
		dup2(out[1], 1);
		close(out[1]);
		unsetenv("CONTENT_LENGTH");
		_exit(prg_cgi_run(&(struct prg_service){
		    .serve = answer_nobody }));
	}
	close(out[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jobs),
		cmocka_unit_test(test_gone)
	};

	return cmocka_run_group_tests_name("cgi", tests, NULL, NULL);
}
