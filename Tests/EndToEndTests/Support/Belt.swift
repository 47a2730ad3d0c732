import Domain
import Foundation
import JSON
import Logging
import PostgreSQL
import Sandbox
import Store
import Synchronization
import TestSupport

/// A whole Conveyor for one test: a database, a virtual host, both partners, and as many of its processes as the test starts.
final class Belt: Sendable {
    struct Setup: Sendable {
        var partners = SandboxConfiguration()
        /// On top of what the partners and servers ask for.
        var environment: [String: String] = [:]
        var configure: @Sendable (inout RuntimeConfiguration) -> Void = { _ in }

        init() {
            // Nothing of interest happens while the staff think.
            partners.lingXing.reviewDelay = 0.3
            partners.lingXing.shipDelay = 0.4
            partners.dsco.releaseDelay = 1
            partners.dsco.cancelDelay = 1
        }

        /// Doubt is resolved within seconds: the partners of these tests are never late.
        mutating func settleSoon() {
            environment["DSCO_TIMEOUT_SECONDS"] = "2"
            environment["LINGXING_TIMEOUT_SECONDS"] = "2"
            environment["DSCO_SETTLING_SECONDS"] = "2"
            environment["LINGXING_SETTLING_SECONDS"] = "2"
        }
    }

    let database: TestDatabase
    let vhost: TestVhost
    let partners: Partners
    /// Where the processes run and write their logs.
    let folder: URL
    let environment: [String: String]
    let pool: PostgresPool
    private let children = Mutex<[ChildProcess]>([])

    /// Builds it, with its runtime configuration in force and no process running; ends every process afterwards. The logs stay where they are
    /// when the body throws.
    static func with<Result: Sendable>(_ setup: Setup = Setup(), _ body: (Belt) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "conveyor-belt-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var partners = setup.partners
        partners.recordFile = folder.appending(path: "dsco-requests.jsonl").path()
        let result = try await withTestDatabase(migrated: true) { database in
            try await TestVhost.with { vhost in
                try await Partners.with(partners) { partners in
                    let belt = Belt(database, vhost, partners, folder, setup.environment)
                    do {
                        try await belt.configure(setup.configure)
                        let result = try await body(belt)
                        await belt.endAll()
                        return result
                    } catch {
                        await belt.endAll()
                        throw error
                    }
                }
            }
        }
        try FileManager.default.removeItem(at: folder)
        return result
    }

    private init(_ database: TestDatabase, _ vhost: TestVhost, _ partners: Partners, _ folder: URL, _ more: [String: String]) {
        self.database = database
        self.vhost = vhost
        self.partners = partners
        self.folder = folder
        environment = Self.surroundings
            .merging(partners.environment) { $1 }
            .merging(["DATABASE_URL": database.url, "AMQP_URL": vhost.amqpURL]) { $1 }
            .merging(more) { $1 }
        pool = PostgresPool(
            configuration: database.configuration, size: 2, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// What a process needs that is started with no settings at all.
    static let surroundings: [String: String] = {
        let migrations = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../migrations")
            .standardizedFileURL
        var all = [
            "CONVEYOR_MIGRATIONS": migrations.path(), "LOG_FORMAT": "json", "CONVEYOR_OPERATOR": "ming", "LANG": "C.UTF-8",
        ]
        for name in ["PATH", "LD_LIBRARY_PATH"] { all[name] = ProcessInfo.processInfo.environment[name] }
        return all
    }()

    // MARK: Configuration

    /// The partners' own runtime configuration, every job enabled and due every second, with the test's changes.
    func configure(_ change: (inout RuntimeConfiguration) -> Void = { _ in }) async throws {
        var configuration = try RuntimeConfiguration.parse(partners.sandbox.documents.runtimeConfiguration().bytes)
        for stage in Stage.allCases { configuration.jobs[stage]?.cron = "* * * * * *" }
        change(&configuration)
        _ = try await RuntimeConfigurationStore(pool).set(configuration, ifVersion: nil, by: "test", now: Date())
    }

    // MARK: Processes

    @discardableResult
    func start(_ programs: Program..., with more: [String: String] = [:]) throws -> [ChildProcess] {
        try start(programs, with: more)
    }

    @discardableResult
    func start(_ programs: [Program], with more: [String: String] = [:]) throws -> [ChildProcess] {
        try children.withLock { children in
            let started = try programs.enumerated().map { index, program in
                try ChildProcess(
                    program, environment: environment.merging(more) { $1 }, folder: folder,
                    name: "\(children.count + index)-\(program.name)")
            }
            children += started
            return started
        }
    }

    func running(_ program: Program) -> [ChildProcess] {
        children.withLock { children in children.filter { $0.program == program && $0.isRunning } }
    }

    var running: [ChildProcess] { children.withLock { children in children.filter(\.isRunning) } }

    /// Asks the processes to stop and returns their exit statuses.
    func stop(_ stopping: [ChildProcess], within timeout: Duration = .seconds(20)) async throws -> [Int32] {
        for child in stopping { child.send(SIGTERM) }
        var statuses: [Int32] = []
        for child in stopping { statuses.append(try await child.exitStatus(within: timeout)) }
        return statuses
    }

    private func endAll() async {
        for child in running { child.send(SIGKILL) }
        try? await eventually("the killed processes are gone") { running.isEmpty }
    }

    /// Runs one command line to its end.
    func conveyor(
        _ arguments: String..., input: String? = nil, with more: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        try await conveyor(arguments, input: input, with: more)
    }

    func conveyor(
        _ arguments: [String], input: String? = nil, with more: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        let name = "conveyor-\(UUID().uuidString.prefix(8))"
        let child = try ChildProcess(
            .conveyor, arguments, environment: environment.merging(more) { $1 }, input: input, folder: folder, name: name)
        let status = try await child.exitStatus(within: .seconds(60))
        return (status, try child.outputText(), try child.errorText())
    }

    // MARK: What was written

    /// Everything that the processes wrote, by file.
    func logs() throws -> [(file: String, text: String)] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { ["log", "out"].contains($0.pathExtension) }.sorted { $0.path() < $1.path() }
            .map { ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8)) }
    }

    /// The last lines that tell of trouble, for a failed test.
    func troubles(_ count: Int = 20) -> String {
        let lines = ((try? logs()) ?? []).flatMap { file, text in
            text.split(separator: "\n").filter { !$0.contains(#""level":"info""#) && !$0.contains(#""level":"debug""#) }.suffix(4)
                .map { "\(file): \($0.prefix(400))" }
        }
        return lines.suffix(count).joined(separator: "\n")
    }
}
