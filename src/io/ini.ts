/** The sections of an ini file, over the `ini` package, its only importer. Quotation marks and comments after a value go; never throws. */
export async function parseIni(text: string): Promise<Record<string, unknown>> {
  const { parse } = await import('ini');
  return parse(text);
}
