/// The processes under test: workers and schedulers.
package struct Fleet: Sendable {
    package let members: [ProcessName: Member]

    package init(_ names: [ProcessName], programs: String, environment: [String: String], logs: String) {
        members = Dictionary(
            uniqueKeysWithValues: names.map { name in
                var environment = environment
                // As the image has it (ops/Dockerfile).
                environment["GLIBC_TUNABLES"] = "glibc.malloc.tcache_max=256"
                // So that the server's own tables tell who holds which lock.
                environment["DATABASE_URL"]?.append("?application_name=\(name)")
                let member = Member(
                    name, program: "\(programs)/\(name.program)", environment: environment, log: "\(logs)/\(name).log")
                return (name, member)
            })
    }

    /// Keeps every process running until `stop`.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members.values { group.addTask { try await member.run() } }
            try await group.waitForAll()
        }
    }

    package func stop() async {
        await withTaskGroup(of: Void.self) { group in
            for member in members.values { group.addTask { await member.stop() } }
        }
    }

    package var ends: [Member.End] { members.values.flatMap(\.ends) }
}
