/// Something that was learned from what a device sent, and that holds after a restart. The store keeps it and knows nothing of
/// its meaning.
package struct LearnedFact: Sendable, Hashable {
    /// The client section that the device belongs to.
    package let client: String
    package let address: IPAddress
    package let fact: String

    package init(client: String, address: IPAddress, fact: String) {
        self.client = client
        self.address = address
        self.fact = fact
    }
}

/// What is to be done to the table of learned facts.
package enum Learning: Sendable, Hashable {
    case learn(LearnedFact)
    /// All that was learned of a client's devices.
    case forget(client: String)
}

extension Store {
    /// All that was learned, no more than `limit` facts of it. What is no fact is passed over.
    package func learnedFacts(limit: Int) throws(StoreError) -> [LearnedFact] {
        var facts: [LearnedFact] = []
        try database.prepare("SELECT client, address, fact FROM learned LIMIT ?").forEach(limit) { row in
            guard let address = IPAddress(row.text(1)) else { return }
            facts.append(LearnedFact(client: row.text(0), address: address, fact: row.text(2)))
        }
        return facts
    }

    /// Keeps what was learned and drops what is to be forgotten, in one transaction.
    package func keep(_ learnings: [Learning]) throws(StoreError) {
        try transaction { () throws(StoreError) in
            for learning in learnings {
                switch learning {
                case .learn(let fact):
                    try database.run(
                        "INSERT OR IGNORE INTO learned (client, address, fact) VALUES (?, ?, ?)", fact.client,
                        fact.address.description, fact.fact)
                case .forget(let client):
                    try database.run("DELETE FROM learned WHERE client = ?", client)
                }
            }
        }
    }
}
