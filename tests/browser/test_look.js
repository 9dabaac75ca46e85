// test_look.js - every page: light and dark, narrow and wide, by keyboard, to axe, under its CSP.
//
// SHOTS=FOLDER in the environment: a picture of each is put there.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { equal, has, row } = require('./check');
const { message } = require('../lib/messages');
const { STATES } = require('./states');
const { Markup } = require('./markup');

const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const AXE_OPTIONS = {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    rules: { 'target-size': { enabled: true } },
    resultTypes: ['violations']
};

const NARROW = { width: 320, height: 800 }, WIDE = { width: 1280, height: 800 };
const LOOKS = {
    'light and narrow': { colorScheme: 'light', viewport: NARROW },
    'dark and wide': { colorScheme: 'dark', viewport: WIDE, brief: true }
};
const MORE_LOOKS = {
    'light and wide': { colorScheme: 'light', viewport: WIDE },
    'dark and narrow': { colorScheme: 'dark', viewport: NARROW }
};

const markup = new Markup();

async function checkAxe(v) {
    await v.page.evaluate(AXE);
    const { violations } = await v.page.evaluate(o => axe.run(document, o), AXE_OPTIONS);

    equal(violations.map(r => [r.id, r.help, ...r.nodes.map(n => n.html)]), [], 'what axe finds');
}

async function checkWidth(v) {
    equal(await v.page.evaluate(() => Math.max(0,
        document.scrollingElement.scrollWidth - document.documentElement.clientWidth)), 0,
        'what there is to scroll sideways');
    equal(await v.page.evaluate(() => Array.from(document.querySelectorAll('body *'))
        .filter(e => !e.closest('.unseen, .skip') && e.getClientRects().length > 0 &&
            e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML)), [],
        'what is beyond the edge');
}

// A page that is not there is itself a request that failed.
function checkTroubles(v) {
    if (v.response.status() >= 400)
        v.troubles = v.troubles.filter(s => !s.endsWith(`(${v.page.url()})`));
    v.unharmed();
}

// Errors look alike, so those are looked at once.
function worth(look, status) {
    return !look.brief || status < 400 || status === 404;
}

// All states of an app in one look.
function every(app, look) {
    return async t => {
        const v = await t.visitor(look);

        for (const [n, [name, status, heading, come]] of STATES[app].entries())
            await row(name, async () => {
                await come(v, t.url);
                equal(v.response.status(), status, 'the status');
                has(await v.text('h1, main h2'), heading, 'the first heading');
                checkTroubles(v);
                await checkWidth(v);
                if (worth(look, status))
                    await checkAxe(v);
                await markup.add(`${app}, ${name}`, v.response);
                if (process.env.SHOTS)
                    await v.page.screenshot({ fullPage: true, path: path.join(process.env.SHOTS,
                        `${app}-${n + 1}-${look.viewport.width}-${look.colorScheme}.png`) });
            });
    };
}

// What has the focus: its text, or its name and value; and whether that can be seen.
function focus(page) {
    return page.evaluate(() => {
        const e = document.activeElement;
        const what = e === document.body ? 'the page' :
            e.name ? `${e.name}=${e.value}` : e.innerText.split('\n')[0];
        const seen = getComputedStyle(e).outlineStyle !== 'none' || e.tabIndex < 0;

        return what + (seen ? '' : ' (unseen)');
    });
}

// Press keys ("text:..." is typed) and see where that leads.
async function type(v, keys) {
    for (const [key, want] of keys) {
        if (key.startsWith('text:'))
            await v.page.keyboard.type(key.slice(5));
        else
            await v.page.keyboard.press(key);
        equal(await focus(v.page), want, `what has the focus after ${key}`);
    }
}

const enter = v => v.follow(() => v.page.keyboard.press('Enter'));

async function signByKeyboard(t) {
    const v = await t.visitor();

    await v.go(`${t.url}/`);
    await type(v, [
        ['Tab', message('skip')],
        ['Tab', 'Guestbook'],
        ['Tab', 'name='],
        ['Tab', 'message='],
        ['text:Hello', 'message=Hello'],
        ['Enter', 'message=Hello\n'],
        ['text:again', 'message=Hello\nagain'],
        ['Tab', 'stars='],
        ['text:5', 'stars=5']]);
    await enter(v);
    equal(await focus(v.page), message('problem'));
    await type(v, [
        ['Tab', await v.text('.errors a')],
        ['Enter', 'name='],
        ['text:Ann', 'name=Ann'],
        ['Tab', 'message=Hello\nagain'],
        ['Tab', 'stars=5'],
        ['Tab', message('send')]]);
    await enter(v);
    has(await v.text('h1'), 'Thank you, Ann.');
    equal(await t.states(), ['done']);
}

async function orderByKeyboard(t) {
    const v = await t.visitor();

    await v.go(`${t.url}/`);
    await type(v, [
        ['Tab', message('skip')],
        ['Enter', 'the page'],
        ['Tab', 'item=mug'],
        ['ArrowDown', 'item=shirt'],
        ['ArrowUp', 'item=mug'],
        ['Tab', 'count=1'],
        ['Tab', 'name='],
        ['text:Ann', 'name=Ann'],
        ['Tab', 'email='],
        ['text:ann@example.org', 'email=ann@example.org']]);
    await enter(v);
    has(await v.text(), '1 × Mug');
    await type(v, [
        ['Tab', message('skip')],
        ['Tab', 'Order'],
        ['Tab', 'Place the order']]);
    await enter(v);
    has(await v.text('h1'), 'Thank you, Ann');
    equal(await t.states(), ['done', 'done']);
}

