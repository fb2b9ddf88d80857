import TestSupport
import Testing

@testable import TokenEngine

@Suite struct TranscriptTests {
    @Test(arguments: try vectors("transcript"))
    func everyAnswerIsTheOneThatStandsInTheTranscript(_ record: VectorRecord) throws {
        var scenario = try Scenario()
        try scenario.run(record)
        #expect(scenario.expectations == record.all("expect").count)
    }

    @Test func aLoginWithoutAnExpectationFails() throws {
        let file = try VectorFile(
            text: "user cornelius\nlogin cornelius -\nelapse 1\n\nuser cornelius\nlogin cornelius -\n\ncount 2\n",
            named: "none")
        for record in file.records {
            var scenario = try Scenario()
            #expect(throws: ScenarioError.self) { try scenario.run(record) }
        }
    }

    @Test func aWrongExpectationFails() throws {
        let file = try VectorFile(
            text: "user cornelius\nlogin cornelius -\nexpect accept accepted | matching 1 tokens\n\ncount 1\n",
            named: "wrong")
        var scenario = try Scenario()
        #expect(throws: ScenarioError.self) { try scenario.run(try #require(file.records.first)) }
    }
}
