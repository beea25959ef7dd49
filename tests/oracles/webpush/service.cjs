// web-push against push-sim: a simulator that its author's ideas alone have tested proves little.
const assert = require('node:assert');
const {spawn, execFileSync} = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const os = require('node:os');
const path = require('node:path');
const webpush = require('web-push');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'everbit-push-'));
const cert = path.join(folder, 'cert.pem');
const key = path.join(folder, 'key.pem');

function call(port, method, target, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({port, host: '127.0.0.1', method, path: target}, (answer) => {
      let text = '';
      answer.on('data', (part) => text += part);
      answer.on('end', () => resolve(JSON.parse(text)));
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function main() {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
    '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
    '-keyout', key, '-out', cert], {stdio: 'ignore'});
  const program = spawn(`${process.env.EVERBIT_BUILD_DIR}/bin/push-sim`,
      ['--exit-with-stdin', '--tls-cert', cert, '--tls-key', key],
      {stdio: ['pipe', 'pipe', 'inherit']});
  const line = await new Promise((resolve, reject) => {
    program.stdout.once('data', (text) => resolve(String(text)));
    program.once('exit', (code) => reject(new Error(`push-sim ended: ${code}`)));
  });
  const port = Number(/control=http:\/\/[^:]+:(\d+)/.exec(line)[1]);
  const agent = new https.Agent({ca: fs.readFileSync(cert)});
  const vapid = webpush.generateVAPIDKeys();
  const details = {subject: 'mailto:owner@example.com', ...vapid};
  const subscription = await call(port, 'POST', '/subscriptions', {vapidKey: vapid.publicKey});
  const send = (text, options = {}) => webpush.sendNotification(subscription, text,
      {vapidDetails: details, TTL: 60, agent, ...options});
  const refusal = async (promise) => (await promise.then(() => ({statusCode: 'none'}), (e) => e)).statusCode;

  const sent = await send('안녕, 세계', {urgency: 'high', topic: 'abc'});
  assert.strictEqual(sent.statusCode, 201);
  assert.strictEqual(sent.headers.ttl, '60');
  let told = await call(port, 'GET', '/messages');
  assert.strictEqual(told.messages[0].text, '안녕, 세계');
  assert.strictEqual(told.messages[0].topic, 'abc');
  assert.strictEqual(told.messages[0].urgency, 'high');
  for (let i = 0; i < 200; ++i) {
    const text = crypto.randomBytes(crypto.randomInt(1, 1300)).toString('base64');
    await send(text);
    told = await call(port, 'GET', '/messages');
    assert.strictEqual(told.messages.at(-1).text, text);
  }
  assert.strictEqual(told.refused, 0);

  const other = webpush.generateVAPIDKeys();
  assert.strictEqual(await refusal(send('x', {vapidDetails: {subject: 'mailto:o@example.com', ...other}})), 403);
  assert.strictEqual(await refusal(send('x'.repeat(4000))), 413);
  for (const status of [404, 410, 429, 500]) {
    await call(port, 'POST', '/faults', {status, retry_after: '30'});
    assert.strictEqual(await refusal(send('x')), status);
  }
  await call(port, 'POST', '/expire', {token: subscription.token, status: 410});
  assert.strictEqual(await refusal(send('x')), 410);
  program.stdin.end();
  console.log('web-push and push-sim agree');
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
}).finally(() => {
  fs.rmSync(folder, {recursive: true, force: true});
  setTimeout(() => process.exit(), 200).unref();
});