async function answerByKeyboard(t) {
    const v = await t.visitor();

    await v.go(`${t.url}/`);
    await type(v, [
        ['Tab', message('skip')],
        ['Enter', 'the page'],
        ['Tab', 'name='],
        ['text:Ann', 'name=Ann'],
        ['Tab', 'email='],
        ['Tab', 'site='],
        ['Tab', 'phone='],
        ['text:911', 'phone=911'],
        ['Tab', 'password='],
        ['Tab', 'postcode='],
        ['Tab', 'age='],
        ['text:33', 'age=33'],
        ['Tab', 'mood=5'],
        ['ArrowRight', 'mood=6'],
        ['Tab', 'height='],
        ['Tab', 'colour=#336699'],
        ['Tab', 'pet='],
        ['ArrowDown', 'pet=cat'],
        ['ArrowDown', 'pet=dog'],
        ['Tab', 'country='],
        ['text:Ice', 'country=is'],
        ['Tab', 'fruit=apple'],
        ['Space', 'fruit=apple'],
        ['Tab', 'fruit=pear'],
        ['Tab', 'fruit=quince'],
        ['Space', 'fruit=quince'],
        ['Tab', 'days='],
        ['ArrowDown', 'days=mon'],
        ['Tab', 'birthday='],
        ['text:02032001', 'birthday=2001-02-03'],
        ['Tab', 'birthday=2001-02-03'],
        ['Tab', 'wake='],
        ['text:0630AM', 'wake=06:30'],
        ['Tab', 'wake=06:30'],
        ['Tab', 'card='],
        ['text:Apr', 'card='],
        ['ArrowRight', 'card='],
        ['text:2030', 'card=2030-04'],
        ['Tab', 'card=2030-04'],
        ['Tab', 'story='],
        ['text:Once', 'story=Once'],
        ['Tab', 'agree=on'],
        ['Space', 'agree=on'],
        ['Tab', message('send')]]);
    await enter(v);
    has(await v.text('h1'), 'Thank you, Ann');
    equal((await t.rows()).map(r => [r.state, r.input]), [['done', {
        name: 'Ann', email: '', site: '', phone: '911', postcode: '', age: 33, mood: 6,
        height: null, colour: '#336699', pet: 'dog', country: 'is', fruit: ['apple', 'quince'],
        days: ['mon'], birthday: '2001-02-03', wake: '06:30', card: '2030-04', story: 'Once',
        agree: true, edition: 'spring' }]]);
    v.unharmed();
}

// What of these is on the page, as it is printed; and texts in a colour that is not dark.
function printed(page, selectors) {
    return page.evaluate(all => {
        const there = e => e.getClientRects().length > 0;
        const sum = e => getComputedStyle(e).color.match(/[0-9]+/g).slice(0, 3)
            .reduce((n, s) => n + Number(s), 0);

        return {
            seen: all.filter(s => Array.from(document.querySelectorAll(s)).some(
                e => there(e) && !e.matches('.skip'))),
            light: Array.from(document.querySelectorAll('main *')).filter(
                e => there(e) && sum(e) > 300).map(e => e.outerHTML)
        };
    }, selectors);
}

const ON_PAPER = ['header', '.skip', 'h1', 'dd', 'time', '.address', '.remove', 'button', 'input',
    'textarea'];

async function print(t) {
    const v = await t.visitor({ colorScheme: 'dark' });
    const form = { name: 'Ann', story: 'A story' };

    await (await v.go(`${t.url}/`)).send(form);
    await v.page.emulateMedia({ media: 'print' });
    const draft = await printed(v.page, ON_PAPER);

    equal(draft.seen, ['h1', 'input', 'textarea'], 'what is printed of a draft');
    await v.page.check('[name=agree]');
    await v.follow(() => v.page.press('[name=name]', 'Enter'));
    const result = await printed(v.page, ON_PAPER);

    equal(result.seen, ['h1', 'dd', 'time', '.address'], 'what is printed of a result');
    equal(await v.text('.address'), v.path, 'the address on paper');
    equal([...draft.light, ...result.light], [], 'what is hard to read on paper');
    v.unharmed();
}

function looks(app) {
    const all = process.env.SHOTS ? { ...LOOKS, ...MORE_LOOKS } : LOOKS;

    return Object.fromEntries(Object.entries(all).map(
        ([name, look]) => [`every page of the ${app}, ${name}`, every(app, look)]));
}

exports.guestbook = {
    ...looks('guestbook'), 'the guestbook by keyboard alone': signByKeyboard };
exports.order = {
    ...looks('order'), 'an order by keyboard alone': orderByKeyboard };
exports.survey = {
    ...looks('survey'), 'the survey by keyboard alone': answerByKeyboard,
    'the survey on paper': print };
exports.owner = looks('owner');
exports.probe = {
    ...looks('probe'), 'vnu has nothing to say of any page': () => markup.check() };
