/*
 * codec.h - libfcgi as a codec: it turns a head into params and a response into
 * records, and is never let near accept(), a wait or a close().
 *
 * That takes members of FCGX_Request that its header asks us not to use
 * ('ipcFd', 'keepConnection', 'detached'); prg_codec_check() looks whether they
 * still do what they did, before anything is served.
 */
#ifndef PRG_CODEC_H
#define PRG_CODEC_H

#include <fcgiapp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "gateway/guard.h"

struct prg_codec {
	FCGX_Request	req;
	bool		failed;	/* the peer is gone or does not read */
	int		timeout;	/* ms for a response */
	int64_t		deadline;	/* 0: nothing written yet */
};

/*
 * A pipe on which libfcgi is given a head, and nothing else: from the socket it
 * would take what came since the guard has looked.
 */
struct prg_feed {
	int	rd;
	int	wr;
};

/* For heads of up to 'size' bytes. */
int	prg_feed_open(struct prg_feed *, size_t size, struct prg_error *);
void	prg_feed_close(struct prg_feed *);

/*
 * Decode the head at 'p', as the guard passed it, and respond on 'fd' then.  -1
 * if libfcgi would not have it: it has closed the feed's 'rd'.
 */
int	prg_codec_begin(struct prg_codec *, const struct prg_feed *,
	    const struct prg_guard *, const unsigned char *p);
void	prg_codec_respond(struct prg_codec *, int fd);

int	prg_codec_write(struct prg_codec *, const char *, size_t);

/* Send what has been written and is still here. */
void	prg_codec_flush(struct prg_codec *);

/*
 * End the response and forget the request; the connection stays open.  With
 * 'last' the peer is kept from using it again: nginx does so only if
 * END_REQUEST was the last thing it read, so one more byte follows in the same
 * write.
 */
int	prg_codec_end(struct prg_codec *, bool last);

/* Once, before any thread: make libfcgi ready and see that we understand it. */
int	prg_codec_check(struct prg_error *);

#endif
