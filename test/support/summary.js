/** Ends the run with what was left out, and one plain line about all suites together, after jest's own summary. */
export default class Summary {
  constructor(_config, { leftOut }) {
    this.leftOut = leftOut;
  }

  onRunComplete(_contexts, results) {
    // A suite that could not run at all has no test that failed: it counts as one.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const lines = [...this.leftOut, `${results.numPassedTests} passed, ${failed} failed`];
    process.once('exit', () => process.stdout.write(lines.map((line) => `\n${line}\n`).join('')));
  }
}
