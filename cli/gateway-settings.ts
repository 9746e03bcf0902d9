import type { EngineOptions } from '../engine/index.ts';
import type { Logger } from '../gateway/logging.ts';
import type { GatewaySettings } from '../gateway/main.ts';
import { accountOptionsOf } from './account-settings.ts';
import { addressesOf } from './addresses.ts';
import { redisOptionsOf } from './redis-settings.ts';
import { searchOptionsOf } from './search-settings.ts';
import type { Settings } from './settings.ts';

/** The engine of a process that takes requests. @throws StartProblem for settings that cannot be used */
export function servingEngineOptions(settings: Settings, url: string, logger: Logger): EngineOptions {
  return {
    url,
    ...accountOptionsOf(settings, publicUrlOf(settings)),
    hotConnections: settings.HOT_POOL,
    connections: settings.POOL,
    webhookAllowPrivate: settings.WEBHOOK_ALLOW_PRIVATE,
    ...searchOptionsOf(settings),
    ...redisOptionsOf(settings),
    apiKeysFile: settings.API_KEYS_FILE,
    report: (error) => logger.error({ err: error }, 'a bug outside any request'),
    reachable: (yes) =>
      yes
        ? logger.info('ballots reach the database again')
        : logger.warn(
            settings.BALLOT_FALLBACK === 'queue'
              ? 'the database is away: ballots are queued in Redis'
              : 'the database is away: ballots are refused with LOAD_003',
          ),
  };
}

/** What a gateway is told of where it stands. @param origins other origins whose pages may connect */
export function gatewaySettingsOf(
  settings: Settings,
  origins: readonly string[],
  pagesFolder: string,
  more: Partial<GatewaySettings> = {},
): GatewaySettings {
  return {
    host: settings.HOST,
    port: settings.PORT,
    socketPort: settings.WS_PORT,
    origins,
    publicSocketUrl: settings.PUBLIC_WS_URL,
    trustedProxies: settings.TRUSTED_PROXIES,
    socketLimits: {
      connectionsMax: settings.SOCKETS_MAX,
      connectionsPerAddressMax: settings.SOCKETS_PER_ADDRESS,
    },
    pagesFolder,
    publicUrl: publicUrlOf(settings),
    metricsToken: settings.METRICS_TOKEN,
    ...more,
  };
}

function publicUrlOf(settings: Settings): string {
  return addressesOf(settings, settings.PORT, settings.WS_PORT).httpUrl;
}
