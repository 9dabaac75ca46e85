/*
 * accept.c - new connections.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/network.h"
#include "gateway/fastcgi.h"
#include "gateway/listen.h"

#define PEERS "FCGI_WEB_SERVER_ADDRS"

enum { QUIET = 60 * 1000 };	/* ms until the same trouble is logged again */

static bool
is_unix(int fd)
{
	int domain = 0;
	socklen_t len = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 &&
	    domain == AF_UNIX;
}

/* As in libfcgi, everybody may connect if nobody is named. */
static int
read_peers(struct prg_fcgi *s, struct prg_error *err)
{
	const char *list = getenv(PEERS);
	struct prg_error why;

	if (list == NULL || list[strspn(list, ", ")] == '\0')
		return 0;
	s->peers = list;
	return prg_networks_check(list, &why) == 0 ? 0 :
	    prg_error_set(err, PEERS ": %s", why.text);
}

int
prg_fcgi_begin(struct prg_fcgi *s, struct prg_error *err)
{
	struct epoll_event e = {
		.events = EPOLLIN | EPOLLONESHOT, .data.ptr = s
	};
	const struct prg_listen how = { s->conf.listen, s->conf.anywhere,
	    s->conf.take_over };
	int fd = s->conf.listen_fd;

	if (read_peers(s, err) == -1)
		return -1;
	if (how.where != NULL && (fd = s->conf.listen_fd =
	    prg_listen_open(&how, &s->served_by, err)) == -1)
		return -1;
	s->is_unix = is_unix(fd);
	s->begun = fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0 &&
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e) == 0;
	return s->begun ? 0 : prg_error_set(err,
	    "cannot wait for connections: %s", strerror(errno));
}

static const char *const troubles[PRG_FCGI_TROUBLES] = {
	[PRG_FCGI_FULL] = "no more connections are accepted for now: %s",
	[PRG_FCGI_REFUSED] = "a peer's request was refused: %s; others within a"
	    " minute are not logged"
};

void
prg_fcgi_complain(struct prg_fcgi *s, enum prg_fcgi_trouble which,
    const char *why)
{
	int64_t now = prg_clock_ms(), last = atomic_load(&s->logged[which]);

	if ((last == 0 || now - last >= QUIET) &&
	    atomic_compare_exchange_strong(&s->logged[which], &last, now))
		prg_log(PRG_LOG_WARNING, troubles[which], why);
}

/*
 * Have the socket reported once more.  Without descriptors or memory ('error'),
 * or with the last connection that may be open, wait until one has closed or
 * the control thread tries again.
 */
static void
go_on_accepting(struct prg_fcgi *s, int error)
{
	pthread_mutex_lock(&s->lock);
	s->paused = true;
	if (error != 0)
		prg_fcgi_complain(s, PRG_FCGI_FULL, strerror(error));
	else if (s->nconn >= s->conf.max_connections)
		prg_fcgi_complain(s, PRG_FCGI_FULL,
		    "as many are open as the limit on descriptors allows");
	else
		prg_fcgi_resume(s);
	pthread_mutex_unlock(&s->lock);
}

void
prg_fcgi_resume(struct prg_fcgi *s)
{
	struct epoll_event e = {
		.events = EPOLLIN | EPOLLONESHOT, .data.ptr = s
	};

	if (s->paused && s->nconn < s->conf.max_connections) {
		s->paused = false;
		epoll_ctl(s->epoll, EPOLL_CTL_MOD, s->conf.listen_fd, &e);
	}
}

void
prg_fcgi_make_room(struct prg_fcgi *s)
{
	struct pollfd f = { .fd = s->conf.listen_fd, .events = POLLIN };

	if (s->paused && poll(&f, 1, 0) == 1)
		prg_fcgi_look(s, prg_fcgi_ask);
	prg_fcgi_resume(s);
}

static struct prg_fcgi_conn *
conn_new(struct prg_fcgi *s, int fd)
{
	struct prg_fcgi_conn *c = calloc(1, sizeof(*c));
	const int on = 1;

	if (c == NULL)
		return NULL;
	c->server = s;
	c->fd = fd;
	if (!s->is_unix)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	pthread_mutex_lock(&s->lock);
	TAILQ_INSERT_HEAD(&s->all, c, all);
	s->nconn++;
	s->accepted++;
	pthread_mutex_unlock(&s->lock);
	return c;
}

/* One at a time, so that processes that share the socket share the load. */
bool
prg_fcgi_accept(struct prg_fcgi *s, struct prg_fcgi_conn **c)
{
	struct sockaddr_storage from;
	struct sockaddr *sa = (struct sockaddr *)&from;
	socklen_t len = sizeof(from);
	int fd;

	do
		fd = accept4(s->conf.listen_fd, sa, &len, SOCK_CLOEXEC);
	while (fd == -1 && (errno == ECONNABORTED || errno == EINTR));
	if (fd == -1) {
		go_on_accepting(s, errno == EAGAIN ? 0 : errno);
		return false;
	}
	*c = s->is_unix || s->peers == NULL ||
	    prg_networks_admit(s->peers, sa) ? conn_new(s, fd) : NULL;
	if (*c == NULL)
		close(fd);
	go_on_accepting(s, 0);
	return true;
}
