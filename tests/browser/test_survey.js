// test_survey.js - every kind of control: kept through a draft, stored, deleted.
'use strict';

const { equal, has, lacks } = require('./check');

// What is typed or chosen, by control; and what comes of it.
const TYPED = {
    email: 'ann@example.org', site: 'https://example.org/', phone: '+43 1', password: 'Tr0ub4dor',
    postcode: 'AB12', age: '33', mood: '7', height: '1.75', colour: '#aabbcc',
    birthday: '2001-02-03', wake: '06:30', card: '2030-04', story: ' a\n\n  b' };
const CHECKED = ['[name=pet][value=dog]', '[name=fruit][value=apple]',
    '[name=fruit][value=quince]', '[name=agree]'];
const SELECTED = { country: ['is'], days: ['mon', 'fri'] };

const STORED = {
    name: 'Ann', email: 'ann@example.org', site: 'https://example.org/', phone: '+43 1',
    postcode: 'AB12', age: 33, mood: 7, height: 1.75, colour: '#aabbcc', pet: 'dog', country: 'is',
    fruit: ['apple', 'quince'], days: ['mon', 'fri'], birthday: '2001-02-03', wake: '06:30',
    card: '2030-04', story: ' a\n\n  b', agree: true, edition: 'spring' };

async function answered(t, options) {
    const v = await t.visitor(options);

    await (await v.go(`${t.url}/`)).fill(TYPED);
    for (const selector of CHECKED)
        await v.page.check(selector);
    for (const [name, values] of Object.entries(SELECTED))
        await v.page.selectOption(`[name=${name}]`, values);
    return v;
}

// What the browser would send, less the key and what is left blank.
function sent(v) {
    return v.page.evaluate(() => Array.from(
        new FormData(document.querySelector('main form'))).filter(
        ([name, value]) => name !== 'prg-key' && value !== ''));
}

exports.survey = {
    'all but the secret is kept by a draft': async t => {
        const v = await answered(t);
        const before = await sent(v);

        await v.press();
        equal((await v.page.title()).slice(0, 7), 'Error: ');
        equal(await sent(v), before.filter(([name]) => name !== 'password'));
        await v.reload();
        equal(await sent(v), before.filter(([name]) => name !== 'password'));
        lacks(JSON.stringify(await t.rows()), TYPED.password, 'the store');
        lacks(await v.page.content(), TYPED.password, 'the page');
        v.unharmed();
    },
    'all but the secret is stored': async t => {
        const v = await answered(t);

        await v.send({ name: 'Ann' });
        has(await v.text('h1'), 'Thank you, Ann');
        equal((await t.rows()).map(r => [r.state, r.input]), [['done', STORED]]);
        v.unharmed();
    },
    'all of it works without JavaScript': async t => {
        const v = await answered(t, { javaScriptEnabled: false });

        await v.press();
        equal((await v.page.title()).slice(0, 7), 'Error: ');
        await v.send({ name: 'Ann', password: TYPED.password });
        has(await v.text('h1'), 'Thank you, Ann');
        equal((await t.rows()).map(r => [r.state, r.input]), [['done', STORED]]);
        await v.press('.remove [type=submit]');
        equal(v.response.status(), 410);
        equal(await t.states(), ['gone']);
    },
    'an answer that is deleted is gone, and stays gone': async t => {
        const v = await answered(t);

        await v.send({ name: 'Ann' });
        const at = v.page.url();
        await v.press('.remove [type=submit]');
        equal([v.page.url(), v.response.status()], [at, 410]);
        equal((await t.rows()).map(r => [r.state, r.input]), [['gone', null]]);
        await v.reload();
        equal(v.response.status(), 410);
        await (await v.go(`${t.url}/`)).go(at);
        equal(v.response.status(), 410);
    },
    'Back from there, and sent again, brings nothing back': async t => {
        const v = await answered(t);

        await v.send({ name: 'Ann' });
        await v.press('.remove [type=submit]');
        await v.back();
        if (v.path !== '/')
            await v.back();
        equal([v.path, (await v.values()).email], ['/', TYPED.email]);
        await v.fill({ password: TYPED.password });     // no browser brings that back
        await v.press();
        equal(v.response.status(), 410);
        equal(await t.states(), ['gone']);
    }
};
