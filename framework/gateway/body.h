/*
 * body.h - the body of a request: its STDIN records.
 *
 * Read here and not by libfcgi, so that a slow peer meets a deadline, no byte
 * past the request is taken, and no record reaches libfcgi that the guard has
 * not seen.
 */
#ifndef PRG_BODY_H
#define PRG_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prg_body {
	int			 fd;	/* SO_RCVTIMEO is set */
	unsigned		 id;
	int			 timeout;	/* ms for all of it */
	int64_t			 deadline;	/* 0: not waited yet */
	const unsigned char	*have;	/* taken from the peer, not yet read */
	size_t			 have_len;
	size_t			 seen;	/* of it: prg_body_arrived() */
	bool			 whole;	/* nothing is left to wait for */
	size_t			 content;	/* bytes left of this record */
	size_t			 padding;	/* and of what follows it */
	bool			 end;	/* all of it was read */
	bool			 broken;
};

/*
 * Up to 'n' bytes: how many, 0 at the end, -1 if the body broke off: the peer
 * closed, sent ABORT_REQUEST, was too slow or broke the protocol.
 */
long	prg_body_read(struct prg_body *, char *, size_t n);

/*
 * Look at the records that we have, from where it stopped before: true if there
 * is nothing to wait for, as the end is here, or what breaks it.  Begin with
 * prg_body_look(), and read nothing between.
 */
void	prg_body_look(struct prg_body *);
bool	prg_body_arrived(struct prg_body *);

/* Read on, to the end if it is not farther than 'max' bytes. */
void	prg_body_drain(struct prg_body *, size_t max);

#endif
