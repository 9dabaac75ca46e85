"use strict";
/*
 * bodies.js - forms as browsers send them, and what may come of them on the way:
 * always the same ones, from a seed.
 */

/* Marsaglia's xorshift with 32 bits: even enough for this. */
function random(seed) {
	let x = seed;
	return (n) => {
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		return (x >>> 0) % n;
	};
}

const NASTY = ["\"", "\\", "%", "%22", "%0D%0A", "%0a", ";", "; name=\"x\"", "=", "'", "/",
	"../", "C:\\", "\r\n", "\r", "\n", "--", "\r\n--", "\t", " ", "\x01", "\x7f", "é", "שלום", "☃", "🎈",
	"&#9731;", "<", "a", "b", "name", "filename*=utf-8''x", "", ":", ",", "\\\"", "\\\\"];

const TYPES = ["text/plain", "application/octet-stream", "image/png",
	"text/html; charset=utf-8", "application/x-a.b+c"];

const BOUNDARY = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

function pick(r, list) {
	return list[r(list.length)];
}

function text(r, most) {
	let s = "";
	for (let n = r(most); n > 0; n--)
		s += pick(r, NASTY);
	return s;
}

/* HTML standard, "multipart/form-data encoding algorithm". */
function escaped(name) {
	return name.replace(/\r\n?|\n/g, "\r\n").replace(/\n/g, "%0A").replace(/\r/g, "%0D")
		.replace(/"/g, "%22");
}

function bytes(r, boundary, most) {
	const pieces = [];
	for (let n = r(most); n > 0; n--)
		pieces.push(r(3) === 0 ? Buffer.from("\r\n--" + boundary.slice(0, r(boundary.length))) :
			r(2) === 0 ? Buffer.from([r(256), r(256), 13]) : Buffer.from(pick(r, NASTY)));
	return Buffer.concat(pieces);
}

function part(r, boundary) {
	const name = escaped(text(r, 5));
	if (r(3) > 0)
		return [`Content-Disposition: form-data; name="${name}"\r\n\r\n`,
			text(r, 12).replace(/\r\n?|\n/g, "\r\n")];
	if (r(4) === 0)
		return [`Content-Disposition: form-data; name="${name}"; filename=""\r\n` +
			"Content-Type: application/octet-stream\r\n\r\n", ""];
	const filename = escaped(text(r, 5)) + "x";
	return [`Content-Disposition: form-data; name="${name}"; filename="${filename}"\r\n` +
		`Content-Type: ${pick(r, TYPES)}\r\n\r\n`, bytes(r, boundary, 30)];
}

/* {type, body}: just as a browser sends it. */
function form(r) {
	let boundary = "----" + pick(r, ["", "-", "WebKitFormBoundary"]);
	for (let n = 1 + r(20); n > 0; n--)
		boundary += BOUNDARY[r(BOUNDARY.length)];
	const pieces = [];
	for (let n = 1 + r(6); n > 0; n--) {
		const [head, content] = part(r, boundary);
		pieces.push(`--${boundary}\r\n${head}`, content, "\r\n");
	}
	pieces.push(`--${boundary}--\r\n`);
	return { type: `multipart/form-data; boundary=${boundary}`, boundary,
		body: Buffer.concat(pieces.map((p) => Buffer.from(p))) };
}

/* What stands somewhere in a form, and what may stand there instead. */
const CHANGES = [
	["\r\n", "\n"], ["\r\n", "\r"], ["\r\n", "\r\n\r\n"], ["\r\n", ""], ["\r\n", " \r\n"],
	["\r\n", "\t \r\n"], ["\"", ""], ["\"", "\\\""], ["; ", ";"], ["; ", " ; "], ["; ", ";; "],
	["; ", ""], ["form-data", "FORM-DATA"], ["form-data", "attachment"], ["form-data", ""],
	["Content-Disposition", "content-disposition"], ["Content-Disposition", "X"],
	["Content-Type", "CONTENT-TYPE"], ["name=", "NAME="], ["name=", "name ="], ["name=", "x="],
	["Content-", "X: y\r\nContent-"], ["Content-", " Content-"], ["Content-", "Content \x01-"],
	["Content-", ": y\r\nContent-"], ["Content-", "Content-Transfer-Encoding: base64\r\nContent-"],
	["Content-", "Content-Transfer-Encoding: binary\r\nContent-"],
	["--", "-"], ["--", "---"], ["--", "\r\n--"], ["--", " --"], ["--", "x--"], ["--", ""],
	["--\r\n", "--\r\nmore"], ["--\r\n", "--"], ["--\r\n", "-"], ["--\r\n", ""],
];

function places(body, what) {
	const all = [];
	for (let i = body.indexOf(what); i !== -1; i = body.indexOf(what, i + 1))
		all.push(i);
	return all;
}

/* The form, with one thing changed. */
function changed(r, f) {
	const [from, to] = pick(r, CHANGES), all = places(f.body, from);
	if (all.length === 0)
		return f;
	const at = pick(r, all);
	return { ...f, change: [from, to],
		body: Buffer.concat([f.body.subarray(0, at), Buffer.from(to),
			f.body.subarray(at + from.length)]) };
}

function cut(r, f) {
	return { ...f, change: ["cut"], body: f.body.subarray(0, r(f.body.length - 4)) };
}

/* In pieces of what size they come. */
function pieces(r, body) {
	const all = [], most = pick(r, [1, 3, 10, 100, 100000]);
	for (let i = 0; i < body.length;) {
		const n = 1 + r(most);
		all.push(body.subarray(i, i + n));
		i += n;
	}
	return all;
}

module.exports = { random, form, changed, cut, pieces };
