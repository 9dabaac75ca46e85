/*
 * pattern.c - the patterns of fields: POSIX extended regular expressions.
 *
 * Each is compiled once.  The C library adds to it what it learns from each
 * text, without a limit: after many texts it is compiled anew.
 */
#include <locale.h>
#include <pthread.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "form/field.h"

enum { RENEW = 1 << 16 };	/* bytes matched */

static struct pattern {
	struct pattern	*next;
	char		*text;		/* in "^(" and ")$" */
	pthread_mutex_t	 lock;		/* of the rest */
	regex_t		 re;
	bool		 compiled;
	size_t		 matched;
} *patterns;

/* The pattern of this text, in a list that only grows; NULL: no memory. */
static struct pattern *
find(const char *text)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	size_t n = strlen(text);
	struct pattern *p;

	pthread_mutex_lock(&lock);
	for (p = patterns; p != NULL; p = p->next)
		if (strlen(p->text) == n + 4 && memcmp(p->text + 2, text, n)
		    == 0)
			break;
	if (p == NULL && (p = calloc(1, sizeof(*p) + n + 5)) != NULL) {
		p->text = (char *)(p + 1);
		stpcpy(stpcpy(stpcpy(p->text, "^("), text), ")$");
		pthread_mutex_init(&p->lock, NULL);
		p->next = patterns;
		patterns = p;
	}
	pthread_mutex_unlock(&lock);
	return p;
}

/*
 * The C library matches characters of the locale, which are bytes unless the
 * app has called setlocale(): use UTF-8 for this thread meanwhile.
 */
bool
prg_pattern_matches(const char *pattern, const char *text)
{
	struct pattern *p = find(pattern);
	locale_t utf8, before;
	bool good;

	if (p == NULL)
		return false;
	/* The C library keeps one; 0 if the system has none. */
	utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	before = uselocale(utf8);
	pthread_mutex_lock(&p->lock);
	if (p->compiled && p->matched > RENEW) {
		regfree(&p->re);
		p->compiled = false;
		p->matched = 0;
	}
	if (!p->compiled)
		p->compiled = regcomp(&p->re, p->text,
		    REG_EXTENDED | REG_NOSUB) == 0;
	p->matched += text != NULL ? strlen(text) : 0;
	good = p->compiled && (text == NULL ||
	    regexec(&p->re, text, 0, NULL, 0) == 0);
	pthread_mutex_unlock(&p->lock);
	uselocale(before);
	if (utf8 != (locale_t)0)
		freelocale(utf8);
	return good;
}

/* "\1" outside of brackets, where a backslash is a character like others. */
static bool
refers_back(const char *p)
{
	for (; p != NULL && *p != '\0'; p++) {
		if (*p == '\\' && p[1] >= '1' && p[1] <= '9')
			return true;
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '[' && p[1] != '\0')
			p = strchr(p + 2 + (p[1] == '^' && p[2] != '\0'), ']');
		if (p == NULL)
			break;
	}
	return false;
}

const char *
prg_pattern_check(const char *pattern)
{
	return refers_back(pattern) ?
	    "pattern must not refer back, as with \\1" :
	    prg_pattern_matches(pattern, NULL) ? NULL :
	    "pattern is not a POSIX extended regular expression";
}
