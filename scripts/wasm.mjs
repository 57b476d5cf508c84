const { Module } = WebAssembly;

/** V8's default by major version of Node. It must be restored exactly, or V8 refuses every code cache as made with other flags. */
const BUDGETS = { 20: 1_800_000, 22: 13_000_000, 24: 13_000_000, 26: 13_000_000 };

/**
 * Stands for `WebAssembly.Module` in the bundle. After a few responses V8 compiles undici's parser a second time, to run faster for
 * thousands more, and a process that ends meanwhile waits for that: 5 start-ups of an empty Node and 35 MiB. With a larger budget
 * while the module is made, only runs with very many responses pay for it.
 */
export function ModuleWithoutTierUp(bytes) {
  const budget = BUDGETS[Number.parseInt(process.versions.node, 10)];
  if (!budget) return new Module(bytes);
  // Not loaded above: node:v8 takes a millisecond, which only a request has to spend.
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--wasm-tiering-budget=1000000000');
  try {
    return new Module(bytes);
  } finally {
    setFlagsFromString(`--wasm-tiering-budget=${budget}`);
  }
}
