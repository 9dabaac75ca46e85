"use strict";
/*
 * others.js - what busboy and undici say of a body: {parts} or {error}.
 *
 * A part is {name, filename, type, size, sha256}, as parse.c writes it: a file has
 * a filename, "sha256" is its first 16 digits.
 */
const crypto = require("node:crypto");
const busboy = require("busboy");
const { Response } = require("undici");

const LIMITS = { fieldNameSize: 256, fieldSize: 1 << 20, fields: 1000, files: 20 };

function hashed(part, bytes) {
	const sha256 = crypto.createHash("sha256").update(bytes).digest("hex");
	return { ...part, size: bytes.length, sha256: sha256.slice(0, 16) };
}

/* busboy leaves %0A, %0D and %22 as they are; it does not say "no file". */
function undone(name) {
	return (name ?? "").replace(/%0A/g, "\n").replace(/%0D/g, "\r").replace(/%22/g, '"');
}

function withBusboy(type, pieces) {
	return new Promise((resolve) => {
		const parts = [];
		let parser;
		try {
			parser = busboy({ headers: { "content-type": type }, limits: LIMITS,
				preservePath: true, defParamCharset: "utf8" });
		} catch (e) {
			resolve({ error: e.message });
			return;
		}
		parser.on("file", (name, stream, info) => {
			const chunks = [], at = parts.push(null) - 1;
			stream.on("error", () => {});
			stream.on("data", (c) => chunks.push(c));
			stream.on("end", () => {
				parts[at] = hashed({ name: undone(name),
					filename: undone(info.filename), type: info.mimeType },
					Buffer.concat(chunks));
			});
		});
		parser.on("field", (name, value) => {
			parts.push(hashed({ name: undone(name) }, Buffer.from(value ?? "")));
		});
		parser.on("error", (e) => resolve({ error: e.message }));
		parser.on("close", () => resolve({ parts }));
		for (const piece of pieces)
			parser.write(piece);
		parser.end();
	});
}

async function withUndici(type, pieces) {
	const parts = [];
	let form;
	try {
		const body = new Response(Buffer.concat(pieces), { headers: { "content-type": type } });
		form = await body.formData();
	} catch (e) {
		return { error: e.message };
	}
	for (const [name, value] of form)
		if (typeof value === "string")
			parts.push(hashed({ name }, Buffer.from(value)));
		else
			parts.push(hashed({ name, filename: value.name,
				type: value.type.split(";")[0].trim() },
				Buffer.from(await value.arrayBuffer())));
	return { parts };
}

module.exports = { busboy: withBusboy, undici: withUndici };
