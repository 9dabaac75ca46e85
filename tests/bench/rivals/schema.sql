PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS entry (
	id TEXT PRIMARY KEY, name TEXT, message TEXT, stars INTEGER, created INTEGER
);
