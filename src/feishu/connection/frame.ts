import protobuf from 'protobufjs/light.js';
import { z } from 'zod';

/** The frames of the long connection, package pbbp2: no document has them, they are those of Feishu's own SDKs. */
const { nested } = protobuf.Root.fromJSON({
  nested: {
    Header: {
      fields: {
        key: { rule: 'required', type: 'string', id: 1 },
        value: { rule: 'required', type: 'string', id: 2 },
      },
    },
    Frame: {
      fields: {
        SeqID: { rule: 'required', type: 'uint64', id: 1 },
        LogID: { rule: 'required', type: 'uint64', id: 2 },
        service: { rule: 'required', type: 'int32', id: 3 },
        method: { rule: 'required', type: 'int32', id: 4 },
        headers: { rule: 'repeated', type: 'Header', id: 5 },
        payloadEncoding: { type: 'string', id: 6 },
        payloadType: { type: 'string', id: 7 },
        payload: { type: 'bytes', id: 8 },
        LogIDNew: { type: 'string', id: 9 },
      },
    },
  },
});

/** `control` carries pings and pongs, `data` events and card callbacks, and their answers. */
export const METHOD = { control: 0, data: 1 } as const;

/** The rest of a frame is sent back as it came. */
const Frame = z.looseObject({
  service: z.number(),
  method: z.number(),
  headers: z.array(z.object({ key: z.string(), value: z.string() })).default([]),
  payload: z.instanceof(Uint8Array).default(new Uint8Array()),
});

export type Frame = z.infer<typeof Frame>;

const frameType = (): protobuf.Type => z.instanceof(protobuf.Type).parse(nested?.Frame);

/** Undefined when it is no frame. */
export function decodeFrame(bytes: Uint8Array): Frame | undefined {
  const type = frameType();
  try {
    return Frame.parse(type.toObject(type.decode(bytes)));
  } catch {
    return undefined;
  }
}

export const encodeFrame = (frame: Frame): Uint8Array =>
  frameType()
    .encode({ SeqID: 0, LogID: 0, ...frame })
    .finish();

export const headerOf = ({ headers }: Frame, name: string): string | undefined =>
  headers.find(({ key }) => key === name)?.value;

export const pingFrame = (service: number): Frame => ({
  service,
  method: METHOD.control,
  headers: [{ key: 'type', value: 'ping' }],
  payload: new Uint8Array(),
});
