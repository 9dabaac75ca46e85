/*
 * head.h - check the head of a request before libfcgi reads it.  Pure.
 *
 * libfcgi trusts its peer.  Six names in a GET_VALUES or a length of 2 GB end
 * the process, PARAMS have no limit, and padding after BEGIN_REQUEST makes it
 * lose its place.  So every head is checked here first: BEGIN_REQUEST and
 * PARAMS up to the empty one.
 */
#ifndef PRG_HEAD_H
#define PRG_HEAD_H

#include <fastcgi.h>
#include <stdbool.h>
#include <stddef.h>

/* The header that every record begins with. */
struct prg_record {
	unsigned	version;
	unsigned	type;
	unsigned	id;
	size_t		content;	/* bytes that follow */
	size_t		padding;	/* and more that mean nothing */
};

/* Read and write the FCGI_HEADER_LEN bytes at 'p'. */
struct prg_record	prg_record_read(const unsigned char *p);
void			prg_record_write(unsigned char *p,
			    const struct prg_record *);

/* Bytes of an END_REQUEST record. */
enum { PRG_RECORD_END = 2 * FCGI_HEADER_LEN };

/* Write one with this protocol status; the application's is always 0. */
void			prg_record_end(unsigned char p[PRG_RECORD_END],
			    unsigned id, unsigned status);

enum prg_head_verdict {
	PRG_HEAD_MORE,		/* the head is incomplete */
	PRG_HEAD_PASS,
	PRG_HEAD_ANSWER,	/* send prg_head_answer(), remove the record */
	PRG_HEAD_END,		/* send prg_head_answer(), close */
	PRG_HEAD_REFUSE		/* close */
};

struct prg_head {
	enum prg_head_verdict	verdict;
	unsigned		id;
	size_t			at;	/* offset of the record to answer */
	size_t			params;	/* offset of the first PARAMS record */
	size_t			end;	/* offset of the empty PARAMS record */
	size_t			head;	/* length of the head, with padding */
	size_t			total;	/* and of the body; 0: incomplete */
	bool			plain;	/* libfcgi can read it all as it is */
};

/*
 * Check the first 'n' bytes of a request.  A head is refused if names and
 * values do not fill the PARAMS exactly, if one contains a NUL, if a name is
 * empty or contains '=', or if there are more than 'max' bytes of PARAMS.
 */
struct prg_head	prg_head_check(const unsigned char *p, size_t n, size_t max);

enum { PRG_HEAD_REPLY = 128 };

/*
 * Write the reply to the record at 'at' and return its length.  ANSWER: values
 * (FastCGI 1.0, 4; 'conns' is FCGI_MAX_CONNS, 0 if unknown), or the end of a
 * second request; nothing for other records (3.3).  END: the end of a request
 * with another role, or of an aborted one (5.5).
 */
size_t		prg_head_answer(const struct prg_head *,
		    const unsigned char *p, int conns,
		    unsigned char out[PRG_HEAD_REPLY]);

#endif
