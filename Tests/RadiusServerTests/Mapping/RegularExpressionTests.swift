import Testing

@testable import RadiusServer

@Suite struct RegularExpressionTests {
    @Test(arguments: [
        ("CN=(\\w*)-users", "CN=vpn-users,OU=sales", "vpn"),
        ("resolver1", "my resolver1 here", ""),
        ("^(.*)$", "", ""),
        ("(a)|b", "b", ""),
        ("(a)|(b)", "b", ""),
        ("(a)(b)?(c)", "ac", "a"),
        ("(?<name>\\d+)", "x42y", "42"),
        ("(?i)GROUP-(.*)", "group-a", "a"),
        ("^(\\w+)$", "Müller", "Müller"),
        ("(.)$", "naïve 👩‍🚀 é", "é"),
        ("^(.*?) *$", "trailing   ", "trailing"),
        ("a(?=(b))", "ab", "b"),
    ])
    func takesTheFirstGroup(_ pattern: String, _ subject: String, _ group: String) throws {
        #expect(try RegularExpression(pattern).firstGroup(in: subject) == group)
    }

    @Test(arguments: [("CN=(\\w*)-users", "cn=vpn-users"), ("^a$", "ba"), ("(a)", ""), ("^\\d+$", "4 2")])
    func matchesNothing(_ pattern: String, _ subject: String) throws {
        #expect(try RegularExpression(pattern).firstGroup(in: subject) == nil)
    }

    @Test(arguments: [
        ("a(b", "missing closing parenthesis, after 'a(b'"),
        ("[a", "missing terminating ] for character class, after '[a'"),
        ("*a", "quantifier does not follow a repeatable item, at its beginning"),
        ("a\\", "\\ at end of pattern, after 'a\\'"),
        ("(?{system})", "unrecognized character after (? or (?-, after '(?'"),
        ("\\C", "using \\C is disabled by the application, after '\\C'"),
    ])
    func refusesWithThePlace(_ pattern: String, _ message: String) {
        let error = #expect(throws: RegularExpression.Malformed.self) { try RegularExpression(pattern) }
        #expect(error?.description == message)
    }

    /// Each of these tries 2^n ways, which a limit ends in milliseconds; without it the test would not come to its end.
    @Test(arguments: ["(a+)+$", "^(a|aa)+$", "(a|a?)+$", "^(([a-z])+.)+[A-Z]([a-z])+$"])
    func aRunawayPatternEnds(_ pattern: String) throws {
        let expression = try RegularExpression(pattern)
        let subject = String(repeating: "a", count: 5000) + "!"
        #expect(throws: RegularExpression.Runaway.self) { try expression.firstGroup(in: subject) }
    }

    @Test func manyThreadsMatchAtOnce() async throws {
        let expression = try RegularExpression("^(\\d+)-")
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<500 {
                group.addTask { (try? expression.firstGroup(in: "\(number)-x")) == String(number) }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
