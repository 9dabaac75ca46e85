// test_visitors.js - who a visitor is: cookies, and the addresses of what was sent.
'use strict';

const { equal, has, holds } = require('./check');
const { message } = require('../lib/messages');

const full = v => new URL(v.page.url()).pathname + new URL(v.page.url()).search;

// First visit, Back, Send: the same form, with the same key.
function sentAgain(browser) {
    return async t => {
        const v = await t.visitor({}, browser);

        await (await v.go(`${t.url}/mine`)).send({ name: 'Ann' });
        const at = v.path;

        await v.back();
        equal([v.path, (await v.values()).name], ['/mine', 'Ann']);
        await v.press();
        equal(v.path, at);
        equal(await t.states(), ['done']);
    };
}

exports.visitors = {
    'each draft has an address of its own, and leads to the result': async t => {
        const v = await (await t.visitor()).go(`${t.url}/plain`);

        await v.send({ name: '' });
        const id = (await t.rows())[0].id;

        equal(full(v), `/plain/${id}?1`);
        await v.send({ name: ' ' });
        equal(full(v), `/plain/${id}?2`);
        await v.send({ name: 'Ann' });
        equal(full(v), `/plain/${id}`);
        for (const n of ['?1', '?2']) {
            await v.go(`${t.url}/plain/${id}${n}`);
            equal(full(v), `/plain/${id}`);
        }
        v.unharmed();
    },
    'Back from a result to its draft shows the result': async t => {
        const v = await (await t.visitor()).go(`${t.url}/plain`);

        await v.send({ name: '' });
        await v.send({ name: 'Ann' });
        const at = full(v);

        await v.back();
        holds([at, '/plain'].includes(full(v)), full(v));
        equal(await t.states(), ['done']);
    },
    'wrong in two tabs of one form: each keeps what was typed': async t => {
        const v = await (await t.visitor()).go(`${t.url}/plain`);
        const key = await v.page.inputValue('[name=prg-key]');
        const other = await (await v.tab()).go(`${t.url}/plain`);

        await other.page.evaluate(text => {
            document.querySelector('[name=prg-key]').value = text;
        }, key);
        await v.send({ email: 'one' });
        await other.send({ email: 'two' });
        for (const tab of [v, other])
            await tab.reload();
        equal([(await v.values()).email, (await other.values()).email], ['one', 'two']);
        equal(await t.states(), ['draft', 'draft']);
    },
    'first visit to what has an owner, Back, sent again: stored once': sentAgain('plain'),
    'the same where pages are kept for Back': sentAgain('keeping'),
    'without cookies the form comes back and says why': async t => {
        const v = await (await t.visitor()).go(`${t.url}/mine`);

        for (let n = 0; n < 2; n++) {
            await v.context.clearCookies();
            await v.send({ name: 'Ann' });
            equal(v.response.status(), 422);
            has(await v.text('.errors'), message('no_cookie'));
            equal((await v.values()).name, 'Ann');
        }
        equal(await t.states(), []);
    },
    'the cookie outlives the browser': async t => {
        const v = await (await t.visitor()).go(`${t.url}/mine`);
        const [cookie] = await v.context.cookies();
        const days = (cookie.expires - Date.now() / 1000) / 86400;

        holds(days > 29 && days < 401, `it lasts ${days} days`);
    },
    'a result that the browser has forgotten says so, and leads to the form': async t => {
        const v = await (await t.visitor()).go(`${t.url}/mine`);

        await v.send({ name: 'Ann' });
        await v.context.clearCookies();
        await v.reload();
        equal([v.response.status(), await v.text('h1')], [404, message('not_yours')]);
        await v.follow(() => v.page.click('main a'));
        equal(v.path, '/mine');
    },
    'after prg_forget_visitor() Back shows no result': async t => {
        const v = await (await t.visitor()).go(`${t.url}/safe`);

        await v.send({ name: 'Ann' });
        const at = v.path;

        await (await v.go(`${t.url}/leave`)).send({ name: 'x' });
        equal(await v.context.cookies(), []);
        await v.go(t.url + at);
        equal(v.response.status(), 404);
    }
};
