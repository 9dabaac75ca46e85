// test_hostile.js - whatever is typed is shown as it was typed, and is nothing but text.
'use strict';

const { equal, has, holds, row } = require('./check');
const { message } = require('../lib/messages');
const { BYTES, STRINGS: HOSTILE } = require('./hostile');

// As a name, where it fits on a line of 80 characters, and as a message.
const STRINGS = {
    'a script': '<script>window.harmed = 1</script>',
    'an image with a handler': '<img src=x onerror="window.harmed = 1">',
    'the end of an attribute': '" autofocus onfocus="window.harmed = 1',
    'the end of an attribute in single quotes': "' onmouseover='window.harmed = 1",
    'the end of a textarea': '</textarea><script>window.harmed = 1</script>',
    'the end of a title': '</title><script>window.harmed = 1</script>',
    'the end of a list': '</dd></dl></ol></main></body></html>x',
    'a comment': '<!-- x --> <!--> --!> <![CDATA[ x ]]>',
    'references': '&amp; &lt;b&gt; &#39; &#x0; &notin &copy',
    'a template': '{{id}} {{{id}}} {{>layout}} {{#recent}}x{{/recent}} {{=<% %>=}}',
    'a link': 'javascript:window.harmed=1//',
    'quotes of all kinds': '"double" \'single\' `back` \u201ccurly\u201d \\ \\"',
    'right to left': '\u05e9\u05dc\u05d5\u05dd \u202etxt.exe\u202c \u0627\u0644\u0633\u0644\u0627\u0645',
    'emoji': '\u{1f469}\u200d\u{1f4bb} \u{1f1e9}\u{1f1ea} e\u0301 \u{1d4d0}',
    'what no character is': 'a\ufffeb\uffffc\u{10ffff}d',
    'spaces of all kinds': 'a\u00a0b\u2003c\u200bd\ufeffe   f',
    'a form': '</form><form action=//evil.test><input name=prg-key value=x>',
    'a style': '<style>*{display:none}</style><link rel=stylesheet href=//evil.test>',
    'percent and plus': '%3Cscript%3E %00 %0d%0a a+b&c=d;e=f#g?h',
    'another script of Unicode\'s': '\uff1cscript\uff1e\u02b9\u2028\u2029\u0085x',
    'a form key': 'prg-key=0&name=x',
    'a printf': '%s%s%n%p %1$s'
};

// As a message only, through three drafts.
const LINES = {
    'a newline at the start': '\nx',
    'three newlines at the start': '\n\n\nx',
    'newlines at the end': 'x\n\n',
    'lines and tabs': 'a\n\tb\n\n  c\td',
    'the end of a textarea on a line': '\n</textarea>\n<b>x</b>',
    'newlines as references': '&#10;&#13;\n&NewLine;'
};

// Shown, each is a replacement character.
const CONTROLS = 'a\u0001b\u0008c\u000bd\u001be\u007ff';

// How many elements there are, and what they say.
function look(v) {
    return v.page.evaluate(() => ({
        elements: document.querySelectorAll('*:not(br)').length,
        title: document.title,
        shown: Array.from(document.querySelectorAll('dl:first-of-type dd'), e => e.textContent),
        harmed: window.harmed
    }));
}

// Wrong as often as is said, then right; the visitor is at the result.
async function sign(v, entry, drafts) {
    await v.fill({ ...entry, stars: 'x' });
    for (let n = 0; n < drafts; n++) {
        await v.press();
        equal(await v.values(), { ...entry, stars: 'x' }, `what draft ${n + 1} has`);
        equal(await v.page.evaluate(() => window.harmed), undefined, 'the harm done');
    }
    await v.send({ stars: '' });
}

// A title's spaces are not shown as they are.
function titled(name) {
    return `Thank you, ${name}.`.replace(/[\t\n\f\r ]+/g, ' ');
}

// Typed, drafted, stored and shown: the same text each time, and no more elements than others make.
async function survives(t, v, { text, name = text, drafts = 1, shown = s => s }, plain) {
    await v.go(`${t.url}/`);
    await sign(v, { name, message: text }, drafts);
    equal(await look(v), { ...plain, title: titled(shown(name)),
        shown: [shown(name), shown(text), plain.shown[2]] }, 'the result');
    const { input } = (await t.rows()).at(-1);
    equal([input.name, input.message], [name, text], 'what is stored');
    v.unharmed();
}

