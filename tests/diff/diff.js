"use strict";
/*
 * diff.js - our multipart parser beside busboy and undici, on forms as browsers
 * send them, on the same with one thing changed, cut short, and on the corpus.
 *
 * usage: node diff.js PARSE [SEED]
 *
 * PARSE is parse.c.  Where two differ, allowed.js must say why they may.
 */
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const allowed = require("./allowed.js");
const bodies = require("./bodies.js");
const others = require("./others.js");

const SEED = 20240601, FORMS = 1000, CHANGED = 2000, CUT = 300;
const CORPUS = path.join(process.env.PRG_CONFORMANCE || "../shared/conformance",
	"multipart/corpus.json");

const totals = { passed: 0, failed: 0, skipped: 0 };
const counts = new Map();		/* reason: how often */

function count(reason) {
	counts.set(reason, (counts.get(reason) ?? 0) + 1);
}

/* -- What there is to parse -------------------------------------------------------- */

function generated(r) {
	const all = [];
	for (let i = 0; i < FORMS; i++)
		all.push({ kind: "form", ...bodies.form(r) });
	for (let i = 0; i < CHANGED; i++)
		all.push({ kind: "changed", ...bodies.changed(r, bodies.form(r)) });
	for (let i = 0; i < CUT; i++)
		all.push({ kind: "cut", ...bodies.cut(r, bodies.form(r)) });
	return all;
}

function corpus() {
	if (!fs.existsSync(CORPUS)) {
		console.log(`skipped: ${CORPUS} is missing`);
		totals.skipped++;
		return [];
	}
	return JSON.parse(fs.readFileSync(CORPUS)).map((c) => ({ kind: c.id,
		type: c.content_type, body: Buffer.from(c.body_base64, "base64"),
		boundary: (/boundary="?([^";]*)/.exec(c.content_type) ?? [])[1] }));
}

/* -- What is made of it -------------------------------------------------------------- */

function ours(parse, cases) {
	const input = cases.map((c) => JSON.stringify({ type: c.type,
		body: c.body.toString("base64"), chunk: c.pieces[0]?.length ?? 0 })).join("\n");
	const run = spawnSync(parse, { input, encoding: "utf8", maxBuffer: 1 << 30 });
	if (run.status !== 0)
		throw new Error(`${parse} ended with ${run.status}: ${run.stderr}`);
	return run.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/* undici undoes %0a too; a browser never sends it for a newline. */
function name(text) {
	return text?.replace(/%0a/g, "\n").replace(/%0d/g, "\r");
}

function samePart(a, b) {
	return name(a.name) === name(b.name) && name(a.filename) === name(b.filename) &&
		a.size === b.size && a.sha256 === b.sha256 &&
		(a.type === undefined || a.type.toLowerCase() === b.type);
}

/* Whether, and why, it may be so; undefined if it may not. */
function judge(c, who, us, they) {
	if (us.parts && they.parts && us.parts.length === they.parts.length &&
	    us.parts.every((p, i) => samePart(p, they.parts[i])))
		return "the same parts";
	if (us.refused && they.error)
		return "refused by both";
	const we = us.refused ? "refuse" : they.error ? "take" : "other";
	return allowed[who].find((a) => a.we === we &&
		(!a.why || a.why.test(us.why)) && (!a.when || a.when(c, us)))?.because;
}

async function compare(c, us) {
	for (const who of ["busboy", "undici"]) {
		const they = await others[who](c.type, c.pieces);
		const reason = judge(c, who, us, they);
		count(`${who}: ${reason ?? "NOT ALLOWED"}`);
		if (reason) {
			totals.passed++;
			continue;
		}
		totals.failed++;
		console.log(`FAIL ${who}, ${c.kind} ${JSON.stringify(c.change ?? "")}\n` +
			`    ${c.type}\n    ${JSON.stringify(c.text).slice(0, 2000)}\n` +
			`    we: ${JSON.stringify(us)}\n    they: ${JSON.stringify(they)}`);
	}
}

async function main(parse, seed) {
	const r = bodies.random(seed);
	const cases = [...generated(r), ...corpus()];
	for (const c of cases) {
		c.pieces = bodies.pieces(r, c.body);
		c.text = c.body.toString("latin1");
	}
	const all = ours(parse, cases);
	for (let i = 0; i < cases.length; i++)
		await compare(cases[i], all[i]);
	for (const [reason, n] of [...counts].sort())
		console.log(`${String(n).padStart(6)}  ${reason}`);
	console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
	process.exitCode = totals.failed > 0 ? 1 : 0;
}

main(process.argv[2], Number(process.argv[3] || SEED));
