/*
 * messages.c - the sentences on pages and in field errors.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "form/messages.h"

enum { LONGEST = 1000 };

static const struct row {
	const char	*name;
	const char	*placeholders;	/* a space at each side */
	const char	*text;
} rows[] = {
#define X(id, name, placeholders, text) { name, " " placeholders " ", text },
	PRG_MESSAGES(X)
#undef X
};

static int
index_of(const char *name)
{
	for (int i = 0; i < PRG_MESSAGES_COUNT; i++)
		if (strcmp(rows[i].name, name) == 0)
			return i;
	return -1;
}

/*
 * Take the text before the next placeholder, then the placeholder, which is
 * lower-case letters in braces.  Its name is empty at the end of the text.
 */
static struct prg_span
take_text(const char **p, struct prg_span *placeholder)
{
	struct prg_span text = { *p, 0 };
	const char *s = *p;
	size_t n = 0;

	while ((s = strchr(s, '{')) != NULL) {
		n = strspn(++s, "abcdefghijklmnopqrstuvwxyz");
		if (n > 0 && s[n] == '}')
			break;
	}
	*placeholder = (struct prg_span){ s, s != NULL ? n : 0 };
	text.len = s != NULL ? (size_t)(s - 1 - *p) : strlen(*p);
	*p = s != NULL ? s + n + 1 : *p + text.len;
	return text;
}

/* {within} is for all that have {label}. */
static bool
has_placeholder(const struct row *row, struct prg_span name)
{
	char word[32];

	if (prg_span_is(name, "within"))
		name = prg_span("label");
	snprintf(word, sizeof(word), " %.*s ", (int)name.len, name.p);
	return strstr(row->placeholders, word) != NULL;
}

static int
check_placeholders(const struct row *row, const char *text,
    struct prg_error *err)
{
	struct prg_span name;

	if (text == NULL)
		return prg_error_set(err, "message %s: the text is missing",
		    row->name);
	while (take_text(&text, &name), name.len > 0)
		if (!has_placeholder(row, name))
			return prg_error_set(err, "message %s: unknown"
			    " placeholder {%.*s}; see prg-template(7)",
			    row->name, (int)name.len, name.p);
	return 0;
}

int
prg_messages_make(struct prg_arena *a, const struct prg_message *own,
    struct prg_messages *messages, struct prg_error *err)
{
	const char **texts = prg_arena_get(a,
	    PRG_MESSAGES_COUNT * sizeof(*texts));
	int i;

	for (i = 0; i < PRG_MESSAGES_COUNT; i++)
		texts[i] = rows[i].text;
	for (; own != NULL && own->name != NULL; own++) {
		if ((i = index_of(own->name)) == -1)
			return prg_error_set(err, "message %s: unknown name;"
			    " see prg-template(7)", own->name);
		if (check_placeholders(&rows[i], own->text, err) == -1)
			return -1;
		texts[i] = own->text;
	}
	*messages = (struct prg_messages){ "en", texts };
	return 0;
}

const char *
prg_messages_find(const struct prg_messages *messages, const char *name)
{
	int i = index_of(name);

	return i != -1 ? messages->texts[i] : NULL;
}

/* The label within a sentence: "Your name" is "your name", "VAT" stays. */
static void
add_within(struct prg_buf *b, const char *label)
{
	bool lower = label[0] >= 'A' && label[0] <= 'Z' &&
	    !(label[1] >= 'A' && label[1] <= 'Z');

	if (lower)
		prg_buf_char(b, prg_lower(*label++));
	prg_buf_str(b, label);
}

static void
add_value(struct prg_buf *b, struct prg_span name, const char *const *values)
{
	bool within = prg_span_is(name, "within");

	for (; values[0] != NULL; values += 2) {
		if (values[1] == NULL)
			continue;
		if (within && strcmp(values[0], "label") == 0) {
			add_within(b, values[1]);
			return;
		}
		if (prg_span_is(name, values[0])) {
			prg_buf_str(b, values[1]);
			return;
		}
	}
	prg_buf_add(b, name.p - 1, name.len + 2);
}

const char *
prg_message_fill(struct prg_arena *a, const struct prg_messages *messages,
    enum prg_message_id id, const char *const *values)
{
	struct prg_buf b = prg_buf(a, LONGEST);
	const char *p = messages->texts[id];
	struct prg_span text, name;

	do {
		text = take_text(&p, &name);
		prg_buf_add(&b, text.p, text.len);
		if (name.len > 0)
			add_value(&b, name, values);
	} while (name.len > 0);
	return b.p;
}
