import Domain
import Foundation
import TestSupport
import Testing

/// What is wrong before anything runs (design 3).
@Suite("Bad settings", .timeLimit(.minutes(2)))
struct SettingsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let program: Program
        /// `nil` takes the variable away.
        let variable: String
        let value: String?

        init(_ program: Program, _ variable: String, _ value: String?) {
            self.program = program
            self.variable = variable
            self.value = value
        }

        var testDescription: String { "\(program.name) \(value.map { "with \(variable)=\($0)" } ?? "without \(variable)")" }
    }

    private static let secret = "s3cr3t-w0rd"

    /// Complete, and nobody there: it never gets so far.
    private static let complete = [
        "DATABASE_URL": "postgres://conveyor:\(secret)@127.0.0.1:9/conveyor",
        "AMQP_URL": "amqp://conveyor:\(secret)@127.0.0.1:9/conveyor",
        "DSCO_CLIENT_ID": "client", "DSCO_CLIENT_SECRET": secret, "LINGXING_APP_ID": "ak_SANDBOX000001",
        "LINGXING_APP_SECRET": secret,
    ]

    static let cases: [Case] = [
        Case(.worker(.push), "DATABASE_URL", nil),
        Case(.worker(.push), "DATABASE_URL", "http://conveyor:\(secret)@127.0.0.1/conveyor"),
        Case(.scheduler, "DATABASE_URL", "postgres://conveyor:\(secret)@127.0.0.1:port/conveyor"),
        Case(.worker(.pull), "AMQP_URL", nil), Case(.scheduler, "AMQP_URL", "http://conveyor:\(secret)@127.0.0.1/"),
        Case(.worker(.ack), "DSCO_CLIENT_SECRET", nil), Case(.worker(.invoice), "LINGXING_APP_SECRET", nil),
        Case(.worker(.push), "LINGXING_APP_ID", "short"), Case(.worker(.stock), "LINGXING_TIME_ZONE", "Asia/Nowhere"),
        Case(.worker(.pull), "DSCO_BASE_URL", "api.dsco.io"), Case(.worker(.pull), "DSCO_TIMEOUT_SECONDS", "soon"),
        Case(.worker(.ship), "DSCO_SETTLING_SECONDS", "-1"), Case(.scheduler, "LOG_LEVEL", "loud"),
        Case(.scheduler, "SHUTDOWN_GRACE_SECONDS", "0"), Case(.scheduler, "HTTP_LISTEN", "everywhere"),
    ]

    @Test("stop the process with 1 and one line that names the variable, and shows no secret", arguments: cases)
    func oneLine(_ wrong: Case) async throws {
        try await withFolder { folder in
            var environment = Belt.surroundings.merging(Self.complete) { $1 }
            environment[wrong.variable] = wrong.value
            let child = try ChildProcess(wrong.program, environment: environment, folder: folder, name: "child")
            defer { child.send(SIGKILL) }
            #expect(try await child.exitStatus() == 1)
            let said = try child.errorText()
            #expect(said.hasPrefix("\(wrong.program.name): \(wrong.variable) "), "\(said)")
            #expect(said.split(separator: "\n").count == 1, "\(said)")
            #expect(!said.contains(Self.secret))
            #expect(try child.outputText().isEmpty)
        }
    }

    @Test("the scheduler needs no partner")
    func schedulerWithoutPartners() async throws {
        try await withFolder { folder in
            let environment = Belt.surroundings.merging(Self.complete.filter { $0.key.hasSuffix("_URL") }) { $1 }
            let child = try ChildProcess(.scheduler, environment: environment, folder: folder, name: "child")
            defer { child.send(SIGKILL) }
            // It comes as far as the database, which is not there.
            try await eventually("it waits for the database") { try child.errorText().contains("waiting for the database") }
            #expect(child.isRunning)
            #expect(try !child.errorText().contains(Self.secret))
            child.send(SIGTERM)
            #expect(try await child.exitStatus() == 0)
        }
    }

    @Test("conveyor is the process under whose name it is started, as in the image", arguments: Program.fleet)
    func byName(_ program: Program) async throws {
        try await withFolder { folder in
            let link = folder.appending(path: program.name)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: Program.conveyor.file)
            let child = try ChildProcess(
                program, file: link, environment: Belt.surroundings.filter { $0.key != "DATABASE_URL" }, folder: folder,
                name: "child")
            defer { child.send(SIGKILL) }
            #expect(try await child.exitStatus() == 1)
            #expect(try child.errorText().hasPrefix("\(program.name): DATABASE_URL "))
        }
    }

    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "conveyor-start-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }
}
