// test_loop.js - reload, Back, double click, two tabs, a cut line: one submission, one address.
'use strict';

const { Proxy } = require('./proxy');
const { equal, has, holds } = require('./check');

const ANN = { name: 'Ann', message: 'Hello' };
const RESULT = /\/[0-9A-Za-z]{27}$/;

function shows(text, entry) {
    has(text, `Thank you, ${entry.name}.`);
    has(text, entry.message);
}

// A form that was filled in and sent; the visitor is at its result.
async function signed(t, entry, { browser, url = t.url } = {}) {
    const v = await t.visitor({}, browser);

    await (await v.go(`${url}/`)).send(entry);
    holds(RESULT.test(v.page.url()), `sent to ${v.path}`);
    shows(await v.text(), entry);
    return v;
}

async function throughProxy(t, run) {
    const proxy = await Proxy.open(t.place.port);

    try {
        await run(proxy);
    } finally {
        proxy.close();
    }
}

// Click while the app does not answer, until so many POSTs are on their way to it.
function clickTwice(posts, click) {
    return t => throughProxy(t, async proxy => {
        const v = await t.visitor();

        await (await v.go(`${proxy.url}/`)).fill(ANN);
        t.place.pause();
        await v.reach(RESULT, async () => {
            await click(v.page);
            await proxy.sent(posts);
            t.place.resume();
        });
        shows(await v.text(), ANN);
        equal(await t.states(), ['done']);
        equal(v.path, `/${(await t.rows())[0].id}`);
    });
}

// The answer to a POST is lost; then 'retry' once the line is mended.
function lose(retry) {
    return t => throughProxy(t, async proxy => {
        const v = await t.visitor();

        await (await v.go(`${proxy.url}/`)).fill(ANN);
        proxy.cut = true;
        await v.reach(/^chrome-error:/, () => v.page.click('[type=submit]', { noWaitAfter: true }));
        equal(await t.states(), ['done']);
        proxy.cut = false;
        const before = proxy.posts;
        await retry(v, proxy);
        equal(proxy.posts, before + 1, 'the number of POSTs');
        shows(await v.text(), ANN);
        equal(await t.states(), ['done']);
        equal(v.path, `/${(await t.rows())[0].id}`);
    });
}

function backAndAgain(browser) {
    return async t => {
        const v = await signed(t, ANN, { browser });
        const result = v.path;

        for (let n = 0; n < 3; n++) {
            await v.back();
            equal(v.path, '/');
            equal(await v.values(), { ...ANN, stars: '' }, 'what the form has');
            await v.press();
            equal(v.path, result);
        }
        equal(v.posts(), 4, 'the number of POSTs');
        equal(await t.states(), ['done']);
    };
}

function backAndEdit(browser) {
    return async t => {
        const edited = { ...ANN, message: 'Hello again' };
        const v = await signed(t, ANN, { browser });
        const results = [v.path];

        for (let n = 0; n < 3; n++) {
            await (await v.back()).send(edited);
            shows(await v.text(), edited);
            results.push(v.path);
        }
        holds(results[1] !== results[0], 'the edited one has the address of the first');
        equal(results.slice(2), [results[1], results[1]]);
        equal((await t.rows()).map(r => [r.state, r.input.message]),
            [['done', ANN.message], ['done', edited.message]]);
        await v.go(t.url + results[0]);
        shows(await v.text(), ANN);
    };
}

exports.guestbook = {
    'a form that is sent leads to its result, one row': async t => {
        const v = await signed(t, ANN);
        const chain = [];

        for (let r = v.response.request(); r; r = r.redirectedFrom())
            chain.unshift(`${r.method()} ${(await r.response()).status()}`);
        equal(chain, ['POST 303', 'GET 200']);
        equal(await t.states(), ['done']);
        equal(v.path, `/${(await t.rows())[0].id}`);
        v.unharmed();
    },
    'a result that is reloaded is got again, nothing is sent': async t => {
        const v = await signed(t, ANN);
        const at = v.page.url(), text = await v.text();

        for (let n = 0; n < 3; n++) {
            await v.reload();
            equal(v.response.request().method(), 'GET');
            equal(v.page.url(), at);
            equal(await v.text(), text);
        }
        equal(v.posts(), 1, 'the number of POSTs');
        equal(await t.states(), ['done']);
        v.unharmed();
    },
    'a bookmark shows the same to another browser': async t => {
        const v = await signed(t, ANN);
        const other = await (await t.visitor()).go(v.page.url());

        equal(await other.text(), await v.text());
        equal(await t.states(), ['done']);
    },
    // The browser itself may drop the first of two so close together.
    'a double click is one row': clickTwice(1, page => page.dblclick('[type=submit]', { noWaitAfter: true })),
    'two clicks within 10 ms are one row': clickTwice(2, page => page.evaluate(() => {
        const button = document.querySelector('[type=submit]');

        button.click();
        setTimeout(() => button.click(), 5);
    })),
    'two clicks with a second between are one row': clickTwice(2, page => page.evaluate(() => {
        const button = document.querySelector('[type=submit]');

        button.click();
        setTimeout(() => button.click(), 1000);
    })),
    'Back and the same again is the same result': backAndAgain('plain'),
    'Back to a page that was kept, and the same again': backAndAgain('keeping'),
    'Back and edited is a second result, and only one': backAndEdit('plain'),
    'Back to a page that was kept, and edited': backAndEdit('keeping'),
    'two tabs are two rows': async t => {
        const v = await t.visitor();
        const tabs = [v, await v.tab()];

        for (const tab of tabs)
            await (await tab.go(`${t.url}/`)).fill(ANN);
        for (const tab of tabs)
            await tab.press();
        holds(tabs[0].path !== tabs[1].path, 'both tabs have one address');
        equal(await t.states(), ['done', 'done']);
    },
    'an answer that is lost, then a reload': lose(v => v.reload()),
    'an answer that is lost, then Back and sent again': lose(async v => {
        await v.back();
        equal(await v.values(), { ...ANN, stars: '' }, 'what the form has');
        await v.press();
    }),
    'a fragment of the form stays behind': async t => {
        const v = await t.visitor();

        await (await v.go(`${t.url}/#f-message`)).send(ANN);
        equal(v.page.url(), `${t.url}/${(await t.rows())[0].id}`);
        shows(await v.text(), ANN);
        v.unharmed();
    },
    'all of it works without JavaScript': async t => {
        const v = await t.visitor({ javaScriptEnabled: false });

        await (await v.go(`${t.url}/`)).send({ message: 'Hello' });
        equal((await v.page.title()).slice(0, 7), 'Error: ');
        equal(await t.states(), ['draft']);
        await v.send({ name: 'Ann' });
        shows(await v.text(), ANN);
        await v.reload();
        shows(await v.text(), ANN);
        equal(await t.states(), ['done']);
        v.unharmed();
    },
};
