// Prints what hdr-histogram-js reads in an interval log, as JSON: for each tag the number of intervals, the
// count, the greatest value and percentiles of all intervals together.
//
//   node read.mjs latency.hlog percentile…
import { readFileSync } from "node:fs";
import hdr from "hdr-histogram-js";

const [file, ...percentiles] = process.argv.slice(2);
const reader = new hdr.HistogramLogReader(readFileSync(file, "utf8"));
const sums = new Map();
for (let next; (next = reader.nextIntervalHistogram()); ) {
  const sum = sums.get(next.tag) ?? { histogram: hdr.build({ numberOfSignificantValueDigits: 3 }), intervals: 0 };
  sum.histogram.autoResize = true;
  sum.histogram.add(next);
  sum.intervals += 1;
  sums.set(next.tag, sum);
}
const told = {};
for (const [tag, { histogram, intervals }] of sums) {
  told[tag] = { intervals, count: histogram.totalCount, max: histogram.maxValue, percentiles: {} };
  for (const each of percentiles) told[tag].percentiles[each] = histogram.getValueAtPercentile(Number(each));
}
console.log(JSON.stringify(told));
