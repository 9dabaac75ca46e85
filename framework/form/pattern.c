/*
 * pattern.c - the patterns of fields: POSIX extended regular expressions.
 *
 * They are compiled once, and stay until the process ends.  The C library adds
 * to a compiled one what it learns from each text, so that it grows: after
 * many texts it is compiled anew.
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
	const char	*text;
	pthread_mutex_t	 lock;		/* of the rest */
	regex_t		 re;
	bool		 good;
	size_t		 matched;
} *patterns;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void
compile(struct pattern *p)
{
	char *whole = malloc(strlen(p->text) + sizeof("^()$"));

	p->matched = 0;
	p->good = false;
	if (whole == NULL)
		return;
	stpcpy(stpcpy(stpcpy(whole, "^("), p->text), ")$");
	p->good = regcomp(&p->re, whole, REG_EXTENDED | REG_NOSUB) == 0;
	free(whole);
}

static struct pattern *
find(const char *text)
{
	struct pattern *p = patterns;

	while (p != NULL && strcmp(p->text, text) != 0)
		p = p->next;
	if (p != NULL || (p = calloc(1, sizeof(*p))) == NULL ||
	    (p->text = strdup(text)) == NULL)
		return p;
	pthread_mutex_init(&p->lock, NULL);
	compile(p);
	p->next = patterns;
	return patterns = p;
}

/*
 * Compile a pattern and match a text, unless it is NULL.  The C library matches
 * characters of the locale, which are bytes unless the app has called
 * setlocale(): use UTF-8 for this thread meanwhile.
 */
static bool
match(const char *pattern, const char *text)
{
	static locale_t utf8;		/* 0 if the system has none */
	struct pattern *p;
	locale_t before;
	bool good;

	pthread_mutex_lock(&lock);
	if (utf8 == (locale_t)0)
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	before = uselocale(utf8);
	p = find(pattern);
	pthread_mutex_unlock(&lock);
	if (p != NULL)
		pthread_mutex_lock(&p->lock);
	if (p != NULL && p->good && p->matched > RENEW) {
		regfree(&p->re);
		compile(p);
	}
	good = p != NULL && p->good;
	if (good && text != NULL) {
		p->matched += strlen(text);
		good = regexec(&p->re, text, 0, NULL, 0) == 0;
	}
	if (p != NULL)
		pthread_mutex_unlock(&p->lock);
	uselocale(before);
	return good;
}

/* "\1" outside of brackets, where a backslash is a character like others. */
static bool
refers_back(const char *p)
{
	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] >= '1' && p[1] <= '9')
			return true;
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '[') {
			p += p[1] == '^' ? 2 : 1;
			p = *p != '\0' ? strchr(p + 1, ']') : NULL;
			if (p == NULL)
				return false;
		}
	}
	return false;
}

const char *
prg_pattern_check(const char *pattern)
{
	if (refers_back(pattern))
		return "pattern must not refer back, as with \\1";
	return match(pattern, NULL) ? NULL :
	    "pattern is not a POSIX extended regular expression";
}

bool
prg_pattern_matches(const char *pattern, const char *text)
{
	return match(pattern, text);
}
