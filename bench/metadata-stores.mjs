// Candidates for the metadata store, measured alike; the numbers of docs/adr/0001 come from here.
//   node bench/metadata-stores.mjs [folder with lmdb in its node_modules]
import { fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';

const VALUE = JSON.stringify({ digest: `sha256:${'a'.repeat(64)}`, time: '2026-01-01T00:00:00Z' });
const KEYS = Array.from(
  { length: 20_000 },
  (_, at) => `registry/repo:${String(at).padStart(6, '0')}`,
);
const COMMITS = 300;

const engines = {
  sqlite: async (folder) => {
    const { default: sqlite } = await import('node-sqlite3-wasm');
    const db = new sqlite.Database(join(folder, 'db'));
    db.exec('PRAGMA locking_mode=exclusive; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    db.exec('CREATE TABLE IF NOT EXISTS d (k TEXT PRIMARY KEY, v TEXT) STRICT, WITHOUT ROWID');
    const put = db.prepare('INSERT OR REPLACE INTO d VALUES (?, ?)');
    const get = db.prepare('SELECT v FROM d WHERE k = ?');
    const list = db.prepare('SELECT k, v FROM d WHERE k > ? ORDER BY k LIMIT 1000');
    return {
      commit: (entries) => {
        db.exec('BEGIN');
        for (const entry of entries) put.run(entry);
        db.exec('COMMIT');
      },
      get: (key) => get.get([key])?.v,
      list: (after) => list.all([after]).length,
      count: () => db.get('SELECT count(*) AS n FROM d').n,
    };
  },
  journal: async (folder) => {
    const path = join(folder, 'journal');
    const map = new Map();
    const file = openSync(path, 'a');
    // A torn last line is dropped; anything else that does not parse would be a damaged file.
    for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1))
      map.set(...JSON.parse(line));
    return {
      commit: (entries) => {
        writeSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
        fdatasyncSync(file);
        for (const entry of entries) map.set(...entry);
      },
      get: (key) => map.get(key),
      list: (after) =>
        [...map.keys()]
          .sort()
          .filter((key) => key > after)
          .slice(0, 1000).length,
      count: () => map.size,
    };
  },
  lmdb: async (folder) => {
    const require = createRequire(join(process.argv[2], 'x.js'));
    const db = require('lmdb').open({ path: join(folder, 'db'), encoding: 'string' });
    return {
      commit: (entries) =>
        db.transactionSync(() => {
          for (const [key, value] of entries) db.putSync(key, value);
        }),
      get: (key) => db.get(key),
      list: (start) => [...db.getRange({ start, limit: 1000 })].length,
      count: () => db.getCount(),
    };
  },
};

function time(work) {
  const start = performance.now();
  work();
  return (performance.now() - start).toFixed(0);
}

async function measure(name) {
  const folder = mkdtempSync(join(tmpdir(), 'metadata-'));
  const store = await engines[name](folder);
  const row = {
    'one write of 20,000, ms': time(() => store.commit(KEYS.map((key) => [key, VALUE]))),
    '20,000 reads, ms': time(() => KEYS.forEach((key) => store.get(key))),
    [`${COMMITS} durable writes, ms`]: time(() => {
      for (let at = 0; at < COMMITS; at++) store.commit([[KEYS[at], `${VALUE}${at}`]]); // a value as it is already would cost nothing
    }),
    'list of 1,000, ms': time(() => store.list(KEYS[10_000])),
    'resident, MiB': (process.memoryUsage().rss / 2 ** 20).toFixed(0),
    'kept after SIGKILL': await killed(name),
  };
  rmSync(folder, { recursive: true });
  return row;
}

/** Commits one by one in a child, kills it, and counts what a new process finds. */
async function killed(name) {
  const folder = mkdtempSync(join(tmpdir(), 'metadata-'));
  const run = (role) =>
    fork(process.argv[1], process.argv.slice(2), { env: { ...process.env, role, name, folder } });
  let acknowledged = 0;
  const writer = run('write');
  await new Promise((resolve) => {
    writer.on('message', (count) => {
      acknowledged = count;
      if (count === 200) writer.kill('SIGKILL');
    });
    writer.on('exit', resolve);
  });
  rmSync(join(folder, 'db.lock'), { recursive: true, force: true });
  const found = await new Promise((resolve) => {
    run('count').on('message', resolve);
  });
  rmSync(folder, { recursive: true });
  return `${found >= acknowledged ? 'all of' : `${found} of`} ${acknowledged}`;
}

const { role, name, folder } = process.env;
if (role === 'write') {
  const store = await engines[name](folder);
  for (let at = 1; ; at++) {
    store.commit([[`key ${at}`, VALUE]]);
    process.send(at);
    await new Promise(setImmediate);
  }
} else if (role === 'count') {
  process.send((await engines[name](folder)).count());
} else if (role === 'measure') {
  process.send(await measure(name));
} else {
  const names = Object.keys(engines).filter((engine) => engine !== 'lmdb' || process.argv[2]);
  const rows = {};
  for (const engine of names) {
    const child = fork(process.argv[1], process.argv.slice(2), {
      env: { ...process.env, role: 'measure', name: engine },
    });
    rows[engine] = await new Promise((resolve) => {
      child.on('message', (row) => {
        resolve(row);
        child.kill();
      });
    });
  }
  console.table(rows);
}
