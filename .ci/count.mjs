// Prints `PASSED FAILED` of a vitest JSON report. A run that failed without a failing test counts as one failure.
import { readFileSync } from 'node:fs';

const [file, status] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const failedSuites = report.testResults.filter(
  (suite) =>
    suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed'),
).length;
const failed = report.numFailedTests + failedSuites;
console.log(`${report.numPassedTests} ${failed === 0 && status !== '0' ? 1 : failed}`);
