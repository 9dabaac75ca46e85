/*
 * compile.h - the instructions of a template while it is compiled.
 */
#ifndef PRG_COMPILE_H
#define PRG_COMPILE_H

#include "page/context.h"
#include "page/tags.h"

/* A tag that is still open. */
struct prg_frame {
	struct prg_tag		 tag;
	struct prg_context	 context;	/* where it stands */
	uint32_t		 op;
	int64_t			 pad;		/* op of white space before it */
	bool			 left;		/* first on its line */
	size_t			 dedent;	/* outside of it */
};

struct prg_compiler {
	struct prg_tags		 tags;
	struct prg_arena	*scratch;
	const struct prg_templates	*set;
	size_t			 done;		/* of the source */
	unsigned		 line;		/* of what is not done */
	size_t			 dedent;	/* white space off each line */
	struct prg_template_op	*ops;
	uint32_t		 count;
	uint32_t		 room;
	uint32_t		 barrier;	/* text joins none before it */
	bool			 bol;		/* nothing on this line yet */
	struct prg_context	 context;
	struct prg_frame	 frames[PRG_TEMPLATE_DEPTH];
	unsigned		 depth;
};

/* Literal text of one line. */
int	prg_emit_text(struct prg_compiler *, struct prg_span);

/* White space that may yet be taken back; its op, or -1 if there is none. */
int64_t	prg_emit_pad(struct prg_compiler *, struct prg_span);

/* If an address begins here that has to be checked: an op for that. */
void	prg_emit_url(struct prg_compiler *, unsigned line);

/*
 * The op of a tag with a name; 'inside' a line of text or not.  The op stays where
 * it is until the next one.
 */
struct prg_template_op	*prg_emit_named(struct prg_compiler *,
			    enum prg_template_code, const struct prg_tag *,
			    bool inside);

#endif
