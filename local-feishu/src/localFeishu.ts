import type { RequestHeaders } from './api/access.ts';
import { applicationEndpoints } from './api/application.ts';
import { applicationConfigEndpoints } from './api/applicationConfig.ts';
import { authEndpoints } from './api/authEndpoints.ts';
import { cardJudgeEndpoint } from './api/cardJudge.ts';
import { cardUpdateEndpoints } from './api/cardUpdates.ts';
import { contactEndpoints } from './api/contact.ts';
import { deviceEndpoint } from './api/deviceEndpoint.ts';
import type { Endpoint } from './api/endpoint.ts';
import { imEndpoints } from './api/im.ts';
import { registrationEndpoint } from './api/registration.ts';
import { createApplication, listen } from './api/server.ts';
import { tokenEndpoint } from './api/tokenEndpoint.ts';
import { userInfoEndpoint } from './api/userInfo.ts';
import { assemble } from './assemble.ts';
import { controlRoutes } from './control/control.ts';
import { type Core, createCore } from './core.ts';
import type { LocalFeishu } from './handle.ts';
import { discoveryEndpoint } from './longConnection/discovery.ts';
import { acceptConnections } from './longConnection/upgrade.ts';
import type { CoreOptions } from './options.ts';
import type { PageOptions } from './pageOptions.ts';
import { authorizeRoutes } from './pages/authorizeRoutes.ts';
import { chatRoutes } from './pages/chatRoutes.ts';
import { deviceRoutes } from './pages/deviceRoutes.ts';
import type { PartsOf, Plugin } from './plugin.ts';
import { checkAddress } from './pushes/addressCheck.ts';
import type { PersonKey } from './seed.ts';

export interface LocalFeishuOptions<Key extends string = string, Plugins extends readonly Plugin[] = readonly Plugin[]>
  extends CoreOptions<Key> {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Products of Feishu beside the core. */
  plugins?: Plugins;
  /** Further endpoints of the open API. */
  endpoints?: readonly Endpoint[];
  /** The chat in the browser. */
  page?: PageOptions;
}

/** Starts a local Feishu and resolves when it listens. Rejects when the port is taken. */
export function startLocalFeishu<Key extends string = PersonKey, const Plugins extends readonly Plugin[] = readonly []>(
  options?: LocalFeishuOptions<Key, Plugins>,
): Promise<LocalFeishu<Key> & PartsOf<Plugins>>;
export async function startLocalFeishu(options: LocalFeishuOptions = {}): Promise<LocalFeishu> {
  const core = createCore(options);
  const joined = (options.plugins ?? []).map((plugin) => plugin.join(core));
  const endpoints = [
    ...coreEndpoints(core),
    ...joined.flatMap((plugin) => plugin.endpoints ?? []),
    ...(options.endpoints ?? []),
  ];
  let feishu: LocalFeishu | undefined;
  const control = controlRoutes(() => feishu, { core, joined, page: options.page ?? {} });
  const pages = [chatRoutes(options.page?.assets), authorizeRoutes(core), deviceRoutes(core), control];
  const describeCall = (headers: RequestHeaders) =>
    Object.assign({}, ...joined.map((plugin) => plugin.describeCall?.(headers)));
  const application = createApplication({ ...core, describeCall }, endpoints, pages);
  const listening = await listen(application, options.host ?? '127.0.0.1', options.port ?? 0);
  acceptConnections(listening.server, core.connections);
  const started: LocalFeishu = Object.assign(assemble(core, listening), ...joined.map(({ part }) => part));
  feishu = started;
  return started;
}

const coreEndpoints = (core: Core): Endpoint[] => [
  ...authEndpoints(core),
  tokenEndpoint(core),
  discoveryEndpoint(core),
  deviceEndpoint(core),
  userInfoEndpoint(core),
  ...imEndpoints(core),
  ...cardUpdateEndpoints(core),
  cardJudgeEndpoint(core),
  ...contactEndpoints(core),
  ...applicationEndpoints(core),
  ...applicationConfigEndpoints({ ...core, checkAddress: (url) => checkAddress(url, core) }),
  registrationEndpoint(core),
];
