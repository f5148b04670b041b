import * as lark from '@larksuiteoapi/node-sdk';
import express from 'express';
import { ENCRYPT_KEY, VERIFICATION_TOKEN } from '../lib/secrets.ts';
import { serving } from './serving.ts';

/** (c): the official SDK on Express, as its documentation shows it. It verifies and parses, and stores nothing. */
const dispatcher = new lark.EventDispatcher({
  encryptKey: ENCRYPT_KEY,
  verificationToken: VERIFICATION_TOKEN,
  loggerLevel: lark.LoggerLevel.error,
}).register({ 'im.message.receive_v1': async () => ({}) });

const app = express();
app.use(express.json());
app.use('/feishu/events', lark.adaptExpress(dispatcher, { autoChallenge: true }));
const server = app.listen(0, '127.0.0.1', () => serving(server.address()));
