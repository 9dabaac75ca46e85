// proxy.js - what stands between a browser and the web server, and may fail.
//
// Counts the POSTs that went through whole.  While 'cut' is set, the answer to a POST is thrown
// away when it begins to come, and the connection with it: the server has done its work, the
// browser never hears of it.
'use strict';

const net = require('node:net');

class Proxy {
    static async open(port) {
        const proxy = new Proxy(port);

        await new Promise(resolve => proxy.server.listen(0, '127.0.0.1', resolve));
        proxy.url = `http://127.0.0.1:${proxy.server.address().port}`;
        return proxy;
    }

    constructor(port) {
        Object.assign(this, { port, posts: 0, cut: false, sockets: new Set(), waiting: [] });
        this.server = net.createServer(socket => this.connect(socket));
    }

    connect(browser) {
        const server = net.connect(this.port, '127.0.0.1');
        let posting = false;

        for (const [from, to] of [[browser, server], [server, browser]]) {
            this.sockets.add(from);
            from.on('error', () => {});
            from.on('close', () => {
                this.sockets.delete(from);
                to.destroy();
            });
        }
        // Requests here are small, and each comes in one piece.
        browser.on('data', data => {
            posting = data.subarray(0, 5).toString() === 'POST ';
            server.write(data);
            if (posting)
                this.count();
        });
        server.on('data', data => {
            if (posting && this.cut)
                browser.destroy();
            else
                browser.write(data);
        });
    }

    count() {
        this.posts++;
        this.waiting = this.waiting.filter(([n, resolve]) => this.posts < n || resolve());
    }

    // Until so many POSTs have gone to the server.
    sent(n) {
        return new Promise(resolve => {
            if (this.posts >= n)
                resolve();
            else
                this.waiting.push([n, resolve]);
        });
    }

    close() {
        this.server.close();
        for (const s of this.sockets)
            s.destroy();
    }
}

module.exports = { Proxy };
