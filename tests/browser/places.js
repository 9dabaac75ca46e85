// places.js - apps behind nginx, each with a store of its own, by way of places.py.
'use strict';

const { spawn } = require('node:child_process');
const path = require('node:path');
const readline = require('node:readline');

class Places {
    constructor(bin) {
        this.process = spawn('python3', ['-B', path.join(__dirname, 'places.py'), bin],
            { stdio: ['pipe', 'pipe', 'inherit'] });
        this.ended = new Promise(resolve => this.process.on('close', resolve));
        this.waiting = [];
        readline.createInterface({ input: this.process.stdout })
            .on('line', line => this.waiting.shift().resolve(JSON.parse(line)))
            .on('close', () => this.waiting.forEach(
                w => w.reject(new Error('places.py has ended'))));
    }

    async ask(order) {
        const answer = await new Promise((resolve, reject) => {
            this.waiting.push({ resolve, reject });
            this.process.stdin.write(JSON.stringify(order) + '\n');
        });
        if (answer.error)
            throw new Error(answer.error);
        return answer;
    }

    async start(program) {
        return new Place(this, await this.ask({ do: 'start', program }));
    }

    // Ends all that is still there.
    end() {
        this.process.stdin.end();
        return this.ended;
    }
}

class Place {
    constructor(places, { place, port, pid }) {
        Object.assign(this, { places, place, port, pid });
        this.url = `http://127.0.0.1:${port}`;
    }

    async select(sql) {
        return (await this.places.ask({ do: 'rows', place: this.place, sql })).rows;
    }

    // What is stored, oldest first.
    async rows() {
        const rows = await this.select(
            'SELECT id, route, state, location, input, result FROM submission ORDER BY created');

        return rows.map(([id, route, state, location, input, result]) => ({
            id, route, state, location, input: JSON.parse(input), result: JSON.parse(result) }));
    }

    // The app answers nobody until resume().
    pause() {
        process.kill(this.pid, 'SIGSTOP');
    }

    resume() {
        process.kill(this.pid, 'SIGCONT');
    }

    stop() {
        return this.places.ask({ do: 'stop', place: this.place });
    }
}

module.exports = { Places };
