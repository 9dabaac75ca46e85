/*
 * network.h - lists of addresses and networks: "127.0.0.0/8, ::1".
 *
 * Commas or spaces stand between.  An address of IPv4 that is written as one of
 * IPv6 (::ffff:10.0.0.1) is the one of IPv4.
 */
#ifndef PRG_NETWORK_H
#define PRG_NETWORK_H

#include <stdbool.h>

#include "base/error.h"

/* Whether all of a list can be understood; -1 with a sentence about what can't. */
int	prg_networks_check(const char *list, struct prg_error *);

/* Whether an address is in a list; what can't be understood is not. */
bool	prg_networks_have(const char *list, const char *address);

#endif
