/*
 * post_form.h - the form of a POST: gate, names, values and files, form key.
 */
#ifndef PRG_POST_FORM_H
#define PRG_POST_FORM_H

#include "serve/req.h"

/* Whether the page that sent the form may send it to us (RFC 6454, Fetch). */
bool	prg_post_admit(struct prg_req *);

/*
 * Refuse what the head already tells: a wrong type or length.  Status 0 if not.
 */
struct prg_refusal	prg_post_check_head(struct prg_req *);

/* Read the form into r->post; status 0, or why it is refused. */
struct prg_refusal	prg_post_read_form(struct prg_req *);

/* Judge the form key for this purpose; sets 'id' if it is good. */
enum prg_key_verdict	prg_post_judge_key(struct prg_req *,
			    const char *purpose, struct prg_id *id);

/* Choose the ID of the submission; status 0, or why the form is refused. */
struct prg_refusal	prg_post_choose_id(struct prg_req *);

/* The answer to a form that is refused. */
struct prg_reply	prg_post_refuse(struct prg_req *,
			    const struct prg_refusal *);

#endif
