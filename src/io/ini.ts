/** The sections of an ini file, over the `ini` package, its only importer; Alibaba Cloud's own SDK reads the file with it too. Never throws. */
export async function parseIni(text: string): Promise<Record<string, unknown>> {
  const { parse } = await import('ini');
  return parse(text);
}
