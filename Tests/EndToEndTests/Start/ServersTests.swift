import Domain
import Foundation
import TestSupport
import Testing

/// What is wrong with the servers at the start.
@Suite("Servers at the start", .serialized, .timeLimit(.minutes(2)))
struct ServersTests {
    @Test("a role that the database does not know: 1, and one line that names the setting")
    func unknownRole() async throws {
        try await Belt.with { belt in
            let url = belt.database.url.replacing(#/://[^@/]*@/#, with: "://nobody_here:s3cr3t@")
            try await expectEnd(of: belt, with: ["DATABASE_URL": url], naming: "DATABASE_URL")
        }
    }

    @Test("a database that does not exist: 1, and one line that names the setting")
    func unknownDatabase() async throws {
        try await Belt.with { belt in
            try await expectEnd(of: belt, with: ["DATABASE_URL": belt.database.url + "_not_there"], naming: "DATABASE_URL")
        }
    }

    @Test("a database that is not migrated: 1, and one line that says what to do; `conveyor migrate` is the cure")
    func notMigrated() async throws {
        try await withTestDatabase { empty in
            try await Belt.with { belt in
                try await expectEnd(of: belt, with: ["DATABASE_URL": empty.url], naming: "conveyor migrate")
                #expect(try await belt.conveyor("migrate", with: ["DATABASE_URL": empty.url]).status == 0)
                let worker = try belt.start(.worker(.push), with: ["DATABASE_URL": empty.url])[0]
                try await eventually("it is connected") { try worker.errorText().contains("connected to RabbitMQ") }
                #expect(try await belt.stop([worker]) == [0])
            }
        }
    }

    @Test("a broker that is not there yet: the worker waits with a clear line, and works when the broker comes")
    func brokerComesLater() async throws {
        try await Belt.with { belt in
            let target = try #require(UInt16(belt.vhost.amqpURL.firstMatch(of: #/@[^:\/]+:(\d+)/#)?.1 ?? ""))
            // A port that nobody listens on, until the proxy does.
            let port = try TestProxy.freePort()
            let later = belt.vhost.amqpURL.replacing(":\(target)/", with: ":\(port)/")
            let worker = try belt.start(.worker(.push), with: ["AMQP_URL": later])[0]
            try await eventually("it says that it waits") {
                try worker.errorText().contains("RabbitMQ does not answer; retrying")
            }
            #expect(worker.isRunning)
            #expect(try !worker.errorText().contains("guest:guest"))

            let proxy = try TestProxy(to: target, port: port)
            defer { proxy.cut() }
            let tick = try await belt.conveyor("tick", "push", "--wait", "40")
            #expect(tick.status == 0, "\(tick.errors)\n\(belt.troubles())")
            #expect(try await belt.stop([worker]) == [0])
        }
    }

    @Test("a broker that refuses the password: 1, and one line that names the setting, without the password")
    func brokerRefuses() async throws {
        try await Belt.with { belt in
            let wrong = belt.vhost.amqpURL.replacing(#/://[^@]*@/#, with: "://guest:s3cr3t@")
            try await expectEnd(of: belt, with: ["AMQP_URL": wrong], naming: "AMQP_URL")
        }
    }

    private func expectEnd(of belt: Belt, with environment: [String: String], naming word: String) async throws {
        let child = try belt.start(.worker(.push), with: environment)[0]
        #expect(try await child.exitStatus() == 1)
        // What it logged before it knew is beside the point.
        let lines = try child.errorText().split(separator: "\n").filter { !$0.hasPrefix("{") }
        #expect(lines.count == 1, "\(lines)")
        #expect(lines.last?.contains(word) == true, "\(lines)")
        #expect(lines.last?.hasPrefix("push-worker: ") == true, "\(lines)")
        #expect(!lines.joined().contains("s3cr3t"))
    }
}
