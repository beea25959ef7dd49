// Our encryption against http_ece, our VAPID tokens against Node's own crypto and web-push's rules.
const assert = require('node:assert');
const crypto = require('node:crypto');
const {spawn} = require('node:child_process');
const readline = require('node:readline');
const ece = require('http_ece');
const webpush = require('web-push');

const ROUNDS = 10000;
const MOST = 3993;
const url = (bytes) => Buffer.from(bytes).toString('base64url');

const program = spawn(`${process.env.EVERBIT_BUILD_DIR}/tests/webpush-bytes`, {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = [];
readline.createInterface({input: program.stdout}).on('line', (line) => answers.shift()(line));
const ask = (...words) => new Promise((resolve) => {
  answers.push(resolve);
  program.stdin.write(words.join(' ') + '\n');
});

function pair() {
  const key = crypto.createECDH('prime256v1');
  key.generateKeys();
  return key;
}

// Leading zero bytes are where implementations differ: keys whose x begins with one.
function pairWithShortX() {
  for (;;) {
    const key = pair();
    if (key.getPublicKey()[1] === 0) return key;
  }
}

async function compare(receiver, sender, auth, salt, text, pad) {
  const ours = await ask('fixed', url(receiver.getPublicKey()), url(auth),
      url(Buffer.concat([Buffer.alloc(32 - sender.getPrivateKey().length), sender.getPrivateKey()])),
      url(sender.getPublicKey()), url(salt), pad, url(text));
  const theirs = ece.encrypt(text, {
    version: 'aes128gcm', privateKey: sender, dh: receiver.getPublicKey(), salt, authSecret: auth,
    rs: 4096, pad,
  });
  assert.strictEqual(ours, url(theirs), `${text.length} bytes, ${pad} of padding`);
}

async function main() {
  let rounds = 0;
  for (const length of [0, 1, 2, 15, 16, 17, 100, 1000, MOST - 1, MOST]) {
    await compare(pair(), pair(), crypto.randomBytes(16), crypto.randomBytes(16),
        crypto.randomBytes(length), 0);
  }
  await compare(pair(), pair(), crypto.randomBytes(16), crypto.randomBytes(16),
      crypto.randomBytes(100), 50);
  for (let i = 0; i < 20; ++i) {
    await compare(pairWithShortX(), i % 2 ? pair() : pairWithShortX(), crypto.randomBytes(16),
        crypto.randomBytes(16), crypto.randomBytes(64), 0);
  }
  for (; rounds < ROUNDS; ++rounds) {
    const receiver = pair();
    const auth = crypto.randomBytes(16);
    const text = crypto.randomBytes(crypto.randomInt(MOST + 1));
    const body = await ask('fresh', url(receiver.getPublicKey()), url(auth), url(text));
    const read = ece.decrypt(Buffer.from(body, 'base64url'),
        {version: 'aes128gcm', privateKey: receiver, authSecret: auth});
    assert.ok(read.equals(text), `${text.length} bytes come back`);
  }
  assert.strictEqual(await ask('fresh', url(pair().getPublicKey()), url(crypto.randomBytes(16)),
      url(Buffer.alloc(MOST + 1))), 'refused');

  const vapid = webpush.generateVAPIDKeys();
  const now = Math.floor(Date.now() / 1000);
  const header = await ask('vapid', 'mailto:owner@example.com', vapid.publicKey, vapid.privateKey,
      'https://push.example.net', now);
  const [, token, key] = /^vapid t=([^,]+), k=(.+)$/.exec(header);
  assert.strictEqual(key, vapid.publicKey);
  const [head, claims, signature] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const jwk = {kty: 'EC', crv: 'P-256', x: url(point.subarray(1, 33)), y: url(point.subarray(33))};
  assert.ok(crypto.verify('sha256', Buffer.from(`${head}.${claims}`),
      {key: crypto.createPublicKey({key: jwk, format: 'jwk'}), dsaEncoding: 'ieee-p1363'},
      Buffer.from(signature, 'base64url')), 'Node verifies our signature');
  const ours = JSON.parse(Buffer.from(claims, 'base64url'));
  const theirs = webpush.getVapidHeaders('https://push.example.net', 'mailto:owner@example.com',
      vapid.publicKey, vapid.privateKey, 'aes128gcm', now + 12 * 3600);
  const [, theirToken] = /^vapid t=([^,]+), k=/.exec(theirs.Authorization);
  assert.deepStrictEqual(ours, JSON.parse(Buffer.from(theirToken.split('.')[1], 'base64url')));
  assert.strictEqual(await ask('vapid', 'mailto:owner@example.com', vapid.publicKey,
      webpush.generateVAPIDKeys().privateKey, 'https://push.example.net', now), 'refused');
  program.stdin.end();
  console.log(`${rounds} random messages, 31 of fixed keys, and a token agree`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
