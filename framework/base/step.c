/*
 * step.c - places at which the crash tests end the process.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/step.h"

#ifdef PRG_STEPS
void
prg_step(const char *name)
{
	static atomic_int passed;
	const char *wanted = getenv("PRG_STEP");
	const char *after = getenv("PRG_STEP_AFTER");

	if (wanted != NULL && strcmp(wanted, name) == 0 &&
	    atomic_fetch_add(&passed, 1) == (after != NULL ? atoi(after) : 0))
		raise(SIGKILL);
}

#endif
