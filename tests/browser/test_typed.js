// test_typed.js - what is awkward to type, in every control: it arrives, is stored, shown, and
// comes back, to the byte.
'use strict';

const { equal, has, holds, row } = require('./check');
const { message } = require('../lib/messages');

// 64 lines of 1 KiB, no two the same.
const KIB64 = Array.from({ length: 64 }, (_, n) =>
    `${n}\t<b a="é">&amp; 🎈 %20+ {{x}}\\ `.repeat(40).slice(0, 1022) + '\r\n').join('');

// Typed into every control that takes text at all: each of them has a draft of its own.
const TEXTS = {
    'a newline first': '\nfirst',
    'newlines first and last': '\n\n\r\nmiddle\n\n\n',
    'CRLF, CR, LF': 'a\r\nb\rc\nd\r\n\r\ne\n\rf',
    'nothing but spaces': '   ',
    'nothing but newlines': '\n\n',
    'spaces at both ends': '  a  b\u00a0 ',
    'tabs': '\ta\tb\t',
    'quotes': '"a" \'b\' `c` \u201cd\u201d \u00abe\u00bb \\" \\\' \\',
    'markup': '</textarea><b a="b" c=\'d\'>&amp;<!--',
    'what forms are made of': 'a=b&c=d;e+f%20g%0Ah&prg-key=0#i?j',
    'what multipart is made of': '--\r\nContent-Type: a; b="x"\r\n\r\ny\r\n--',
    'emoji': '\u{1f469}\u200d\u{1f4bb}\u{1f1e9}\u{1f1ea}\u{1f3f4}\u{e0067}\u{e007f} \u2764\ufe0f',
    'right to left': '\u05e9\u05dc\u05d5 \u202eabc\u202c \u0627\u0644\u0633 \u2066x\u2069 \u200f',
    'composed and not': '\u00e9 e\u0301 \uac00 \u1100\u1161 \ufb01 \u1e9e \u212b',
    'what no character is': '\ufffe\uffff\u{10ffff}\ufeff\ufffd',
    'lines of other kinds': 'a\u2028b\u2029c\u0085d\u000be\u000cf',
    'a template': '{{name}}{{{name}}}{{#a}}{{/a}}{{>layout}}${1}<%= 2 %>',
    '64 KiB': KIB64
};

// What fits each control, and is at the edge of that: typed, and if not the same, stored and shown.
const FITS = {
    email: [['o\'brien+tag@example.org'], ['a!#$%&*+/=?^_`{|}~-@x'], [''],
        ['  a@b.example ', 'a@b.example'], [`${'l'.repeat(240)}@example.org`]],
    site: [['https://example.org/?a=1&b=%22#c'], [''], ['http://[::1]:8080/a\'b;c,d'],
        ['HTTPS://\u00fcml\u00e4ut.example/\u263a']],
    phone: [['+43 (0)1 / 234-56.78'], [''], [' 911 ', '911']],
    password: [['"\'<>&\\'], [''], ['  two  '], ['\u{1f511}\u{1f511}\u{1f511}']],
    postcode: [['AB0'], [''], ['ZZ98765432'], [' XY1 ', 'XY1']],
    age: [['1', 1], ['', null], ['150', 150], ['+0042', 42]],
    mood: [['0', 0], ['10', 10], ['7', 7]],
    height: [['0.3', 0.3], ['', null], ['3', 3], ['.5', 0.5], ['1.75e0', 1.75]],
    colour: [['#000000'], ['#ffffff'], ['#a1b2c3']],
    pet: [[''], ['dog', 'dog', 'A dog'], ['none', 'none', 'None']],
    country: [[''], ['at', 'at', 'Austria'], ['other', 'other', 'Elsewhere']],
    fruit: [[[]], [['pear'], ['pear'], 'Pears'],
        [['apple', 'pear', 'quince'], ['apple', 'pear', 'quince'], 'Apples, Pears, Quinces']],
    days: [[[]], [['fri'], ['fri'], 'Friday'],
        [['mon', 'wed'], ['mon', 'wed'], 'Monday, Wednesday']],
    birthday: [[''], ['2000-02-29'], ['1900-01-01'], ['2099-12-31']],
    wake: [[''], ['00:00'], ['23:59'], ['06:30:59']],
    card: [[''], ['0001-01'], ['2030-12']]
};

