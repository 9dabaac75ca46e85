/*
 * row.c - the names of the states.
 */
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
