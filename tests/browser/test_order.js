// test_order.js - an order in two steps: stock sinks by what was ordered, once.
'use strict';

const { equal, has, holds } = require('./check');
const { message } = require('../lib/messages');

const WISH = { count: '2', name: 'Ann', email: 'ann@example.org' };
const PLACED = /^\/confirm\/[0-9A-Za-z]{27}$/;

async function mugs(t) {
    return (await t.place.select("SELECT n FROM stock WHERE item = 'mug'"))[0][0];
}

async function orders(t) {
    return (await t.rows()).filter(r => r.route === '/confirm').map(r => r.state);
}

// The first step has been taken; the visitor is asked to confirm.
async function wished(t, wish = WISH, browser = 'plain') {
    const v = await t.visitor({}, browser);

    await v.go(`${t.url}/`);
    await v.page.check('[value=mug]');
    await v.send(wish);
    equal(v.path, '/confirm');
    has(await v.text(), `${wish.count} × Mug`);
    return v;
}

async function placed(t, browser) {
    const v = await wished(t, WISH, browser);

    await v.press();
    holds(PLACED.test(v.path), `sent to ${v.path}`);
    has(await v.text('h1'), 'Thank you, Ann');
    return v;
}

function placeAgain(browser) {
    return async t => {
        const before = await mugs(t);
        const v = await placed(t, browser);
        const result = v.path;

        for (let n = 0; n < 2; n++) {
            await v.back();
            equal(v.path, '/confirm');
            await v.press();
            equal(v.path, result);
        }
        equal(v.posts(), 4, 'the number of POSTs');
        equal(await mugs(t), before - 2, 'what is left');
        equal(await orders(t), ['done']);
        v.unharmed();
    };
}

exports.order = {
    'an order takes from the stock what it says': async t => {
        const before = await mugs(t);
        const v = await placed(t);

        has(await v.text(), '2 × Mug');
        has(await v.text(), 'ann@example.org');
        equal(await mugs(t), before - 2, 'what is left');
        equal((await t.rows()).map(r => [r.route, r.state]),
            [['/', 'done'], ['/confirm', 'done']]);
        await v.reload();
        has(await v.text('h1'), 'Thank you, Ann');
        equal(await mugs(t), before - 2, 'what is left');
        v.unharmed();
    },
    'all of it works without JavaScript': async t => {
        const before = await mugs(t);
        const v = await t.visitor({ javaScriptEnabled: false });

        await v.go(`${t.url}/`);
        await v.press();
        equal((await v.page.title()).slice(0, 7), 'Error: ');
        await v.page.check('[value=mug]');
        await v.send(WISH);
        has(await v.text(), '2 × Mug');
        await v.press();
        has(await v.text('h1'), 'Thank you, Ann');
        await v.reload();
        has(await v.text('h1'), 'Thank you, Ann');
        equal(await mugs(t), before - 2, 'what is left');
        equal((await t.rows()).map(r => [r.route, r.state]),
            [['/', 'done'], ['/confirm', 'done']]);
        v.unharmed();
    },
    'Back and placed again is the same order': placeAgain('plain'),
    'Back to a page that was kept, and placed again': placeAgain('keeping'),
    'the wish in two tabs: the second is told so': async t => {
        const before = await mugs(t);
        const v = await wished(t);
        const other = await (await v.tab()).go(v.page.url());

        await v.press();
        holds(PLACED.test(v.path), `sent to ${v.path}`);
        await other.press();
        equal((await other.page.title()).slice(0, 7), 'Error: ');
        has(await other.text('.errors'), 'This order has been placed already');
        equal(await mugs(t), before - 2, 'what is left');
        equal(await orders(t), ['done', 'draft']);
        await other.press();
        has(await other.text('.errors'), 'This order has been placed already');
        equal(await mugs(t), before - 2, 'what is left');
        equal(await orders(t), ['done', 'draft']);
        other.unharmed();
    },
    'Back to the first step, edited: a second order': async t => {
        const before = await mugs(t);
        const v = await placed(t);
        const result = v.path;

        await v.back();
        await v.back();
        equal([v.path, (await v.values()).count], ['/', '2']);
        await v.send({ count: '3' });
        has(await v.text(), '3 × Mug');
        await v.press();
        holds(PLACED.test(v.path) && v.path !== result, `sent to ${v.path}`);
        equal(await mugs(t), before - 5, 'what is left');
        equal(await orders(t), ['done', 'done']);
    },
    'Back to the first step, unchanged: the wish that was placed': async t => {
        const before = await mugs(t);
        const v = await placed(t);

        await v.back();
        await v.back();
        await v.press();
        equal(v.path, '/confirm');
        await v.press();
        equal(await mugs(t), before - 2, 'what is left');
        equal(await orders(t), ['done', 'draft']);
    },
    // Not of the same content any more, on a route that is 'once': asked about, not done.
    'the same form with another wish is asked about': async t => {
        const before = await mugs(t);
        const second = await wished(t, { ...WISH, count: '1' });
        const wish = await second.page.inputValue('[name=wish]');
        const v = await placed(t);
        const result = v.path;

        await v.back();
        await v.page.evaluate(id => { document.querySelector('[name=wish]').value = id; }, wish);
        await v.press();
        has(await v.text('.errors'), message('form_used'));
        equal(await v.page.getAttribute('.errors p a', 'href'), result);
        equal(await mugs(t), before - 2, 'what is left');
        equal(await orders(t), ['done', 'draft']);
        await v.press();
        holds(PLACED.test(v.path) && v.path !== result, `sent to ${v.path}`);
        equal(await mugs(t), before - 3, 'what is left');
        equal(await orders(t), ['done', 'done']);
    },
    'more than there is: said so on the first step': async t => {
        const v = await t.visitor();

        await v.go(`${t.url}/`);
        await v.page.check('[value=book]');
        await v.send({ ...WISH, count: '4' });
        has(await v.text('.errors'), 'Only 3 left');
        equal(await v.page.isChecked('[value=book]'), true, 'what was chosen');
        equal(await t.states(), ['draft']);
        await v.page.click('.errors a');
        equal(await v.page.evaluate(() => document.activeElement.name), 'count');
    },
    'nothing chosen: the summary leads to the first choice': async t => {
        const v = await t.visitor();

        await (await v.go(`${t.url}/`)).press();
        equal(await v.text('.errors li:first-child'), 'Choose what to order');
        await v.page.click('.errors li:first-child a');
        equal(await v.page.evaluate(() => document.activeElement.value), 'mug');
        equal(await v.page.getAttribute('fieldset', 'aria-invalid'), 'true');
        v.unharmed();
    },
    'a wish that is not there has no page': async t => {
        const v = await t.visitor();

        for (const at of ['/confirm', '/confirm?wish=', `/confirm?wish=${'0'.repeat(27)}`]) {
            await v.go(t.url + at);
            equal(v.response.status(), 404, at);
        }
        equal(await t.states(), []);
    }
};
