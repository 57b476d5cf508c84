const { Module } = WebAssembly;

/** Versions of Node whose V8 has these flags; another would print that it does not. */
const NODES = ['20', '22', '24', '26'];
const LIFTOFF_ALONE = '--liftoff-only --no-wasm-lazy-compilation';
/** V8's defaults; those that `--liftoff-only` implies, too. If any differs, V8 refuses every code cache as made with other flags. */
const DEFAULTS = '--no-liftoff-only --wasm-lazy-compilation --wasm-tier-up --wasm-dynamic-tiering';

/**
 * Stands for `WebAssembly.Module` in the bundle: compiles undici's parser once, at once and quickly. V8 would compile it a second
 * time after a few responses, to run faster, and a process that ends meanwhile waits for that: on Node 20 a third of the CPU of
 * 1,000 requests and 35 MiB; even after 100,000 requests nothing is gained by it.
 */
export function ModuleWithoutTierUp(bytes) {
  if (!NODES.includes(process.versions.node.split('.')[0])) return new Module(bytes);
  // Not loaded above: node:v8 takes a millisecond, which only a request has to spend.
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString(LIFTOFF_ALONE);
  try {
    return new Module(bytes);
  } finally {
    setFlagsFromString(DEFAULTS);
  }
}
