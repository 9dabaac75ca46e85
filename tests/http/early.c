/*
 * early.c - an app for the tests: it has a thread before it calls prg_main().
 */
#include <prg.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

static atomic_int beats;

static void *
beat(void *arg)
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	for (;;) {
		nanosleep(&moment, NULL);
		atomic_fetch_add(&beats, 1);
	}
	return arg;
}

static struct prg_page
count(struct prg_req *r)
{
	prg_set(prg_model(r), "beats", "%d", atomic_load(&beats));
	return prg_show(r, NULL);
}

static const struct prg_route routes[] = {
	{ "/", .title = "Beats", .get = count, .api = true },
	PRG_ROUTES_END
};

int
main(int argc, char **argv)
{
	pthread_t t;

	if (pthread_create(&t, NULL, beat, NULL) != 0)
		return 1;
	return prg_main(argc, argv, &(struct prg_app){
		.name = "early", .routes = routes });
}
