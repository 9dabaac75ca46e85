// messages.js - the texts of messages, by name: tests name a message, not its sentence.
//
// message('too_long', { label: 'Name', max: 80 }) is what a page says.
'use strict';

const fs = require('fs');
const path = require('path');

const source = fs.readFileSync(
    path.join(__dirname, '..', '..', 'framework', 'form', 'messages.h'), 'utf8');
const texts = new Map();
for (const [, name, text] of source.matchAll(
    /X\(\w+, "(\w+)", "[^"]*",((?:[\s\\]*"[^"]*")+)\)/g))
    texts.set(name, [...text.matchAll(/"([^"]*)"/g)].map(m => m[1]).join(''));

// The label as it is written within a sentence.
function within(label) {
    return /^[A-Z]{2}/.test(label) ? label : label.slice(0, 1).toLowerCase() + label.slice(1);
}

function message(name, values = {}) {
    if (!texts.has(name))
        throw new Error(`no message ${name} in form/messages.h`);
    const all = values.label === undefined ? values
        : { ...values, within: within(values.label) };
    return texts.get(name).replace(/\{(\w+)\}/g, (whole, key) => all[key] ?? whole);
}

module.exports = { message };
