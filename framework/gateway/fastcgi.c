/*
 * fastcgi.c - FastCGI over kept-open connections, with a few threads.
 *
 * Left to itself libfcgi gives each open connection a blocked thread and stops
 * answering when they run out.  Here a worker has a connection only from the
 * moment at which a request can be read: see fastcgi.h for who has it
 * otherwise.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"
#include "gateway/fastcgi.h"
#include "gateway/successor.h"

/* With as much again as PARAMS: the headers and padding of any sensible records. */
enum { SPARE = 8 << 10 };

static void
settle(struct prg_fcgi_conn *c, enum prg_fcgi_fate f)
{
	if (f == PRG_FCGI_PARK)
		prg_fcgi_park(c);
	else if (f == PRG_FCGI_DROP)
		prg_fcgi_drop(c);
}

static void
happened(struct prg_fcgi_worker *w, void *what)
{
	struct prg_fcgi *s = w->server;
	struct prg_fcgi_conn *c = what;

	if (what == &s->wake)
		return;		/* to look at what is ready */
	if (what == &s->timer) {
		prg_fcgi_tick(s);
		return;
	}
	if (what == &s->conf) {
		if (!prg_fcgi_accept(s, &c) || c == NULL)
			return;
	} else
		prg_fcgi_take(c);
	settle(c, prg_fcgi_receive(w, c));
}

static void
run(struct prg_fcgi_worker *w)
{
	struct prg_fcgi *s = w->server;
	struct prg_fcgi_conn *c;
	struct epoll_event e;
	int n;

	for (;;) {
		while ((c = prg_fcgi_take_ready(s)) != NULL)
			settle(c, prg_fcgi_resume(c));
		/* Who makes one ready from here on, wakes us: so look again. */
		atomic_fetch_add(&s->idle, 1);
		n = 0;
		if (atomic_load(&s->nready) == 0)
			n = epoll_wait(s->epoll, &e, 1, -1);
		atomic_fetch_sub(&s->idle, 1);
		if (n == 1 && e.data.ptr == &s->stop)
			return;
		if (n == 1)
			happened(w, e.data.ptr);
	}
}

static void *
worker(void *arg)
{
	struct prg_fcgi_worker *w = arg;
	struct prg_fcgi *s = w->server;

	run(w);
	prg_feed_close(&w->feed);
	free(w->buf);
	free(w);
	pthread_mutex_lock(&s->lock);
	s->nworkers--;
	pthread_cond_signal(&s->gone);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

static int
start_worker(struct prg_fcgi *s, pthread_t *t, struct prg_error *err)
{
	struct prg_fcgi_worker *w = calloc(1, sizeof(*w));
	int rc;

	if (w == NULL || (w->buf = malloc(s->head_max)) == NULL) {
		free(w);
		return prg_error_set(err, "out of memory");
	}
	w->server = s;
	if (prg_feed_open(&w->feed, s->head_max, err) == -1)
		goto fail;
	if ((rc = pthread_create(t, NULL, worker, w)) == 0)
		return 0;
	prg_error_set(err, "cannot start a thread: %s", strerror(rc));
	prg_feed_close(&w->feed);
fail:
	free(w->buf);
	free(w);
	return -1;
}

static int
start_workers(struct prg_fcgi *s, pthread_t *t, struct prg_error *err)
{
	int n, rc = 0;

	pthread_mutex_lock(&s->lock);
	for (n = 0; n < s->conf.threads && rc == 0; n++)
		if ((rc = start_worker(s, &t[n], err)) == 0)
			s->nworkers++;
	pthread_mutex_unlock(&s->lock);
	return rc;
}

/* Whether a new process serves in our place. */
static bool
succeeded(struct prg_fcgi *s)
{
	struct prg_error err;

	if (s->conf.argv == NULL)
		return false;
	switch (prg_successor_start(s->conf.argv, s->conf.listen_fd,
	    !s->conf.inherited, &err)) {
	case PRG_SUCCEEDED:
		s->conf.inherited = true;	/* its queue is the successor's */
		return true;
	case PRG_SUCCESSION_FAILED:
		prg_log(PRG_LOG_ERROR, "SIGHUP: %s; this one serves on",
		    err.text);
		break;
	case PRG_SUCCESSION_STOPPED:
		break;		/* the signal is yet to be taken */
	}
	return false;
}

/* Whose end SIGHUP tells of, then; but after nohup(1) it is not to end us. */
static bool
has_terminal(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
	struct sigaction was;

	if (fd == -1)
		return false;
	close(fd);
	return sigaction(SIGHUP, NULL, &was) == 0 && was.sa_handler != SIG_IGN;
}

/* Until it is time to stop; SIGUSR1 asks how things are. */
static void
wait_for_signal(struct prg_fcgi *s)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	while (sigwait(&set, &sig) == 0 && (sig == SIGUSR1 ||
	    (sig == SIGHUP && !s->in_terminal && !succeeded(s))))
		if (sig == SIGUSR1 && s->service.report != NULL)
			s->service.report(s->service.arg);
}

/*
 * What outlives the grace still uses all this, so it is left to the end of the
 * process then.
 */
static bool
finish(struct prg_fcgi *s, pthread_t *t, int n)
{
	bool gone = prg_fcgi_drain(s);

	for (int i = 0; i < n; i++)
		if (gone)
			pthread_join(t[i], NULL);
		else
			pthread_detach(t[i]);
	free(t);
	if (gone) {
		prg_fcgi_close(s);
		free(s);
	}
	return gone;
}

int
prg_fastcgi_run(const struct prg_fastcgi *conf,
    const struct prg_service *service, struct prg_error *err)
{
	struct prg_fcgi *s;
	pthread_t *t;
	int rc, n;

	if (prg_codec_check(err) == -1)
		return -1;
	s = calloc(1, sizeof(*s));
	t = calloc((size_t)conf->threads, sizeof(*t));
	if (s == NULL || t == NULL) {
		free(s);
		free(t);
		return prg_error_set(err, "out of memory");
	}
	s->conf = *conf;
	if (conf->listen != NULL)
		s->conf.listen_fd = -1;
	s->service = *service;
	s->in_terminal = has_terminal();
	s->head_max = 2 * conf->max_params + SPARE;
	if (prg_fcgi_open(s, err) == -1) {
		free(s);
		free(t);
		return -1;
	}
	if ((rc = start_workers(s, t, err)) == 0 &&
	    (rc = prg_fcgi_begin(s, err)) == 0) {
		if (service->started != NULL)
			service->started(service->arg);
		prg_successor_ready(conf->ready_fd);
		wait_for_signal(s);
	}
	n = s->nworkers;
	return finish(s, t, n) || rc == -1 ? rc : 1;
}
