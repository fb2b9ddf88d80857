import TestSupport
import Testing

@Suite("Test vectors cannot get lost")
struct VectorFileTests {
    @Test("records and their fields are read in order")
    func reading() throws {
        let file = try VectorFile(
            text: "# comment\nwhat  a b\noctets 01 ff\n\nwhat c\nline x\nline y\n\ncount 2\n", named: "v.txt")
        #expect(file.records.map(\.description) == ["v.txt:2 a b", "v.txt:5 c"])
        #expect(try file.records[0].octets("octets") == [1, 255])
        #expect(file.records[1].all("line") == ["x", "y"])
        #expect(throws: VectorFileError.self) { try file.records[1].octets("octets") }
    }

    @Test(
        "a file that lost a record is refused",
        arguments: ["", "what a\n", "what a\n\ncount 2\n", "what a\n\nwhat b\n\ncount 1", "what a\ncount 1"])
    func refused(text: String) {
        #expect(throws: VectorFileError.self) { try VectorFile(text: text, named: "v.txt") }
    }
}
