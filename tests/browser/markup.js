// markup.js - what the checker of the HTML standard, vnu, says of pages: all of them at once, as
// to start it takes longer than to check a page.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');
const execFile = promisify(require('node:child_process').execFile);
const { equal, holds } = require('./check');

const JAR = path.join(path.dirname(require.resolve('vnu-jar/package.json')), 'build/dist/vnu.jar');
const JAVA = ['-Xss4m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

class Markup {
    constructor() {
        this.pages = new Map();
    }

    // The bytes of a response, once for each name.
    async add(name, response) {
        if (!this.pages.has(name))
            this.pages.set(name, await response.body());
    }

    // Write them down; their names, by file.
    write(folder) {
        return new Map(Array.from(this.pages, ([name, body], n) => {
            const file = path.join(folder, `${n}.html`);

            fs.writeFileSync(file, body);
            return [file, name];
        }));
    }

    async check() {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'prg-pages-'));

        holds(this.pages.size > 0, 'there is no page to check');
        try {
            const names = this.write(folder);
            const { stderr } = await execFile('java', [...JAVA, '-jar', JAR, '--format', 'json',
                '--exit-zero-always', ...names.keys()], { maxBuffer: 1 << 26 });
            const { messages } = JSON.parse(stderr);

            equal(messages.map(m => [names.get(new URL(m.url).pathname), m.lastLine,
                m.subType || m.type, m.message, m.extract]), [], 'what it says');
        } finally {
            fs.rmSync(folder, { recursive: true });
        }
    }
}

module.exports = { Markup };
