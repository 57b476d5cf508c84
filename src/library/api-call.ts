import { choice } from '../core/config/settings.ts';
import { parseOrigin } from '../core/origin.ts';
import type { ApiCall } from '../core/rpc/request.ts';
import { checkNames, checkText, expected } from './options.ts';

/** The call with everything in it checked. Throws an {@link MmaiError} for what is missing or wrong. */
export function checkApiCall(call: ApiCall): ApiCall {
  const { origin, action, version, parameters, method, format, signature } = checkNames(call, NAMES);
  return {
    origin: checkOrigin(checkText(origin, 'origin')),
    action: checkText(action, 'action'),
    version: checkText(version, 'version'),
    parameters: checkParameters(parameters),
    method: choice('get', 'post')(checkText(method, 'method'), 'method'),
    format: choice('json', 'xml')(checkText(format, 'format'), 'format'),
    signature: choice('v1', 'acs3')(checkText(signature, 'signature'), 'signature'),
  };
}

// --- internal ---

const NAMES: readonly (keyof ApiCall)[] = [
  'origin',
  'action',
  'version',
  'parameters',
  'method',
  'format',
  'signature',
];

function checkOrigin(text: string): string {
  const origin = /^https?:/i.test(text) ? parseOrigin(text) : undefined;
  if (origin === undefined) throw expected('origin', 'origin', text);
  return origin;
}

function checkParameters(parameters: ApiCall['parameters']): ApiCall['parameters'] {
  if (typeof parameters !== 'object' || parameters === null) throw expected('parameters', 'object', parameters);
  for (const [name, value] of Object.entries(parameters)) checkText(value, `parameters.${name}`);
  return parameters;
}
