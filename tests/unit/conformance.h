/*
 * conformance.h - public test data, beside the project.
 *
 * Where it is missing the test is skipped, and says so; under CI=true it fails.
 */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

/* Where 'path' lies; the string is good until the next call. */
static inline const char *
conformance_path(const char *path)
{
	static char full[1024];
	const char *dir = getenv("PRG_CONFORMANCE");

	snprintf(full, sizeof(full), "%s/%s",
	    dir != NULL ? dir : "../shared/conformance", path);
	return full;
}

static inline void
conformance_missing(const char *path)
{
	const char *ci = getenv("CI");

	if (ci != NULL && strcmp(ci, "true") == 0)
		fail_msg("%s is missing", conformance_path(path));
	print_message("%s is missing: skipped\n", conformance_path(path));
	skip();
}

/* The JSON in 'path'; json_decref() it. */
static inline json_t *
conformance_load(const char *path)
{
	json_error_t err;
	json_t *j = json_load_file(conformance_path(path),
	    JSON_ALLOW_NUL, &err);

	if (j == NULL && json_error_code(&err) == json_error_cannot_open_file)
		conformance_missing(path);
	if (j == NULL)
		fail_msg("%s:%d: %s", conformance_path(path), err.line,
		    err.text);
	return j;
}

#endif
