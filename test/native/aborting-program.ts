// A program that ends as one does whose driver aborts: devices.test.ts starts it in place of the probe.
process.abort();
