// visitor.js - somebody with a browser of their own: no cookie, no history, no cache.
//
// What a browser complains of while a visitor looks around is kept in 'troubles': dialogs, errors
// on the console (a broken Content-Security-Policy is one), requests that failed.
'use strict';

const { equal } = require('./check');

class Visitor {
    static async arrive(browser, options = {}) {
        const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
        const page = await context.newPage();

        return new Visitor(context, page);
    }

    constructor(context, page) {
        this.context = context;
        this.watch(page);
    }

    watch(page) {
        this.page = page;
        this.troubles = [];
        this.requests = [];
        page.setDefaultTimeout(30000);
        page.on('dialog', d => {
            this.troubles.push(`a dialog: ${d.message()}`);
            d.dismiss().catch(() => {});
        });
        page.on('console', m => {
            if (m.type() === 'error' || m.type() === 'warning')
                this.troubles.push(`${m.text()} (${m.location().url})`);
        });
        page.on('pageerror', e => this.troubles.push(String(e)));
        page.on('requestfailed', r => this.troubles.push(
            `${r.method()} ${r.url()} failed: ${r.failure().errorText}`));
        page.on('request', r => this.requests.push(r));
    }

    // A second tab of the same browser.
    async tab() {
        return new Visitor(this.context, await this.context.newPage());
    }

    // The path of the page that is shown.
    get path() {
        return new URL(this.page.url()).pathname;
    }

    posts() {
        return this.requests.filter(r => r.method() === 'POST').length;
    }

    async go(url) {
        this.response = await this.page.goto(url);
        return this;
    }

    // Do what leads to another page, and wait for that.
    async follow(act) {
        [this.response] = await Promise.all([
            this.page.waitForNavigation({ waitUntil: 'load' }), act()]);
        return this;
    }

    // The same where other pages are begun on the way, and come to nothing.
    async reach(url, act) {
        await Promise.all([
            this.page.waitForEvent('framenavigated', frame => url.test(frame.url())), act()]);
        await this.page.waitForLoadState();
        return this;
    }

    async fill(values) {
        for (const [name, value] of Object.entries(values))
            await this.page.fill(`[name="${name}"]`, value);
        return this;
    }

    press(selector = 'main form [type=submit]') {
        return this.follow(() => this.page.click(selector));
    }

    async send(values) {
        await this.fill(values);
        return this.press();
    }

    reload() {
        return this.follow(() => this.page.reload());
    }

    // A page that was kept whole is not loaded again, so there is no event of that.
    async back() {
        await this.page.goBack({ waitUntil: 'commit' });
        await this.page.waitForFunction(() => document.readyState === 'complete');
        return this;
    }

    text(selector = 'main') {
        return this.page.innerText(selector);
    }

    values() {
        return this.page.evaluate(() => Object.fromEntries(Array.from(
            document.querySelectorAll('form :is(input:not([type=hidden]), textarea)'),
            e => [e.name, e.value])));
    }

    unharmed() {
        equal(this.troubles, [], 'what the browser complains of');
    }

    leave() {
        return this.context.close();
    }
}

module.exports = { Visitor };
