package import Foundation
import Logging
import PostgreSQL

/// A PostgreSQL or RabbitMQ server of a test's own, which may be killed, frozen or set up as it likes. Made by `ops/servers`, so it comes up
/// wherever the tests do. Its data go with this object, and with the test process, however that ends.
package final class PrivateServer: Sendable {
    package enum Kind: String, Sendable { case postgres, rabbitmq }

    package let kind: Kind
    package let folder: URL
    /// Where it listens, by the variable that `ops/servers` reads it from: `AMQP_PORT` for instance.
    package let ports: [String: UInt16]
    private let janitor: Process
    private let lifeline = Pipe()

    /// - Parameter prepare: puts files into the server's folder before its first start.
    package init(_ kind: Kind, prepare: (URL) throws -> Void = { _ in }) throws {
        self.kind = kind
        // Not under a test run's own temporary folder, whose path the server's user may be unable to walk.
        folder = URL(filePath: "/tmp/conveyor-\(kind.rawValue)-\(UUID().uuidString.prefix(8).lowercased())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let names = kind == .postgres ? ["POSTGRES_PORT"] : ["AMQP_PORT", "MANAGEMENT_PORT", "EPMD_PORT", "DIST_PORT"]
        var ports: [String: UInt16] = [:]
        for name in names { ports[name] = try Self.quietPort(besides: Set(ports.values)) }
        self.ports = ports
        // A session of its own, so that Ctrl-C leaves it to clean up after the tests. It kills: a frozen server does not stop when asked.
        janitor = Process()
        janitor.executableURL = URL(filePath: "/usr/bin/setsid")
        janitor.arguments = [
            "bash", "-c", #"read -r _; "$0" kill; "$0" wipe; rm -rf -- "$CONVEYOR_SERVERS""#, Self.script.path(),
        ]
        janitor.environment = Self.environment(folder, ports)
        janitor.standardInput = lifeline
        janitor.standardOutput = FileHandle.nullDevice
        janitor.standardError = FileHandle.nullDevice
        try prepare(folder)
        try janitor.run()
    }

    deinit { try? lifeline.fileHandleForWriting.close() }

    /// Starts it and waits until it takes connections.
    package func start() async throws { try await run("up") }

    package func stop() async throws { try await run("down") }

    /// SIGKILL, as a crash would. What it had not written to disk is gone.
    package func kill() async throws { try await run("kill") }

    /// Sends a signal to the server's main process, SIGSTOP for instance.
    package func signal(_ signal: Int32) throws {
        let file = kind == .postgres ? "postgres/data/postmaster.pid" : "rabbitmq/pid"
        let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        guard let pid = text.split(separator: "\n").first.flatMap({ pid_t($0.trimmingCharacters(in: .whitespaces)) }) else {
            throw Failure(description: "\(kind.rawValue) left no process number")
        }
        Glibc.kill(pid, signal)
    }

    /// Runs a program to its end and gives what it wrote.
    @discardableResult
    package static func run(_ program: String, _ arguments: [String], environment: [String: String]) async throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let file = URL(filePath: "/tmp/conveyor-run-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: file.path(), contents: nil)
        defer { try? FileManager.default.removeItem(at: file) }
        let output = try FileHandle(forWritingTo: file)
        process.standardOutput = output
        process.standardError = output
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let text = try String(contentsOf: file, encoding: .utf8)
        guard process.terminationStatus == 0 else {
            throw Failure(
                description: "\(program) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus): \(text)")
        }
        return text
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private func run(_ verb: String) async throws {
        try await Self.run(Self.script.path(), [verb, kind.rawValue], environment: Self.environment(folder, ports))
    }

    private static func environment(_ folder: URL, _ ports: [String: UInt16]) -> [String: String] {
        var environment = ProcessInfo.processInfo.environment
        environment["CONVEYOR_SERVERS"] = folder.path()
        for (name, port) in ports { environment["CONVEYOR_\(name)"] = String(port) }
        return environment
    }

    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../ops/servers")
        .standardizedFileURL

    /// A free port below the kernel's range for outgoing connections: it must still be free when the server comes back to it.
    private static func quietPort(besides taken: Set<UInt16>) throws -> UInt16 {
        for _ in 0..<1000 {
            let port = UInt16.random(in: 23_000..<32_000)
            if !taken.contains(port), TestProxy.isFree(port) { return port }
        }
        throw Failure(description: "no port is free")
    }
}

// MARK: What the tests ask of them

extension PrivateServer {
    /// A RabbitMQ server; messages held for longer than that are taken from their consumers.
    package static func rabbitMQ(consumerTimeout: Duration? = nil) throws -> PrivateServer {
        try PrivateServer(.rabbitmq) { folder in
            guard let consumerTimeout else { return }
            let broker = folder.appending(path: "rabbitmq")
            try FileManager.default.createDirectory(at: broker.appending(path: "conf.d"), withIntermediateDirectories: true)
            let milliseconds = Int(consumerTimeout / .milliseconds(1))
            // It looks once a minute, unless told otherwise.
            try Data("[{rabbit, [{consumer_timeout, \(milliseconds)}, {channel_tick_interval, 500}]}].\n".utf8)
                .write(to: broker.appending(path: "advanced.config"))
        }
    }

    package var amqpURL: String { "amqp://guest:guest@127.0.0.1:\(ports["AMQP_PORT"] ?? 0)/" }

    /// Raises or ends the memory alarm, which blocks publishers.
    package func setMemoryAlarm(_ isRaised: Bool) async throws {
        let broker = folder.appending(path: "rabbitmq").path()
        let name = try await Self.run(
            "bash", ["-c", #"cksum <<<"$0" | cut -d ' ' -f 1"#, folder.path()], environment: ProcessInfo.processInfo.environment)
        var environment = ProcessInfo.processInfo.environment
        environment["HOME"] = broker
        environment["ERL_EPMD_PORT"] = String(ports["EPMD_PORT"] ?? 0)
        environment["RABBITMQ_CONF_ENV_FILE"] = "\(broker)/rabbitmq-env.conf"
        let limit = isRaised ? ["absolute", "1"] : ["0.6"]
        try await Self.run(
            "bash",
            [
                "-c", #"exec "$(compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmqctl' | tail -n 1)" "$@""#,
                "rabbitmqctl", "-n", "conveyor-\(name.trimmingCharacters(in: .whitespacesAndNewlines))@localhost",
                "set_vm_memory_high_watermark",
            ] + limit, environment: environment)
    }
}

extension PrivateServer {
    /// Where a PostgreSQL server listens.
    package var port: UInt16 { ports["POSTGRES_PORT"] ?? 0 }

    /// Who may log in to a PostgreSQL server and how, in the words of `pg_hba.conf`; in force when this returns.
    package func setRules(_ lines: [String]) async throws {
        let configuration = try PostgresConfiguration(url: "postgres://conveyor@127.0.0.1:\(port)/postgres")
        let session = try await PostgresConnection.connect(
            configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        // In place: the file belongs to the server's user.
        let file = try FileHandle(forWritingTo: folder.appending(path: "postgres/data/pg_hba.conf"))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
        try file.close()
        let before: Date = try await session.query("select pg_conf_load_time()")[0].decode(0)
        try await session.query("select pg_reload_conf()")
        let deadline = ContinuousClock.now + .seconds(20)
        while try await session.query("select pg_conf_load_time()")[0].decode(0, as: Date.self) == before {
            guard ContinuousClock.now < deadline else { throw Failure(description: "the server did not read its rules") }
            try await Task.sleep(for: .milliseconds(20))
        }
        await session.close()
    }
}
