// states.js - every state in which somebody may find a page of ours: how to come to each from the
// one before it, the status it has, and its first heading.
'use strict';

const { message } = require('../lib/messages');

const LONG = 'Donaudampfschifffahrtsgesellschaft'.repeat(9);
const ENTRY = { name: LONG.slice(0, 80), stars: '5',
    message: `${LONG}\n\nhttps://example.org/${'a/'.repeat(90)}` };
const WISH = { count: '10', name: LONG.slice(0, 80),
    email: `${LONG.slice(0, 60)}@${LONG.slice(0, 60)}.example` };
const NONSENSE = {
    name: 'robot', email: LONG, site: LONG, phone: LONG.slice(0, 20), password: 'x', postcode: 'x',
    age: '-1', height: 'tall', mood: 'bad', colour: 'green', birthday: LONG, wake: 'late',
    card: '13/2030' };
const ANSWERS = {
    name: 'Ann', email: WISH.email, site: `https://${LONG.slice(0, 60)}.example/${LONG}`,
    phone: '+43 1 234567', password: 'secret', postcode: 'AB12', age: '33', height: '1.7',
    birthday: '2000-02-29', wake: '06:30', card: '2030-12', story: ENTRY.message };

const FORM = 'application/x-www-form-urlencoded';
const NONE = '0'.repeat(27);
const PROBLEM = message('problem');

// What only a program sends, or a web server makes of a broken request: a GET of the browser's
// own, changed on its way.
async function ask(v, url, change) {
    await v.page.route(url, async route => route.continue({
        ...change, headers: { ...await route.request().allHeaders(), ...change.headers } }),
        { times: 1 });
    return v.go(url);
}

const post = (v, url, headers, body = 'name=Ann&message=x') => ask(v, url, {
    method: 'POST', postData: body, headers: { 'content-type': FORM, ...headers } });

// A page of no site at all has our form, but for the key.
async function elsewhere(v, url) {
    await v.go('about:blank');
    await v.page.setContent(`<form method="post" action="${url}/"><input name="name" value="Ann">`
        + '<input name="message" value="x"><button>Send</button></form>');
    return v.press('button');
}

// A form changed as only its page could, then sent.
async function twist(v, selector, change, values = {}) {
    await v.fill(values);
    await v.page.locator(selector).evaluate((e, all) => Object.assign(e, all), change);
    return v.press();
}

async function order(v, url, item, wish) {
    await v.go(`${url}/`);
    await v.page.check(`[value=${item}]`);
    return v.send(wish);
}

// The same form, sent a second time with another wish in it.
async function orderAnother(v, url) {
    await order(v, url, 'mug', { ...WISH, count: '1' });
    const second = await v.page.inputValue('[name=wish]');

    await order(v, url, 'mug', WISH);
    await v.press();
    await v.back();
    return twist(v, '[name=wish]', { value: second });
}

async function answer(v, url, values) {
    await v.go(`${url}/`);
    for (const one of ['pet][value=dog', 'fruit][value=apple', 'fruit][value=pear', 'agree'])
        await v.page.check(`[name=${one}]`);
    await v.page.selectOption('[name=days]', ['mon', 'fri']);
    return v.send(values);
}

// As in a browser that has no pickers.
async function sendNonsense(v) {
    await v.page.evaluate(names => names.forEach(name => {
        document.querySelector(`main [name=${name}]`).type = 'text';
    }), Object.keys(NONSENSE));
    return v.send(NONSENSE);
}

async function sendFile(v, url) {
    await v.go(`${url}/`);
    await v.page.evaluate(() => {
        const form = document.querySelector('main form'), input = document.createElement('input');

        form.enctype = 'multipart/form-data';
        form.append(Object.assign(input, { type: 'file', name: 'photo' }));
    });
    await v.page.setInputFiles('[name=photo]', { name: `${LONG}<&".txt`, mimeType: 'text/plain',
        buffer: Buffer.from('x') });
    return v.press();
}

