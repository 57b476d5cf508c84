/** Calls `work` so many times, eight at a time as mmai does. */
module.exports = async function inFlight(count, work) {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: Math.min(8, count) }, worker));
};
