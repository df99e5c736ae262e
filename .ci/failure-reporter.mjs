// A vitest reporter: beside the message of a failed test, what the project's failures add to it.
export default class FailureReporter {
  onTestCaseResult(test) {
    for (const { message, why, help } of test.result().errors ?? []) {
      if (why === undefined && help === undefined) continue;
      console.log(`\n${test.fullName}\n  ${message}`);
      if (why !== undefined) console.log(`  why:  ${why}`);
      if (help !== undefined) console.log(`  help: ${help}`);
    }
  }
}
