/** Calls `work` so many times, ten at a time. */
module.exports = async function inTen(count, work) {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: Math.min(10, count) }, worker));
};
