/*
 * ceiling.c - the least that a FastCGI program on libfcgi can do: the ceiling.
 *
 * usage: ceiling SOCKET FORM RESULT
 * Answers GET / with the bytes of the file FORM, any other GET with those of RESULT,
 * and a POST with 303, and stores nothing.  Idle connections wait in one epoll set, as
 * a thread for each of them would cost more.
 */
#include <fcgiapp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

struct page {
	char	bytes[1 << 16];
	int	len;
};

static struct page form, result;
static const char see_other[] = "Status: 303 See Other\r\n"
    "Location: /r/0123456789\r\nContent-Type: text/plain\r\n\r\n";
static int set, listener;

static void
answer(FCGX_Request *r)
{
	const char *method = FCGX_GetParam("REQUEST_METHOD", r->envp);
	const char *uri = FCGX_GetParam("REQUEST_URI", r->envp);
	const struct page *p;
	char body[4096];

	while (FCGX_GetStr(body, sizeof(body), r->in) > 0)
		;
	if (method != NULL && strcmp(method, "POST") == 0) {
		FCGX_PutStr(see_other, sizeof(see_other) - 1, r->out);
		return;
	}
	p = uri != NULL && strcmp(uri, "/") == 0 ? &form : &result;
	FCGX_PutStr(p->bytes, p->len, r->out);
}

/* Another worker may have the connection as soon as epoll_ctl() has been called. */
static void
park(FCGX_Request *r, int op)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLONESHOT,
	    .data.ptr = r };

	epoll_ctl(set, op, r->ipcFd, &ev);
}

static void
accept_one(void)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLONESHOT,
	    .data.ptr = NULL };
	FCGX_Request *r;
	int fd = accept(listener, NULL, NULL);

	epoll_ctl(set, EPOLL_CTL_MOD, listener, &ev);
	if (fd == -1 || (r = calloc(1, sizeof(*r))) == NULL)
		return;
	FCGX_InitRequest(r, -1, 0);
	r->ipcFd = fd;
	r->keepConnection = 1;	/* or FCGX_Accept_r() closes it before it reads */
	park(r, EPOLL_CTL_ADD);
}

static void *
work(void *arg)
{
	struct epoll_event ev;
	FCGX_Request *r;

	(void)arg;
	for (;;) {
		if (epoll_wait(set, &ev, 1, -1) != 1)
			continue;
		if ((r = ev.data.ptr) == NULL) {
			accept_one();
			continue;
		}
		r->detached = 1;	/* closing does not wait for the peer */
		if (FCGX_Accept_r(r) == 0) {
			answer(r);
			FCGX_Finish_r(r);
		}
		if (r->ipcFd == -1)
			free(r);
		else
			park(r, EPOLL_CTL_MOD);
	}
	return NULL;
}

static int
listen_at(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	if (bind(fd, (struct sockaddr *)&un, sizeof(un)) == -1 ||
	    chmod(path, 0666) == -1 || listen(fd, BACKLOG) == -1)
		return -1;
	return fd;
}

static int
load(const char *path, struct page *p)
{
	FILE *f = fopen(path, "r");

	if (f == NULL)
		return -1;
	p->len = (int)fread(p->bytes, 1, sizeof(p->bytes), f);
	fclose(f);
	return 0;
}

int
main(int argc, char **argv)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLONESHOT,
	    .data.ptr = NULL };
	long n = 2 * sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t t;

	if (argc != 4 || load(argv[2], &form) == -1 ||
	    load(argv[3], &result) == -1) {
		fprintf(stderr, "usage: ceiling SOCKET FORM RESULT\n");
		return 2;
	}
	if (FCGX_Init() != 0 || (listener = listen_at(argv[1])) == -1 ||
	    (set = epoll_create1(0)) == -1 ||
	    epoll_ctl(set, EPOLL_CTL_ADD, listener, &ev) == -1) {
		perror(argv[1]);
		return 1;
	}
	while (--n > 0)
		pthread_create(&t, NULL, work, NULL);
	fprintf(stderr, "ceiling: serving\n");
	work(NULL);
	return 0;
}
