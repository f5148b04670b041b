/** Ends the run with one plain line about all suites together, after jest's own summary. */
export default class Summary {
  onRunComplete(_contexts, results) {
    // A suite that could not run at all has no test that failed: it counts as one.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    process.once('exit', () => process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed\n`));
  }
}
