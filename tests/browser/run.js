// run.js - the tests of this folder in a real Chromium, apps behind a real nginx.
//
// usage: node tests/browser/run.js BIN [NAME ...]
//
// NAME is "loop" for test_loop.js; without one, all.  Each such file has, by the name of an app,
// functions by what they claim.  A line for each, the totals at the end.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { chromium } = require('playwright-core');
const { Failure } = require('./check');
const { Places } = require('./places');
const { Visitor } = require('./visitor');

// Far more than anything here takes, as sanitizers and a busy machine are slow.
const DEADLINE = 120000;
// So many files at a time: a test often waits for a page, and never for the clock.
const LANES = 2;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--host-resolver-rules=MAP *.test 127.0.0.1'];

// Pages left behind may be kept whole, to be shown again by Back just as they were; a browser is
// free to.  "keeping" does, "plain" has nothing but its cache.  Less what playwright would say:
const LESS = { plain: [], keeping: ['--disable-back-forward-cache'] };

class Browsers {
    constructor() {
        this.running = {};
    }

    get(name) {
        this.running[name] ||= chromium.launch({
            executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
            args: FLAGS, ignoreDefaultArgs: LESS[name] });
        return this.running[name];
    }

    async close() {
        for (const browser of Object.values(this.running))
            await (await browser).close();
    }
}

// What a test is given: an app, and visitors who are gone when it ends.
class Test {
    constructor(place, browsers, before) {
        Object.assign(this, { place, browsers, before, visitors: [], url: place.url });
    }

    // What is stored since the test began, oldest first.
    async rows() {
        return (await this.place.rows()).filter(r => !this.before.has(r.id));
    }

    async states() {
        return (await this.rows()).map(r => r.state);
    }

    async visitor(options = {}, browser = 'plain') {
        const v = await Visitor.arrive(await this.browsers.get(browser), options);

        this.visitors.push(v);
        return v;
    }

    async end() {
        this.place.resume();
        for (const v of this.visitors)
            await v.leave();
    }
}

// Long if what was typed is in it.
function brief(e) {
    const text = e instanceof Failure ? e.message : e.stack;

    return text.length < 4000 ? text : `${text.slice(0, 2000)} ... ${text.slice(-2000)}`;
}

class Suite {
    constructor(places, browsers) {
        Object.assign(this, { places, browsers, passed: 0, failed: 0 });
    }

    async row(name, run) {
        let timer;
        const late = new Promise((_, reject) => {
            timer = setTimeout(() => reject(new Failure('it takes too long')), DEADLINE);
        });

        try {
            await Promise.race([run(), late]);
            this.passed++;
            console.log(`ok ${name}`);
        } catch (e) {
            this.failed++;
            console.log(`FAIL ${name}: ${brief(e)}`);
        } finally {
            clearTimeout(timer);
        }
    }

    async test(place, run) {
        const t = new Test(place, this.browsers, new Set((await place.rows()).map(r => r.id)));

        try {
            await run(t);
        } finally {
            await t.end();
        }
    }

    async app(name, app, tests) {
        let place;

        await this.row(`${name}: the ${app} starts`, async () => {
            place = await this.places.start(app);
        });
        if (!place)
            return;
        for (const [claim, run] of Object.entries(tests))
            await this.row(`${name}: ${claim}`, () => this.test(place, run));
        await this.row(`${name}: the ${app} ends well`, () => place.stop());
    }

    async file(name) {
        const start = Date.now();

        for (const [app, tests] of Object.entries(require(`./test_${name}`)))
            await this.app(name, app, tests);
        console.log(`# ${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
    }
}

async function main(bin, names) {
    const files = fs.readdirSync(__dirname).map(f => /^test_(.*)\.js$/.exec(f)).filter(m => m);
    const left = names.length > 0 ? names : files.map(m => m[1]).sort();
    const places = new Places(path.resolve(bin));
    const browsers = new Browsers();
    const suite = new Suite(places, browsers);

    try {
        await Promise.all(Array.from({ length: LANES }, async () => {
            for (let name; (name = left.shift());)
                await suite.file(name);
        }));
    } finally {
        await browsers.close();
        await places.end();
    }
    console.log(`${suite.passed} passed, ${suite.failed} failed, 0 skipped`);
    return suite.failed > 0 || suite.passed === 0 ? 1 : 0;
}

main(process.argv[2], process.argv.slice(3)).then(
    code => { process.exitCode = code; },
    e => {
        console.log(`FAIL it broke off: ${e.stack}`);
        process.exit(1);
    });
