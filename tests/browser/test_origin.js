// test_origin.js - forms on other sites store nothing; our own do, however they are reached.
'use strict';

const http = require('node:http');
const { equal, has, lacks } = require('./check');

const SECRET = 'posted-by-a-stranger';

// A site of somebody else's: every page of it has a form and a link that lead to ours.
async function stranger(target, run) {
    const form = `<form method="post" action="${target}/" target="_top"><input name="name" value="${SECRET}">`
        + '<input name="message" value="x"><button type="submit">Send</button></form>';
    const framed = `<iframe sandbox="allow-forms allow-top-navigation" srcdoc='${form}'></iframe>`;
    const page = `<!DOCTYPE html><title>Elsewhere</title>`
        + `<main>${form}<a href="${target}/">there</a></main>${framed}`;
    const server = http.createServer((request, response) => {
        response.setHeader('Content-Type', 'text/html');
        if (request.url === '/unnamed')
            response.setHeader('Referrer-Policy', 'no-referrer');
        response.end(page);
    });

    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
    try {
        await run(server.address().port);
    } finally {
        server.closeAllConnections();
        server.close();
    }
}

// From 'from' to 'to', by names that a browser takes for this machine.
function refuses(from, to, path = '/', press = v => v.press()) {
    return t => stranger(`http://${to}:${t.place.port}`, async port => {
        const v = await t.visitor();

        await v.go(`http://${from}:${port}${path}`);
        await press(v);
        equal(v.response.status(), 403);
        equal(v.page.url(), `http://${to}:${t.place.port}/`);
        lacks(await v.page.content(), SECRET, 'the page');
        equal(await t.states(), []);
    });
}

function accepts(name, headers) {
    return async t => {
        const v = await t.visitor();

        await (await v.go(`http://${name}:${t.place.port}/`)).fill(
            { name: 'Ann', message: 'Hello' });
        await v.press();
        has(await v.text('h1'), 'Thank you, Ann.');
        const post = v.requests.find(r => r.method() === 'POST');
        const sent = await post.allHeaders();

        equal(Object.fromEntries(Object.keys(headers).map(n => [n, sent[n]])), headers);
        equal(sent.origin, `http://${name}:${t.place.port}`);
        equal(await t.states(), ['done']);
    };
}

exports.guestbook = {
    'a form on another site, with Sec-Fetch-Site': refuses('other.test', '127.0.0.1'),
    'a form on another port': refuses('127.0.0.1', '127.0.0.1'),
    'a form on another site, with Origin alone': refuses('other.test', 'app.test'),
    'a form on another port, with Origin alone': refuses('app.test', 'app.test'),
    'a form on a page that names no referrer': refuses('other.test', 'app.test', '/unnamed'),
    'a form in a sandbox': refuses('other.test', '127.0.0.1', '/', v => v.follow(
        () => v.page.frameLocator('iframe').locator('button').click())),
    'a form in a sandbox, with Origin alone': refuses('other.test', 'app.test', '/', v => v.follow(
        () => v.page.frameLocator('iframe').locator('button').click())),
    'our form, with Sec-Fetch-Site': accepts('127.0.0.1', { 'sec-fetch-site': 'same-origin' }),
    'our form, with Origin alone': accepts('app.test', { 'sec-fetch-site': undefined }),
    'a link on another site leads to a form that works': t => stranger(
        `http://app.test:${t.place.port}`, async port => {
            const v = await t.visitor();

            await v.go(`http://other.test:${port}/`);
            await v.press('main a');
            await v.send({ name: 'Ann', message: 'Hello' });
            has(await v.text('h1'), 'Thank you, Ann.');
            equal(await t.states(), ['done']);
        })
};
