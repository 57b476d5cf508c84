const { Module } = WebAssembly;

/** V8's own budget by major version of Node. Set back exactly, or V8 takes itself for another one and refuses every code cache. */
const BUDGETS = { 20: 1_800_000, 22: 13_000_000, 24: 13_000_000, 26: 13_000_000 };

/**
 * Stands for `WebAssembly.Module` in the bundle. After some responses V8 would compile undici's parser a second time, to run
 * faster for thousands more, and a process that ends meanwhile waits for that: 100 ms of CPU and 35 MiB. With a larger budget
 * when the module is made, only those that do see thousands pay for it.
 */
export function PatientModule(bytes) {
  const budget = BUDGETS[Number.parseInt(process.versions.node, 10)];
  if (!budget) return new Module(bytes);
  // Here and not above: loading node:v8 is a millisecond that only a request has to spend.
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--wasm-tiering-budget=1000000000');
  try {
    return new Module(bytes);
  } finally {
    setFlagsFromString(`--wasm-tiering-budget=${budget}`);
  }
}
