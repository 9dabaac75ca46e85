/*
 * intake.c - the body of a request, piece by piece as it arrives.
 */
#include "request/intake.h"

static void
refuse(struct prg_intake *in, int status, const char *why)
{
	in->refused = status;
	in->why = why;
}

static void
refuse_length(struct prg_intake *in)
{
	refuse(in, 413, prg_arena_printf(in->arena,
	    "The form is larger than the %zu bytes that are taken here.",
	    in->max));
}

struct prg_intake
prg_intake(struct prg_arena *a, struct prg_conn *c, const struct prg_request *r,
    size_t max)
{
	struct prg_intake in = { .arena = a, .conn = c, .max = max };

	in.said = r->content_length >= 0;
	in.left = in.said ? (size_t)r->content_length : max;
	if (!in.said && r->transfer_encoding != NULL)
		refuse(&in, 411, "Send the form with a Content-Length.");
	else if (in.left > max)
		refuse_length(&in);
	return in;
}

/* All that may come has come: is there more? */
static void
check_end(struct prg_intake *in)
{
	char extra;

	if (in->conn->ops->read(in->conn, &extra, 1) <= 0)
		return;
	if (in->said)
		refuse(in, 400, "The form is longer than was said.");
	else
		refuse_length(in);
}

size_t
prg_intake_read(struct prg_intake *in, char *p, size_t n)
{
	long got;

	if (in->refused != 0)
		return 0;
	if (in->left == 0) {
		check_end(in);
		return 0;
	}
	got = in->conn->ops->read(in->conn, p, n < in->left ? n : in->left);
	if (got == -1 || (got == 0 && in->said))
		refuse(in, 400, "The form broke off on its way.");
	if (got <= 0)
		return 0;
	in->left -= (size_t)got;
	return (size_t)got;
}
