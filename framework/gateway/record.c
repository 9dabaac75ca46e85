/*
 * record.c - the header that every FastCGI record begins with.
 */
#include <string.h>

#include "gateway/record.h"

struct prg_record
prg_record_read(const unsigned char *p)
{
	return (struct prg_record){
		.version = p[0],
		.type = p[1],
		.id = (unsigned)(p[2] << 8 | p[3]),
		.content = (size_t)(p[4] << 8 | p[5]),
		.padding = p[6]
	};
}

void
prg_record_write(unsigned char *p, const struct prg_record *r)
{
	p[0] = FCGI_VERSION_1;
	p[1] = (unsigned char)r->type;
	p[2] = (unsigned char)(r->id >> 8);
	p[3] = (unsigned char)r->id;
	p[4] = (unsigned char)(r->content >> 8);
	p[5] = (unsigned char)r->content;
	p[6] = (unsigned char)r->padding;
	p[7] = 0;
}

void
prg_record_end(unsigned char p[PRG_RECORD_END], unsigned id, unsigned status)
{
	const struct prg_record r = {
		.type = FCGI_END_REQUEST, .id = id, .content = 8
	};

	prg_record_write(p, &r);
	memset(p + FCGI_HEADER_LEN, 0, 8);
	p[FCGI_HEADER_LEN + 4] = (unsigned char)status;
}