// The newest stands first, and each is as many elements.
async function listed(t, v, texts) {
    await v.go(`${t.url}/`);
    const list = await v.page.evaluate(() => Array.from(
        document.querySelectorAll('.list li'), e => [
            e.querySelector('.text').textContent, e.querySelectorAll('*:not(br)').length]));
    const size = list.at(-1)[1];

    const newest = texts.reverse().slice(0, 20);

    equal(list.slice(0, newest.length), newest.map(text => [text, size]), 'the list');
    v.unharmed();
}

function all(entries) {
    return async t => {
        const v = await t.visitor();

        await v.go(`${t.url}/`);
        await sign(v, { name: 'Ann', message: 'x' }, 0);
        const plain = await look(v);
        for (const [what, entry] of Object.entries(entries))
            await row(what, () => survives(t, v, entry, plain));
        await listed(t, v, ['x', ...Object.values(entries).map(
            ({ text, shown = s => s }) => shown(text))]);
    };
}

// -- All of them, on one page of the tests' own ---------------------------------------------

const shown = s => s.replace(/[\x00-\x08\x0b\x0e-\x1f\x7f]/g, '\ufffd');

// What nobody can see is dropped at the ends of a line.
const UNSEEN = /^[\u200b-\u202e\u2060-\u2069\ufeff]|[\u200b-\u202e\u2060-\u2069\ufeff]$/;
const TEXTS = Object.values(HOSTILE).map(s => UNSEEN.test(s) ? `x${s}x` : s);

// Sent by a program, which is told where it is.
async function post(v, url, data) {
    const r = await v.context.request.post(url, { data, maxRedirects: 0,
        headers: { 'content-type': 'application/x-www-form-urlencoded' } });

    equal(r.status(), 303, `the status for ${data}`);
    return r.headers().location;
}

async function postAll(v, url) {
    for (const text of TEXTS)
        await post(v, url, new URLSearchParams({ text }).toString());
}

// An address is as it was, if it leads to nowhere but here, or says where, by a scheme of the web.
function address(text) {
    const s = text.replace(/^[\x00- \ufffd]+/, '').replace(/[\t\n\r]/g, '');
    const scheme = /^([a-z0-9+.-]*):/i.exec(s);
    const fine = scheme ? ['http', 'https', 'mailto'].includes(scheme[1].toLowerCase()) :
        !/^[/\\]{2}/.test(s);

    return fine ? text : 'about:invalid#blocked';
}

// What must be found of a text in each place.
function placed(text) {
    const s = shown(text);

    return { text: s, title: s, single: s, value: s, area: s, whole: address(s), path: text,
        query: text, json: text, at: ['p', 'input value', 'textarea', 'a href', 'a href',
            'a href', 'script type'] };
}

// What there is: in each place, and of elements and attributes.
function find(page) {
    return page.evaluate(() => Array.from(document.querySelectorAll('li'), li => {
        const [whole, path, query] = li.querySelectorAll('a');
        const [p, input, area, script] = ['p', 'input', 'textarea', 'script'].map(
            s => li.querySelector(s));

        return {
            text: p.textContent, title: li.title, single: li.lang,
            value: input.getAttribute('value'), area: area.value,
            whole: whole.getAttribute('href'),
            path: decodeURIComponent(path.pathname.slice('/in/'.length)),
            query: new URLSearchParams(query.search).get('q'),
            json: JSON.parse(script.textContent).text,
            at: Array.from(li.querySelectorAll('*'),
                e => [e.localName, ...e.getAttributeNames()].join(' '))
        };
    }));
}

// Where the links of the page lead, if not to the page's own host.
function abroad(page) {
    return page.evaluate(() => Array.from(document.links).filter(a => a.host !== location.host)
        .map(a => a.protocol === 'about:' ? a.protocol :
            `${a.protocol} ${/^\s*https?:/.test(a.getAttribute('href'))}`));
}