// A draft's controls may hold what is no good; all of these do, as not every browser has a picker
// for each kind, and those that have none let anything be typed.
const PICKED = ['mood', 'colour', 'birthday', 'wake', 'card'];
const FREE = ['name', 'email', 'site', 'phone', 'password', 'postcode', 'age', 'height', 'story',
    'edition', ...PICKED];

// -- Newlines, as browsers and we treat them ------------------------------------------

const lf = s => s.replace(/\r\n?/g, '\n');
const crlf = s => lf(s).replace(/\n/g, '\r\n');
const strip = s => s.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '');
const trim = s => s.replace(/^[\s\u0085]+|[\s\u0085\u200f]+$/g, '');

// HTML has no way to write a control; each is a replacement character.
const shown = s => s.replace(/[\x00-\x08\x0b\x0e-\x1f\x7f]/g, '\ufffd');

// Nothing but spaces and newlines is nothing.
const blank = s => trim(s) === '';

// As much of it as there is room for; a character is not cut in two, however it is made up.
function cut(text, length) {
    let all = '';

    for (const { segment } of new Intl.Segmenter().segment(text.slice(0, length + 50))) {
        if (all.length + segment.length > length)
            break;
        all += segment;
    }
    return all;
}

// What Chromium makes of a text put into a control of one line; one for an email address has no
// spaces at its ends (HTML, 4.10.5.1.5).
function asLine(text, { type, maxLength }) {
    const line = lf(text).replace(/\n+$/, '').replace(/\n/g, ' ');
    const s = maxLength < 0 ? line : cut(line, maxLength);

    return type === 'email' ? strip(s) : s;
}

// What a control makes of a text.
function made(text, { type, maxLength }) {
    return type === 'textarea' ? lf(text) : type === 'hidden' ? text :
        asLine(text, { type, maxLength });
}

// -- A form, filled in ------------------------------------------------------------------

// As by keyboard and picker, in a form that is blank; what is hidden, as by a page's own script.
async function put(page, name, type, value) {
    const control = `main [name="${name}"]`;

    if (type === 'radio' || type === 'checkbox')
        for (const one of [value].flat().filter(s => s !== ''))
            await page.check(`${control}[value="${one}"]`);
    else if (type.startsWith('select'))
        await page.selectOption(control, value);
    else if (type === 'hidden')
        await page.evaluate(([c, s]) => { document.querySelector(c).value = s; }, [control, value]);
    else
        await page.fill(control, value);
}

// What each control is, by name.
function controls(v) {
    return v.page.evaluate(() => Object.fromEntries(Array.from(
        document.querySelectorAll('main form [name]'),
        ({ name, type, maxLength }) => [name, { type, maxLength }])));
}

async function fill(v, values, enctype) {
    const all = await controls(v);

    for (const [name, value] of Object.entries(values))
        await put(v.page, name, all[name].type, value);
    await v.page.evaluate(type => { document.querySelector('main form').enctype = type; }, enctype);
    return v;
}

// What the controls hold, in their order: name and value, as it would be sent.
function held(v) {
    return v.page.evaluate(() => Array.from(new FormData(document.querySelector('main form')))
        .filter(([name]) => name !== 'prg-key'));
}

// What is stored under the address of the page that is shown.
async function stored(t, v) {
    const row = (await t.rows()).find(r => v.path === `/${r.id}`);

    holds(row, `nothing is stored under ${v.path}`);
    return row;
}

// The same as the store has what was typed: one value for each name, or a list.
function typed(pairs) {
    const lists = ['fruit', 'days'], all = {};

    for (const [name, value] of pairs)
        if (lists.includes(name))
            (all[name] ||= []).push(crlf(value));
        else if (name !== 'password')
            all[name] = crlf(value);
    return all;
}

// -- Two drafts: what was typed comes back -------------------------------------------------

// What comes back: no secret.  A picker that must show something is a text input then.
function returned(name, value) {
    return name === 'password' ? '' : shown(lf(value));
}

// The n-th of what fits each control, but any text where one can be typed.
async function draft(t, v, { n, text, enctype }) {
    await v.page.evaluate(names => names.forEach(name => {
        document.querySelector(`main [name=${name}]`).type = 'text';
    }), PICKED);
    const chosen = Object.fromEntries(Object.entries(FITS).map(
        ([name, list]) => [name, list[n % list.length][0]]));
    const limits = await controls(v);
    // A draft keeps four times what the field takes, and 400 characters if it has no length.
    const most = { name: 320, postcode: 40, story: 280000 };
    const texts = FREE.map(name => [name, cut(text, most[name] ?? 400)]);

    await fill(v, { ...chosen, ...Object.fromEntries(texts) }, enctype);
    const before = await held(v), has = Object.fromEntries(before);

    equal(FREE.map(name => [name, has[name]]), texts.map(
        ([name, s]) => [name, made(s, limits[name])]), 'what the controls have');
    await v.press();
    const { state, input } = await stored(t, v);

    equal([state, input], ['draft', typed(before)], 'what is stored of a draft');
    return before.map(([name, value]) => [name, returned(name, value)]);
}

