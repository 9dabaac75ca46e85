/*
 * intake.c - the body of a request, in pieces or as a whole.
 */
#include "request/intake.h"

static void
refuse(struct prg_intake *in, int status, const char *why)
{
	in->refused = (struct prg_refusal){ status, why };
}

static void
refuse_length(struct prg_intake *in)
{
	refuse(in, 413, prg_arena_printf(in->arena,
	    "The form is larger than the limit of %zu bytes.", in->max));
}

struct prg_intake
prg_intake(struct prg_arena *a, struct prg_conn *c, const struct prg_request *r,
    size_t max)
{
	struct prg_intake in = { .arena = a, .conn = c, .max = max };

	in.has_length = r->content_length >= 0;
	in.left = in.has_length ? (size_t)r->content_length : max;
	if (!in.has_length && (r->transfer_encoding != NULL || c->ops->cgi))
		refuse(&in, 411, "Send the form with a Content-Length.");
	else if (in.left > max)
		refuse_length(&in);
	return in;
}

/* Refuse a body that goes on after its last allowed byte. */
static void
check_end(struct prg_intake *in)
{
	char extra;

	if (in->conn->ops->read(in->conn, &extra, 1) <= 0)
		return;
	if (in->has_length)
		refuse(in, 400, "The form is longer than its Content-Length.");
	else
		refuse_length(in);
}

size_t
prg_intake_read(struct prg_intake *in, char *p, size_t n)
{
	long got;

	if (in->refused.status != 0)
		return 0;
	if (in->left == 0) {
		check_end(in);
		return 0;
	}
	got = in->conn->ops->read(in->conn, p, n < in->left ? n : in->left);
	if (got == -1 || (got == 0 && in->has_length))
		refuse(in, 400, "The form is incomplete.");
	if (got <= 0)
		return 0;
	in->left -= (size_t)got;
	return (size_t)got;
}

struct prg_refusal
prg_intake_all(struct prg_intake *in, struct prg_span *bytes)
{
	size_t len = 0, n;
	char *p;

	*bytes = (struct prg_span){ "", 0 };
	if (in->refused.status != 0)
		return in->refused;
	p = prg_arena_room(in->arena, in->left);
	while ((n = prg_intake_read(in, p + len, in->left)) > 0)
		len += n;
	*bytes = (struct prg_span){ p, len };
	return in->refused;
}
