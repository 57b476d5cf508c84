import { usageError } from '../../errors.ts';
import { quotedPath } from '../../text/safe-text.ts';
import { readText } from '../files.ts';

/**
 * Throws a usage error where NODE_EXTRA_CA_CERTS names a pipe or a file on a file system that hangs: once node:tls is loaded, Node 22
 * and newer open it and wait, without handling signals. Of other files that cannot be read Node warns.
 */
export async function checkExtraCertificates(path: string, signal?: AbortSignal): Promise<void> {
  // Node 20 has read it by now; and these come to an end: no certificates, standard input, what a shell's <(command) gives.
  if (process.versions.node.startsWith('20.') || /^\/(dev\/(null|stdin|fd\/)|proc\/\w+\/fd\/)/.test(path)) return;
  await readText(path, { signal, maxBytes: 0 }).catch(({ code }) => {
    if (/^(EINVAL|ETIMEDOUT|ECANCELED)$/.test(code))
      throw usageError((m) => m.usage.unreadableFile('NODE_EXTRA_CA_CERTS', quotedPath(path), code));
  });
}
