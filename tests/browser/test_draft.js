// test_draft.js - what does not fit: a page that says so, under the address of the result.
'use strict';

const { equal, has, holds } = require('./check');
const { message } = require('../lib/messages');

const WRONG = { name: '  ', message: 'line one\nline two', stars: '9' };
const RIGHT = { name: 'Ann', stars: '4' };
const WINDOWS = { 'a desk': { width: 1280, height: 800 }, 'a phone': { width: 320, height: 568 } };

// A visitor who has sent what does not fit.
async function refused(t, options) {
    const v = await t.visitor(options);

    await (await v.go(`${t.url}/`)).send(WRONG);
    return v;
}

// How the page says what is wrong, as far as assistive technology can know.
function faults(v) {
    return v.page.evaluate(() => {
        const links = document.querySelectorAll('.errors li a');

        return Array.from(links, a => {
            const control = document.querySelector(a.getAttribute('href'));
            const ids = (control.getAttribute('aria-describedby') || '').split(' ');
            const last = document.getElementById(ids.at(-1));

            return {
                name: control.name,
                invalid: control.getAttribute('aria-invalid'),
                same: last.innerText.trim().endsWith(a.innerText)
            };
        });
    });
}

// A visitor who has sent what fits no field of the survey, not even those that offer choices.
async function misfit(t, options) {
    const v = await (await t.visitor(options)).go(`${t.url}/`);

    await v.page.evaluate(() => {
        const blank = ['name', 'agree'];        // which is wrong of these

        for (const e of document.querySelectorAll('form .field :is(input, select, textarea)')) {
            if (blank.includes(e.name))
                continue;
            if (e.matches('input'))
                e.type = 'text';
            else if (e.matches('select'))
                e.innerHTML = '<option selected>?';
            e.value = '?'.repeat(e.name === 'story' ? 80000 : 1);
        }
        document.querySelector('[name=edition]').value = '?'.repeat(2000);
    });
    return v.press();
}

// Links of the summary to what is not there.
function astray(v) {
    return v.page.$$eval('.errors a', links => links.map(a => a.getAttribute('href')).filter(
        href => !document.querySelector(href)));
}

// What is above the top of the window of that which says what the focused control is for.
function unseen(v) {
    return v.page.evaluate(() => {
        const field = document.activeElement.closest('.field');

        return ['legend, label', '.error'].map(s => field.querySelector(s)).filter(
            e => e.getBoundingClientRect().top < 0).map(e => e.innerText);
    });
}

exports.guestbook = {
    'the page is a draft, with one row': async t => {
        const v = await refused(t);
        const rows = await t.rows();

        equal(rows.map(r => r.state), ['draft']);
        equal(v.path, `/${rows[0].id}`);
        equal(v.response.status(), 200);
        equal(await v.page.title(), 'Error: Guestbook');
        equal(await v.values(), WRONG, 'what the form has');
        v.unharmed();
    },
    'the summary has the focus, above the heading': async t => {
        const v = await refused(t);

        equal(await v.page.evaluate(() => {
            const summary = document.querySelector('main [role=alert]');
            const h1 = document.querySelector('main h1');

            return {
                focused: document.activeElement === summary,
                above: !!(summary.compareDocumentPosition(h1) & Node.DOCUMENT_POSITION_FOLLOWING),
                heading: summary.querySelector('h2').innerText
            };
        }), { focused: true, above: true, heading: message('problem') });
    },
    'each fault is said twice, and wired to its field': async t => {
        const v = await refused(t);

        equal(await faults(v), [
            { name: 'name', invalid: 'true', same: true },
            { name: 'stars', invalid: 'true', same: true }]);
        equal(await v.page.getAttribute('#f-message', 'aria-invalid'), null);
        equal(await v.page.getAttribute('#f-message', 'aria-describedby'), null);
    },
    'a link in the summary leads to its field': async t => {
        const v = await refused(t);

        for (const n of [0, 1]) {
            await v.page.click(`.errors li:nth-child(${n + 1}) a`);
            equal(await v.page.evaluate(() => document.activeElement.name),
                ['name', 'stars'][n], 'what has the focus');
        }
    },
    'a reload shows the same, and stores nothing': async t => {
        const v = await refused(t);
        const at = v.page.url(), text = await v.text();

        for (let n = 0; n < 3; n++)
            await v.reload();
        equal(v.response.request().method(), 'GET');
        equal([v.page.url(), await v.text()], [at, text]);
        equal(await v.values(), WRONG, 'what the form has');
        equal(await t.states(), ['draft']);
    },
    'wrong again is the same draft': async t => {
        const v = await refused(t);
        const at = v.path;

        await v.send({ stars: '0' });
        equal(v.path, at);
        equal((await v.values()).stars, '0');
        equal((await t.rows()).map(r => [r.state, r.input.stars]), [['draft', '0']]);
    },
    'corrected, it is the result under the same address': async t => {
        const v = await refused(t);
        const at = v.path;

        await v.send(RIGHT);
        equal(v.path, at);
        has(await v.text('h1'), 'Thank you, Ann.');
        equal((await t.rows()).map(r => [r.state, r.input]),
            [['done', { name: 'Ann', message: WRONG.message, stars: 4 }]]);
        await v.reload();
        has(await v.text('h1'), 'Thank you, Ann.');
        v.unharmed();
    },
    'Back from there shows no form that could be sent twice': async t => {
        const v = await refused(t);
        const at = v.path;

        await v.send(RIGHT);
        await v.back();
        holds(v.path === at ? (await v.text('h1')).startsWith('Thank you') : v.path === '/',
            `at ${v.path}: ${await v.text()}`);
        equal(await t.states(), ['done']);
    },
    'Back from a draft to the form, corrected there': async t => {
        const v = await refused(t);
        const at = v.path;

        await (await v.back()).fill(RIGHT);
        equal(v.path, '/');
        await v.press();
        equal(v.path, at);
        has(await v.text('h1'), 'Thank you, Ann.');
        equal(await t.states(), ['done']);
    },
    'a draft in two tabs, corrected in both': async t => {
        const v = await refused(t);
        const other = await (await v.tab()).go(v.page.url());

        for (const tab of [v, other]) {
            await tab.fill(RIGHT);
            await tab.press();
            has(await tab.text('h1'), 'Thank you, Ann.');
        }
        equal(other.path, v.path);
        equal(await t.states(), ['done']);
    }
};

exports.survey = {
    'each fault is in the summary, with a link if there is something to lead to': async t => {
        const v = await misfit(t);

        equal(await v.page.$$eval('.errors li', items => items.length), 20, 'the count of faults');
        equal(await astray(v), [], 'what leads nowhere');
    },
    'a link of the summary leads to where label and message can be seen': async t => {
        for (const [name, viewport] of Object.entries(WINDOWS)) {
            const v = await misfit(t, { viewport });
            const links = await v.page.$$('.errors li a');

            equal(links.length, 20, `on ${name}, the count of links`);
            for (const link of links) {
                await link.press('Enter');
                equal(await unseen(v), [], `on ${name}, what is unseen`);
            }
        }
    }
};
