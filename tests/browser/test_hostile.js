// test_hostile.js - whatever is typed is shown as it was typed, and is nothing but text.
'use strict';

const { equal, row } = require('./check');

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
        elements: document.querySelectorAll('*').length,
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
            e.querySelector('.text').textContent, e.querySelectorAll('*').length]));
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

const map = (table, make) => Object.fromEntries(
    Object.entries(table).map(([what, text]) => [what, make(text)]));

exports.guestbook = {
    'what would be markup is text': all(map(STRINGS, text => ({ text }))),
    'lines stay as they are through three drafts': all(map(LINES, text => ({
        text, name: 'Ann', drafts: 3 }))),
    'controls are stored, and not shown': all({ controls: {
        text: CONTROLS, drafts: 0, shown: s => s.replace(/[\x00-\x1f\x7f]/g, '\ufffd') } })
};