exports.STATES = {
    guestbook: [
        ['an empty book', 200, 'Guestbook', (v, url) => v.go(`${url}/`)],
        ['a draft', 200, PROBLEM,
            v => v.send({ ...ENTRY, name: '', stars: LONG.slice(0, 20) })],
        ['a draft of it', 200, PROBLEM, v => v.send({ message: '' })],
        ['a result', 200, 'Thank you', async v => {
            await v.send(ENTRY);
            v.result = v.page.url();
        }],
        ['a book', 200, 'Guestbook', (v, url) => v.go(`${url}/`)],
        ['a draft with what others wrote', 200, PROBLEM, v => v.press()],
        ['a key that is none', 200, PROBLEM, async (v, url) => {
            await v.go(`${url}/`);
            return twist(v, '[name=prg-key]', { value: 'x' }, ENTRY);
        }],
        ['too much', 413, message('title_413'), async (v, url) => {
            await v.go(`${url}/`);
            return twist(v, '[name=message]', { value: 'x'.repeat(1 << 20) }, ENTRY);
        }],
        ['another encoding', 415, message('title_415'), async (v, url) => {
            await v.go(`${url}/`);
            return twist(v, 'main form', { enctype: 'text/plain' }, ENTRY);
        }],
        ['no such page', 404, message('title_404'), (v, url) => v.go(`${url}/${NONE}`)],
        ['no address', 400, message('title_400'), (v, url) => v.go(`${url}/a%2Fb`)],
        ['a form elsewhere', 403, message('title_403'), elsewhere],
        ['a PUT', 405, message('title_405'),
            (v, url) => ask(v, `${url}/`, { method: 'PUT' })],
        ['a tag that is not there', 412, message('title_412'),
            v => ask(v, v.result, { headers: { 'if-match': '"x"' } })],
        ['a key of a program', 200, 'Thank you',
            (v, url) => post(v, `${url}/`, { 'idempotency-key': '"a key of a program"' })],
        ['a key of a program, used', 422, PROBLEM,
            (v, url) => post(v, `${url}/`, { 'idempotency-key': '"a key of a program"' }, 'name=Bob&message=x')],
        ['no known method', 501, message('title_501'),
            (v, url) => ask(v, `${url}/`, { method: 'FOO' })]
    ],
    order: [
        ['the first step', 200, 'Order', (v, url) => v.go(`${url}/`)],
        ['nothing chosen', 200, PROBLEM, v => v.press()],
        ['the second step', 200, 'Check your order', async v => {
            await v.page.check('[value=shirt]');
            return v.send(WISH);
        }],
        ['an order', 200, 'Thank you', v => v.press()],
        ['an order placed twice', 200, PROBLEM, async v => {
            await v.back();
            await v.go(v.page.url());
            return v.press();
        }],
        ['a form used twice', 200, PROBLEM, orderAnother],
        ['sold out', 200, PROBLEM, (v, url) => order(v, url, 'book', WISH)],
        ['no wish', 404, message('title_404'), (v, url) => v.go(`${url}/confirm`)]
    ],
    survey: [
        ['a blank form', 200, 'Survey', (v, url) => v.go(`${url}/`)],
        ['a draft with all that can be wrong', 200, PROBLEM, sendNonsense],
        ['a draft with a file', 200, PROBLEM, sendFile],
        ['the least answers', 200, 'Thank you', async (v, url) => {
            await v.go(`${url}/`);
            await v.page.check('[name=agree]');
            return v.send({ name: 'Ann' });
        }],
        ['all answers', 200, 'Thank you', (v, url) => answer(v, url, ANSWERS)],
        ['not deleted', 403, message('title_403'),
            v => twist(v, '[name=prg-key]', { value: 'x' })],
        ['deleted', 410, message('title_410'), async v => {
            await v.back();
            await v.reload();
            return v.press('.remove [type=submit]');
        }]
    ],
    // Of the tests: what is built in, without a title or a template of its own.
    owner: [
        ['a page without a form', 200, 'Home', (v, url) => v.go(`${url}/`)],
        ['a form without a title', 200, 'owner', (v, url) => v.go(`${url}/public`)],
        ['its draft', 200, PROBLEM, v => v.press()],
        ['its result', 200, message('received'), v => v.send({ text: LONG.slice(0, 40) })],
        ['the list that is built in', 200, 'owner', (v, url) => v.go(`${url}/public`)],
        ['a draft where it was posted', 422, PROBLEM, async (v, url) => {
            await v.go(`${url}/again`);
            return v.press();
        }]
    ],
    probe: [
        ['a page of nothing', 200, 'Probe', (v, url) => v.go(`${url}/`)],
        ['a failure', 503, message('title_503'), (v, url) => post(v, `${url}/fail`, {}, 'text=x')],
        ['a page that can\u2019t be made', 500, message('title_500'),
            (v, url) => post(v, `${url}/note`, {}, 'text=x')]
    ]
};
