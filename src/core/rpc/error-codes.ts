import type { codesEn } from '../../locales/en/codes.ts';
import type { NetworkFailure } from './transport.ts';

/** What kind of trouble an error is: decides the exit code and, unless the code has its own rule, whether to retry. */
export type FailureClass =
  | 'transient'
  | 'throttle'
  | 'auth'
  | 'permission'
  | 'account'
  | 'notFound'
  | 'request'
  | 'skew';

/**
 * `backoff`: retry after a delay. `once`: mmai corrects nonce, clock or credentials and retries at once. `ifSeen`: only a wait
 * retries, for a task whose status it has seen; a laptop may have come into a network whose login page intercepts connections.
 */
export type RetryRule = 'backoff' | 'once' | 'ifSeen' | 'never';

/** The key of an explanation in the locales. */
export type Topic = keyof typeof codesEn;

interface CatalogueEntry {
  readonly class: FailureClass;
  readonly topic: Topic;
  /** Where it differs from the rule of the class. */
  readonly retry?: RetryRule;
}

type OwnCode = `Network.${Exclude<NetworkFailure, 'Aborted'>}`;

/** Every error code mmai can explain. To add one, add a line; add to the two locale files only if its topic is new. */
export const catalogue = {
  // The service is in trouble, or busy
  InternalError: { class: 'transient', topic: 'internalError' },
  UnknownError: { class: 'transient', topic: 'internalError' },
  ServiceUnavailable: { class: 'transient', topic: 'serviceUnavailable' },
  Throttling: { class: 'throttle', topic: 'throttled' },
  'Throttling.Api': { class: 'throttle', topic: 'throttled' },
  'Throttling.Api.Concurrency': { class: 'throttle', topic: 'throttledConcurrency' },
  'Throttling.System': { class: 'throttle', topic: 'throttledSystem' },
  'Throttling.User': { class: 'throttle', topic: 'throttled' },

  // Credentials, permissions, account
  SignatureDoesNotMatch: { class: 'auth', topic: 'wrongSecret' },
  IncompleteSignature: { class: 'auth', topic: 'wrongCanonicalization' },
  'InvalidAccessKeyId.NotFound': { class: 'auth', topic: 'accessKeyNotFound' },
  'InvalidAccessKeyId.Inactive': { class: 'auth', topic: 'accessKeyDisabled' },
  'Forbidden.AccessKeyDisabled': { class: 'auth', topic: 'accessKeyDisabled' },
  'InvalidSecurityToken.Expired': { class: 'auth', topic: 'tokenExpired', retry: 'once' },
  'InvalidSecurityToken.Malformed': { class: 'auth', topic: 'tokenRefused' },
  'InvalidSecurityToken.MismatchWithAccessKey': { class: 'auth', topic: 'tokenRefused' },
  MissingSecurityToken: { class: 'auth', topic: 'tokenMissing' },
  Unauthorized: { class: 'permission', topic: 'noPermission' },
  NoPermission: { class: 'permission', topic: 'noPermission' },
  'Forbidden.RAM': { class: 'permission', topic: 'noPermission' },
  Forbidden: { class: 'permission', topic: 'forbidden' },
  'Forbidden.NotSupportRAM': { class: 'permission', topic: 'ramNotSupported' },
  'Forbidden.RiskControl': { class: 'permission', topic: 'riskControl' },
  ServiceNotOpened: { class: 'account', topic: 'serviceNotOpened' },
  ServiceNotSelected: { class: 'account', topic: 'serviceNotSelected' },
  BalanceNotEnough: { class: 'account', topic: 'noBalance' },
  InsufficientBalance: { class: 'account', topic: 'noBalance' },

  // Time and nonce
  InvalidTimeStamp: { class: 'skew', topic: 'clockSkew' },
  'InvalidTimeStamp.Expired': { class: 'skew', topic: 'clockSkew' },
  'InvalidTimeStamp.Format': { class: 'skew', topic: 'timestampFormat', retry: 'never' },
  IllegalTimestamp: { class: 'skew', topic: 'timestampFormat', retry: 'never' },
  SignatureNonceUsed: { class: 'request', topic: 'nonceUsed', retry: 'once' },

  // Task, operation, region, parameters
  ResourceNotFound: { class: 'notFound', topic: 'taskNotFound' },
  InvalidApiNotFound: { class: 'request', topic: 'apiNotFound' },
  'InvalidApi.NotFound': { class: 'request', topic: 'apiNotFound' },
  'InvalidAction.NotFound': { class: 'request', topic: 'apiNotFound' },
  'InvalidProduct.NotFound': { class: 'request', topic: 'apiNotFound' },
  InvalidVersion: { class: 'request', topic: 'apiNotFound' },
  NoSuchVersion: { class: 'request', topic: 'apiNotFound' },
  'InvalidRegion.NotFound': { class: 'request', topic: 'regionNotFound' },
  InvalidParameter: { class: 'request', topic: 'invalidParameter' },
  'InvalidParameter.Format': { class: 'request', topic: 'formatRefused' },
  InvalidParameterLengthLimit: { class: 'request', topic: 'parameterTooLong' },
  MissingParameter: { class: 'request', topic: 'missingParameter' },
  MissingTaskId: { class: 'request', topic: 'missingParameter' },

  // The form of the request
  InvalidSignatureMethod: { class: 'request', topic: 'signatureMethod' },
  UnsupportedHTTPMethod: { class: 'request', topic: 'httpMethod' },
  'InvalidProtocol.NeedSsl': { class: 'request', topic: 'needsHttps' },
  ContentLengthDoesNotMatch: { class: 'transient', topic: 'bodyDamaged' },
  ContentMD5NotMatched: { class: 'transient', topic: 'bodyDamaged' },

  // Documented for the state of a task, though they read like errors of other operations in a shared table
  FaceImageCountLimit: { class: 'request', topic: 'faceImageLimit' },
  ApplicationCountLimit: { class: 'request', topic: 'applicationLimit' },
  FileUploadCountLimit: { class: 'request', topic: 'uploadLimit' },
  FileContentInvalid: { class: 'request', topic: 'fileContent' },
  ExistParameter: { class: 'request', topic: 'parameterExists' },
  ExistTemplateRelationship: { class: 'request', topic: 'templateInUse' },

  // Our own: no response of the service's arrived
  'Network.BodyTooLarge': { class: 'transient', topic: 'bodyTooLarge' },
  'Network.Certificate': { class: 'request', topic: 'certificate', retry: 'ifSeen' },
  'Network.CertificateExpired': { class: 'request', topic: 'certificateExpired', retry: 'ifSeen' },
  'Network.CertificateName': { class: 'request', topic: 'certificateName', retry: 'ifSeen' },
  'Network.ConnectionRefused': { class: 'transient', topic: 'connectionRefused' },
  'Network.ConnectionReset': { class: 'transient', topic: 'connectionReset' },
  'Network.Dns': { class: 'transient', topic: 'dns' },
  'Network.HtmlPage': { class: 'transient', topic: 'htmlPage' },
  'Network.NoResources': { class: 'transient', topic: 'noResources' },
  'Network.Protocol': { class: 'transient', topic: 'protocol' },
  'Network.Proxy': { class: 'transient', topic: 'proxy' },
  // Not retried: a wrong password tried over and over locks accounts.
  'Network.ProxyAuthentication': { class: 'request', topic: 'proxyAuthentication' },
  'Network.ProxyRefused': { class: 'request', topic: 'proxyRefused', retry: 'ifSeen' },
  'Network.ProxyScheme': { class: 'request', topic: 'proxyScheme', retry: 'ifSeen' },
  'Network.Redirect': { class: 'request', topic: 'redirect', retry: 'ifSeen' },
  'Network.Throttled': { class: 'throttle', topic: 'throttled' },
  'Network.Timeout': { class: 'transient', topic: 'timeout' },
  'Network.Unreachable': { class: 'transient', topic: 'unreachable' },
  'Network.Unreadable': { class: 'transient', topic: 'unreadable' },
} as const satisfies Record<string, CatalogueEntry> & Record<OwnCode, CatalogueEntry>;

