/*
 * gateway.c - what all gateways have in common.
 */
#include <string.h>

#include "gateway/gateway.h"

const char *
prg_conn_param(const struct prg_conn *c, const char *name)
{
	size_t len = strlen(name);

	for (char **p = c->params; *p != NULL; p++)
		if (strncmp(*p, name, len) == 0 && (*p)[len] == '=')
			return *p + len + 1;
	return NULL;
}
