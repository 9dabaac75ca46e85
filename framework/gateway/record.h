/*
 * record.h - the header that every FastCGI record begins with.
 */
#ifndef PRG_RECORD_H
#define PRG_RECORD_H

#include <fastcgi.h>
#include <stddef.h>

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

#endif
