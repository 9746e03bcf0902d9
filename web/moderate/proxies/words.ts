import { t } from '../texts.ts';

/** Why a proxy cannot be given; undefined for a reason that is not known here. */
export function proxyProblem(reason: unknown): string | undefined {
  const words: Readonly<Record<string, string>> = {
    self: t('proxy.self'),
    second_proxy: t('proxy.second'),
    cycle: t('proxy.cycle'),
    grantor_holds: t('proxy.grantorHolds'),
    holder_has_given: t('proxy.holderHasGiven'),
    limit: t('proxy.limit'),
    grantor_inactive: t('proxy.grantorInactive'),
    holder_inactive: t('proxy.holderInactive'),
    unknown_member: t('proxy.noMember'),
    missing: t('proxies.numberMissing'),
  };
  return words[String(reason)];
}
