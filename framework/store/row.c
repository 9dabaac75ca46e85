/*
 * row.c - the names of the states.
 */
#include <string.h>

#include "store/store.h"

static const char *const states[] = {
	[PRG_STATE_DRAFT]	= "draft",
	[PRG_STATE_PENDING]	= "pending",
	[PRG_STATE_DONE]	= "done",
	[PRG_STATE_FAILED]	= "failed",
	[PRG_STATE_GONE]	= "gone"
};

const char *
prg_state_name(enum prg_state s)
{
	return states[s];
}

enum prg_state
prg_state_of(const char *name)
{
	enum prg_state s = PRG_STATE_DRAFT;

	while (s < PRG_STATE_GONE && strcmp(states[s], name) != 0)
		s++;
	return s;
}