export interface Classification {
  readonly class: FailureClass;
  readonly retry: RetryRule;
  /** Undefined for a code that mmai cannot explain: the service's own text has to do. */
  readonly topic: Topic | undefined;
}

/**
 * What an error means, in whatever case its code is written. The code decides first (products send the same code with
 * different HTTP statuses), then its family, last the status; `http` is 0 where no response came.
 */
export function classify(code: string | undefined, http: number): Classification {
  const entry = code === undefined ? undefined : entryOf(code.toLowerCase());
  const failureClass = entry?.class ?? classOfStatus(http);
  return { class: failureClass, retry: entry?.retry ?? RETRY_RULES[failureClass], topic: entry?.topic };
}

/**
 * The code of the catalogue that explains `code`: itself in its proper spelling, or the one its family counts as; undefined
 * for a code that mmai cannot explain.
 */
export function cataloguedAs(code: string): keyof typeof catalogue | undefined {
  const wanted = code.toLowerCase();
  const codes = Object.keys(catalogue) as (keyof typeof catalogue)[];
  const own = codes.find((name) => name.toLowerCase() === wanted);
  return own ?? codes.find((name) => catalogue[name] === entryOf(wanted));
}

/** Whether a failure of this class is retried; a code may have its own rule. */
export const RETRY_RULES: Readonly<Record<FailureClass, RetryRule>> = {
  transient: 'backoff',
  throttle: 'backoff',
  skew: 'once',
  auth: 'never',
  permission: 'never',
  account: 'never',
  notFound: 'never',
  request: 'never',
};

// --- internal ---

const ENTRIES: ReadonlyMap<string, CatalogueEntry> = new Map(
  Object.entries(catalogue).map(([code, entry]) => [code.toLowerCase(), entry]),
);

/** Prefixes of codes the catalogue does not name, and the entry each counts as. The first match wins, so `invalid` is last. */
const FAMILIES: readonly (readonly [prefix: Lowercase<string>, entry: CatalogueEntry])[] = [
  ['throttling', catalogue.Throttling],
  ['forbidden', catalogue.Forbidden],
  ['nopermission', catalogue.NoPermission],
  ['resourcenotfound', catalogue.ResourceNotFound],
  ['missing', catalogue.MissingParameter],
  ['invalidaccesskeyid', catalogue['InvalidAccessKeyId.NotFound']],
  ['invalidsecuritytoken', catalogue['InvalidSecurityToken.Malformed']],
  ['invalidtimestamp', catalogue.InvalidTimeStamp],
  ['invalid', catalogue.InvalidParameter],
];

function entryOf(code: string): CatalogueEntry | undefined {
  return ENTRIES.get(code) ?? FAMILIES.find(([prefix]) => code.startsWith(prefix))?.[1];
}

function classOfStatus(http: number): FailureClass {
  if (http === 429) return 'throttle';
  if (http === 408 || http >= 500) return 'transient';
  if (http === 401) return 'auth';
  if (http === 403) return 'permission';
  // A 404 too: a wrong host or path also gives one, and "task not found" must not be said of a task that exists.
  return 'request';
}