const sorted = list => list.map(o => JSON.stringify(o)).sort();

// Whatever may run, may: it is not the policy alone that nothing does.
async function onePage(t) {
    const v = await t.visitor({ bypassCSP: true }), url = `${t.url}/hostile`;

    holds(new Set(TEXTS).size > 100, `there are only ${TEXTS.length}`);
    await postAll(v, url);
    await v.go(url);
    const found = await find(v.page);

    const want = sorted(TEXTS.map(placed));

    equal(found.length, want.length, 'how many there are');
    for (const [n, one] of sorted(found).entries())
        equal(JSON.parse(one), JSON.parse(want[n]));
    equal(sorted((await v.page.textContent('title')).split('|||')),
        sorted(['', ...TEXTS.map(shown)]), 'the title');
    equal([...new Set(await abroad(v.page))].sort(), ['about:', 'https: true'], 'where links lead');
    equal(await v.page.evaluate(() => window.harmed), undefined, 'the harm done');
    v.unharmed();
    await checkJson(v, url);
    equal(v.requests.filter(r => !r.url().startsWith(t.url) && r.url() !== 'data:,')
        .map(r => r.url()), [], 'what was asked of others');
}

// They don't fit; the draft has what stands for them, and is no other page than any draft.
async function brokenBytes(t) {
    const v = await t.visitor({ bypassCSP: true });

    for (const [what, [bytes, text]] of Object.entries(BYTES))
        await row(what, async () => {
            const data = `text=${bytes.replace(/[^%\w]/g, encodeURIComponent)}`;

            await v.go(t.url + await post(v, `${t.url}/note`, data));
            has(await v.text('.errors'), message('characters', { label: 'text' }));
            equal(await v.page.inputValue('[name=text]'), text, 'what the draft has');
            equal(await v.page.evaluate(() => [document.querySelectorAll('main *').length,
                document.querySelector('[name=text]').getAttributeNames().join(' '),
                window.harmed]), [16, 'type id name value dir required aria-invalid '
                + 'aria-describedby', undefined], 'the page');
            v.unharmed();
        });
}

// The same for a program, opened by a person.
async function checkJson(v, url) {
    await v.page.route(url, async route => route.continue({
        headers: { ...await route.request().allHeaders(), accept: 'application/json' } }),
        { times: 1 });
    await v.go(url);
    const { all } = JSON.parse(await v.page.textContent('body'));

    equal(sorted(all.map(e => e.input.text)), sorted(TEXTS), 'the JSON');
    equal(await v.page.evaluate(() => [document.contentType, window.harmed]),
        ['application/json', undefined]);
    v.troubles = v.troubles.filter(s => !s.includes('/favicon.ico'));   // JSON names none
    v.unharmed();
}

// -- All of them, on the pages of an app ------------------------------------------------------

// As many to a message as it has room for; and one that fits for a name.
function batches() {
    const texts = Object.values(HOSTILE).filter(s => s.length < 1900 && shown(s) === s);
    const names = texts.filter(s => s.length <= 80 && !s.includes('\n') && s.trim() === s);
    const all = [''];

    for (const s of texts)
        if ((all.at(-1) + s).length < 1900)
            all.push(`${all.pop()}${s}\n\n`);
        else
            all.push(`${s}\n\n`);
    return Object.fromEntries(all.map((text, n) => [`batch ${n + 1}`, { text, name: names[n] }]));
}

const map = (table, make) => Object.fromEntries(
    Object.entries(table).map(([what, text]) => [what, make(text)]));

exports.guestbook = {
    'what would be markup is text': all(map(STRINGS, text => ({ text }))),
    'lines stay as they are through three drafts': all(map(LINES, text => ({
        text, name: 'Ann', drafts: 3 }))),
    'all that is hostile, a few at a time': all(batches()),
    'controls are stored, and not shown': all({ controls: {
        text: CONTROLS, drafts: 0, shown: s => s.replace(/[\x00-\x1f\x7f]/g, '\ufffd') } })
};
exports.probe = {
    'bytes that are no text come back as what stands for them': brokenBytes,
    'more than a hundred texts, in every place of a page': onePage
};
