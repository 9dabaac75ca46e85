/*
 * single.h - one request on the caller's thread, as CGI and memory have it.
 */
#ifndef PRG_SINGLE_H
#define PRG_SINGLE_H

#include <pthread.h>
#include <stdbool.h>

#include "gateway/gateway.h"

struct prg_single {
	struct prg_conn	conn;		/* first: ops find the rest from it */
	pthread_mutex_t	lock;
	pthread_cond_t	cond;
	bool		resumed;
};

/*
 * Serve 'conn', whose ops and params are set; if it is held, wait and resume.
 */
void	prg_single_serve(struct prg_single *, const struct prg_service *);

/* The 'resume' of such a conn's ops. */
void	prg_single_resume(struct prg_conn *);

#endif
