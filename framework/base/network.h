/*
 * network.h - numeric addresses, and lists of networks: "127.0.0.0/8, ::1".
 *
 * Commas or spaces separate the entries of a list.  An IPv4 address written as
 * IPv6 (::ffff:10.0.0.1) is the IPv4 address.
 */
#ifndef PRG_NETWORK_H
#define PRG_NETWORK_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/error.h"

/* Check a list.  Returns -1 with a sentence if an entry is invalid. */
int	prg_networks_check(const char *list, struct prg_error *);

/*
 * Whether an address is in a list that was checked.  An invalid one is not.
 * BusyBox writes [::ffff:10.0.0.1].
 */
bool	prg_networks_have(const char *list, const char *address);
bool	prg_networks_admit(const char *list, const struct sockaddr *);

/*
 * Read "127.0.0.1:9000" or "[::1]:9000" into a socket address.  Returns its
 * length, or 0 if the text is invalid.
 */
socklen_t	prg_address_read(const char *, struct sockaddr_storage *);

#endif
