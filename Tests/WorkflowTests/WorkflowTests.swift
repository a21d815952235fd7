import Testing
import Workflows

/// The worked examples, each run as it stands and compared with references.
@Suite struct WorkflowTests {
  @Test func examplesAreWhereTheyShouldBe() {
    #expect(examples.hasSuffix("/Examples"))
  }
}
