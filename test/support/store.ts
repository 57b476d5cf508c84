import { join } from 'node:path';
import { createStore, type StoreOptions } from '../../src/io/store.ts';
import { temporaryDirectory } from './mmai.ts';

export const newStore = (options: Partial<StoreOptions> = {}) => {
  const directory = join(temporaryDirectory(), 'mmai');
  return { directory, store: createStore({ directory, ...options }) };
};

export const set = (key: string, value: string) => (config: { profiles: Record<string, Record<string, string>> }) => {
  config.profiles.p = { ...config.profiles.p, [key]: value };
};
