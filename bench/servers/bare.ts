import { createDecipheriv, createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { ENCRYPT_KEY } from '../lib/secrets.ts';
import { serving } from './serving.ts';

/** (d): nothing but Node.js. It hashes, decrypts and parses, and answers. */
const key = createHash('sha256').update(ENCRYPT_KEY).digest();

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const raw = Buffer.concat(chunks);
    const { 'x-lark-request-timestamp': timestamp, 'x-lark-request-nonce': nonce } = request.headers;
    const digest = createHash('sha256').update(`${timestamp}${nonce}${ENCRYPT_KEY}`).update(raw).digest('hex');
    const { encrypt } = JSON.parse(raw.toString('utf8'));
    const bytes = Buffer.from(encrypt, 'base64');
    const decipher = createDecipheriv('aes-256-cbc', key, bytes.subarray(0, 16));
    JSON.parse(decipher.update(bytes.subarray(16), undefined, 'utf8') + decipher.final('utf8'));
    response.statusCode = digest === request.headers['x-lark-signature'] ? 200 : 401;
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  });
});
server.listen(0, '127.0.0.1', () => serving(server.address()));
