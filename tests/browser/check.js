// check.js - what the tests claim; each throws with words that say what came instead.
'use strict';

const { isDeepStrictEqual } = require('node:util');

class Failure extends Error {}

// Long ones from just before where they differ.
function differ(...values) {
    const texts = values.map(v => String(JSON.stringify(v)));
    let n = 0;

    if (texts.every(s => s.length < 1000))
        return texts;
    while (n < texts[0].length && texts[0][n] === texts[1][n])
        n++;
    return texts.map(s => `...${s.slice(Math.max(0, n - 100), n + 400)}...`);
}

function equal(got, want, what = 'it') {
    if (!isDeepStrictEqual(got, want))
        throw new Failure(`${what} is ${differ(got, want).join(', not ')}`);
}

function holds(truth, what) {
    if (!truth)
        throw new Failure(what);
}

function has(text, words, what = 'it') {
    holds(text.includes(words), `no ${JSON.stringify(words)} in ${what}: ${text.slice(0, 1000)}`);
}

function lacks(text, words, what = 'it') {
    holds(!text.includes(words), `${JSON.stringify(words)} is in ${what}: ${text.slice(0, 1000)}`);
}

// A row of a table; a failure bears its name.
async function row(name, run) {
    try {
        await run();
    } catch (e) {
        e.message = `${name}: ${e.message}`;
        throw e;
    }
}

module.exports = { Failure, equal, holds, has, lacks, row };
