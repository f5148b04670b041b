/** What a line of card markdown can hold. Nothing else is ever shown, so nothing else can get in. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'break' }
  | { kind: 'strong' | 'em' | 'del'; children: Inline[] }
  /** `href` is http or https. */
  | { kind: 'link'; href: string; children: Inline[] }
  | { kind: 'font'; color: string; children: Inline[] }
  | { kind: 'tag'; color: string; children: Inline[] }
  | { kind: 'badge'; children: Inline[] }
  /** `all` for everybody. */
  | { kind: 'at'; ids: string[] }
  | { kind: 'person'; id: string; showName: boolean; showAvatar: boolean; capsule: boolean }
  /** `at` in milliseconds since 1970. */
  | { kind: 'time'; at: number; format: string }
  | { kind: 'image'; alt: string };

export type Block =
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'heading'; level: number; children: Inline[] }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'code'; text: string }
  | { kind: 'list'; ordered: boolean; start: number; items: Block[][] }
  | { kind: 'table'; head: Inline[][]; rows: Inline[][][] }
  | { kind: 'rule' };
