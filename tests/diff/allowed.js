"use strict";
/*
 * allowed.js - where the three may differ, and why.
 *
 * "we" is what we do: refuse what they take, with a "why" that matches; take what
 * they refuse; or read other parts.  With "when": only for such a body.
 */

/* The header fields, as far as one can see them from outside. */
function heads(c) {
	return c.text.match(/^ ?(Content|X)-?[^\r\n]*/gim) ?? [];
}

function disposition(c, pattern) {
	return heads(c).some((h) => /disposition/i.test(h) && pattern.test(h));
}

function isUtf8(bytes) {
	try {
		new TextDecoder("utf-8", { fatal: true }).decode(bytes);
		return true;
	} catch {
		return false;
	}
}

/* More of the boundary than there are parts and an end. */
function hasMore(c, us, mark) {
	return c.text.split(mark).length - 1 > (us.parts ?? []).length + 1;
}

const hasTwo = (c) => /boundary=.*boundary=/i.test(c.type);
const hasControls = (c) => heads(c).some((h) => /[\0-\x08\x0a-\x1f\x7f]/.test(h));
const hasBlanks = (c) => c.text.includes(c.boundary + " ") || c.text.includes(c.boundary + "\t");
const notAsBrowsers = (c) => heads(c).some((h) => /disposition/i.test(h) &&
	!/^[\w-]+: form-data; name="[^"]*"(; filename="[^"]*")?$/.test(h));

const BUSBOY = [
	{ we: "refuse", why: /no field name/,
	  because: "it skips a part that does not say which field it is" },
	{ we: "refuse", why: /invalid header/,
	  because: "it unfolds lines, and skips a part whose header is broken" },
	{ we: "refuse", why: /begin with its boundary/,
	  because: "it skips all up to the first boundary on a line of its own" },
	{ we: "refuse", why: /Encoding/,
	  because: "it hands on what is encoded as if it were the text" },
	{ we: "refuse", why: /UTF-8/,
	  because: "it has its own ideas of charsets" },
	{ we: "refuse", why: /filename\*/,
	  because: "it takes the name of a file from filename*" },
	{ we: "refuse", why: /no valid boundary/, when: hasTwo,
	  because: "it takes the first of two boundaries" },
	{ we: "take", when: hasControls,
	  because: "it refuses control bytes in names; browsers send them" },
	{ we: "take", when: hasBlanks,
	  because: "it knows no blanks behind a boundary" },
	{ we: "other", when: hasBlanks,
	  because: "it knows no blanks behind a boundary" },
	{ we: "other", when: (c) => disposition(c, /\\/),
	  because: "it undoes each backslash; browsers send them as they are" },
	{ we: "other", when: (c) => disposition(c, /filename\*=/),
	  because: "it prefers filename*" },
	{ we: "other", when: (c) => disposition(c, /;;/),
	  because: "it takes no empty parameter" },
	{ we: "other", when: (c, us) => hasMore(c, us, "--" + c.boundary),
	  because: "it takes whatever begins like the boundary for one" },
	{ we: "other", when: (c) => disposition(c, /filename=""$/),
	  because: "it takes an empty filename without a type for text" },
	{ we: "other", when: (c) => heads(c).some((h) => /charset=/i.test(h)),
	  because: "it drops text in a charset that it does not know" },
	{ we: "other", when: (c) => /octet-stream/.test(c.text),
	  because: "it takes application/octet-stream for a file" },
	{ we: "other", when: (c) => !isUtf8(c.body),
	  because: "text was compared after it was repaired" },
];

const UNDICI = [
	{ we: "refuse", why: /invalid header/,
	  when: (c) => heads(c).some((h) => /^ /.test(h)) || /\r(?!\n)/.test(c.text),
	  because: "it trims the names of header fields, and takes CR for a blank" },
	{ we: "refuse", why: /Encoding/,
	  because: "it decodes base64, and hands on the rest" },
	{ we: "refuse", why: /UTF-8/,
	  because: "it does not look at the charset of text" },
	{ we: "refuse", why: /no valid boundary/, when: hasTwo,
	  because: "it takes the first of two boundaries" },
	{ we: "refuse", why: /header that is too long/,
	  because: "it has no limits" },
	{ we: "take", when: notAsBrowsers,
	  because: "it takes a disposition only as browsers write it" },
	{ we: "take", when: hasBlanks,
	  because: "it knows no blanks behind a boundary" },
	{ we: "take", when: (c, us) => hasMore(c, us, c.boundary) || /^-+$/.test(c.boundary),
	  because: "it takes the boundary's text for one wherever it stands" },
	{ we: "take", when: (c) => !c.text.startsWith("--" + c.boundary) ||
		!c.text.replace(/(\r\n)*$/, "").endsWith(c.boundary + "--"),
	  because: "it takes no text before or after the parts" },
	{ we: "other", when: (c) => !isUtf8(c.body),
	  because: "text was compared after it was repaired" },
];

module.exports = { busboy: BUSBOY, undici: UNDICI };