async function comesBack(t, v, entry) {
    await v.go(`${t.url}/`);
    const want = await draft(t, v, entry);

    for (const n of [1, 2]) {
        equal((await v.page.title()).slice(0, 7), 'Error: ');
        equal(await held(v), want, `what draft ${n} has`);
        if (n === 1)
            await (await fill(v, {}, entry.enctype)).press();
    }
}

// -- The result: it is stored and shown ------------------------------------------------------

// What becomes of each: [typed, stored, shown].  A name must be there, as must the tick.
function answers({ n, text }) {
    const all = Object.fromEntries(Object.entries(FITS).map(
        ([name, list]) => [name, list[n % list.length]]));
    const line = shown(trim(asLine(text, { maxLength: 80 })));
    const hidden = shown(cut(lf(text), 1000));

    return {
        name: line === '' ? ['x'] : [line], ...all,
        story: [null, blank(text) ? '' : shown(lf(text))],
        agree: ['on', true, 'Yes'], edition: [hidden] };
}

// Without a value there is a dash.
function shownOf([typed, stored = typed, text = String(stored ?? '')]) {
    return text === '' ? '\u2013' : text;
}

// In the draft: the story as it came back, what fits where that did not.
async function isShown(t, v, entry) {
    const all = answers(entry);
    const { password, ...kept } = all;
    const { edition, ...visible } = kept;

    await fill(v, Object.fromEntries([...FREE, 'agree'].filter(name => name !== 'story').map(
        name => [name, all[name][0]])), entry.enctype);
    await v.press();
    const { state, input } = await stored(t, v);

    equal([state, input], ['done', Object.fromEntries(Object.entries(kept).map(
        ([name, [typed, stored = typed]]) => [name, stored]))], 'what is stored');
    equal(await v.page.evaluate(() => Array.from(
        document.querySelectorAll('dl:first-of-type dd'), e => e.textContent)),
        Object.values(visible).map(shownOf), 'what is shown');
}

// -- Files ------------------------------------------------------------------------------------

// No form here has them yet: one is given to it, and two files of one name are chosen.
async function files(t) {
    const v = await t.visitor();
    const a = { name: 'a"b.txt', mimeType: 'text/plain', buffer: Buffer.from('in the file') };

    await v.go(`${t.url}/`);
    await v.page.evaluate(() => {
        const input = Object.assign(document.createElement('input'),
            { type: 'file', name: 'photo', multiple: true });

        document.querySelector('main form').append(input);
    });
    await v.page.setInputFiles('[name=photo]', [a, { ...a, buffer: Buffer.from('in the other') }]);
    await fill(v, { name: 'Ann', story: '\nIt was\r\n\r\n"late"', pet: 'dog', agree: 'on' },
        'multipart/form-data');
    const before = (await held(v)).filter(([name]) => name !== 'photo');

    await v.press();
    equal(v.response.status(), 200);
    equal(await v.page.locator('.errors li').allTextContents(),
        Array(2).fill(message('file', { label: 'a"b.txt' })), 'what is wrong');
    equal(await held(v), before, 'what the draft has');
    equal((await t.rows()).filter(r => JSON.stringify(r).includes('in the ')), []);
    await v.press();
    has(await v.text('h1'), 'Thank you, Ann');
    equal((await t.rows()).map(r => [r.state, r.input.story]),
        [['done', '\nIt was\n\n"late"']]);
    v.unharmed();
}

function survives(enctype) {
    return async t => {
        const v = await t.visitor();

        for (const [n, [what, text]] of Object.entries(TEXTS).entries())
            await row(what, async () => {
                await comesBack(t, v, { n, text, enctype });
                await isShown(t, v, { n, text, enctype });
                v.unharmed();
            });
    };
}

exports.survey = {
    'through two drafts to a result, urlencoded': survives('application/x-www-form-urlencoded'),
    'through two drafts to a result, multipart': survives('multipart/form-data'),
    'two files of one name: rejected, and nothing typed is lost': files
};
