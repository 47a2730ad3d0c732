import Domain

/// The processes under test: so many of each worker, and schedulers.
struct Fleet: Sendable {
    let members: [ProcessName: Member]

    static let names: [ProcessName] = (1...2).flatMap { number in
        [.scheduler(number)] + Stage.allCases.map { .worker($0, number) }
    }

    init(programs: String, environment: [String: String], logs: String) {
        members = Dictionary(
            uniqueKeysWithValues: Self.names.map { name in
                let member = Member(
                    name, program: "\(programs)/\(name.program)", environment: environment, log: "\(logs)/\(name).log")
                return (name, member)
            })
    }

    /// Keeps every process running until `stop`.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members.values { group.addTask { try await member.run() } }
            try await group.waitForAll()
        }
    }

    func stop() async {
        await withTaskGroup(of: Void.self) { group in
            for member in members.values { group.addTask { await member.stop() } }
        }
    }

    var ends: [Member.End] { members.values.flatMap(\.ends) }
}
