/// The answers of all checks, in the order of the checks.
struct HealthReport: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        let name: String
        let result: HealthCheck.Result
    }

    let entries: [Entry]

    /// Asks all checks at the same time.
    init(asking checks: [HealthCheck], timeout: Duration) async {
        entries = await withTaskGroup(of: (Int, Entry).self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask { (index, Entry(name: check.name, result: await check.result(within: timeout))) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    var isReady: Bool { entries.allSatisfy { $0.result == .ok } }

    /// `{"ready":false,"checks":[{"name":"broker","ok":false,"reason":"…"}]}`
    func json(redaction: Redaction) -> String {
        var text = "{\"ready\":\(isReady),\"checks\":["
        for (index, entry) in entries.enumerated() {
            text += (index == 0 ? "" : ",") + "{\"name\":"
            text.appendJSON(entry.name)
            text += ",\"ok\":\(entry.result == .ok)"
            if case .failing(let reason) = entry.result {
                text += ",\"reason\":"
                text.appendJSON(redaction.text(reason))
            }
            text += "}"
        }
        return text + "]}\n"
    }
}
