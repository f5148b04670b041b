import { once } from 'node:events';
import { Agent, IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { z } from 'zod';
import { listen } from '../../src/http/listen.ts';

describe('a connection that its caller keeps', () => {
  it('is still good after a pause that is longer than Node.js would have it', async () => {
    const app = express().use((_request, response) => void response.end('here'));
    const listening = await listen(app, { host: '127.0.0.1', port: 0, variable: 'PORT' });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async () => {
      const asking = request({ port: listening.port, agent }).end();
      const [answer] = await once(asking, 'response');
      await once(z.instanceof(IncomingMessage).parse(answer).resume(), 'end');
      return asking.reusedSocket;
    };
    try {
      expect(await ask()).toBe(false);
      // Beyond 5 s of keeping it, and 5 s of waiting for headers, and the second in which these are looked for.
      await delay(7_500);
      expect(await ask()).toBe(true);
    } finally {
      // A stop does not wait for it.
      await listening.close();
      agent.destroy();
    }
  });
});
