/*
 * single.c - one request on the caller's thread, as CGI and memory have it.
 */
#include "gateway/single.h"

void
prg_single_resume(struct prg_conn *c)
{
	struct prg_single *s = (struct prg_single *)c;

	pthread_mutex_lock(&s->lock);
	s->resumed = true;
	pthread_cond_signal(&s->cond);
	pthread_mutex_unlock(&s->lock);
}

static void
wait_for_resume(struct prg_single *s)
{
	pthread_mutex_lock(&s->lock);
	while (!s->resumed)
		pthread_cond_wait(&s->cond, &s->lock);
	s->resumed = false;
	pthread_mutex_unlock(&s->lock);
}

void
prg_single_serve(struct prg_single *s, const struct prg_service *service)
{
	enum prg_verdict v;

	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->cond, NULL);
	s->resumed = false;
	for (v = service->serve(service->arg, &s->conn); v != PRG_CONN_DONE;
	    v = service->resume(service->arg, &s->conn))
		if (v == PRG_CONN_HELD)
			wait_for_resume(s);
	pthread_cond_destroy(&s->cond);
	pthread_mutex_destroy(&s->lock);
}
