import Foundation
import StageRunner
import Testing

@testable import Composition

@Suite("A mangled settings file")
struct HostileSettingsTests {
    private static let secret = "s3cr3t-w0rd"

    private func withFile<Result>(_ bytes: [UInt8], _ body: (String) async throws -> Result) async throws -> Result {
        let path = FileManager.default.temporaryDirectory.appending(path: "conveyor-\(UUID().uuidString)").path()
        #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    /// What is read or said of every kind of setting.
    private func outcome(_ environment: [String: String]) async -> String {
        do {
            let reader = try await SettingsReader(environment: environment)
            let settings = try ProcessSettings(reader)
            let url = try reader.required(.databaseURL)
            return "level \(settings.logLevel), grace \(settings.shutdownGrace), \(url), \(try reader.dscoTiming().timeout)"
        } catch {
            return "\(error)"
        }
    }

    @Test("gives settings or one line that shows no secret", arguments: Seeds.chunks)
    func mangled(_ chunk: Int) async throws {
        let whole = """
            database:
              url: postgres://conveyor:\(Self.secret)@db/conveyor
            log: { level: info, format: json }
            shutdown:
              grace_seconds: 25
            integration:
              dsco: {timeout_seconds: 30, settling_seconds: [1, 2]}
            """
        for seed in Seeds.of(chunk, 60) {
            await Seeds.breathe(seed)
            var mutator = Mutator(seed: seed)
            let bytes = mutator.mangled(Array(whole.utf8))
            let said = try await withFile(bytes) { path in await outcome(["CONVEYOR_ENV": path]) }
            #expect(said.split(whereSeparator: \.isNewline).count == 1 && !said.isEmpty, "seed \(seed): \(said)")
            if !said.hasPrefix("level") {
                #expect(!said.contains(Self.secret), "seed \(seed): \(said)")
                #expect(said.utf8.count < 400 && !said.unicodeScalars.contains { $0.value < 0x20 }, "seed \(seed): \(said)")
            }
        }
    }

    @Test(
        "the wrong kind of value names its setting",
        arguments: [
            ("database: {url: [a, b]}", "DATABASE_URL"), ("database: {url: \"a\\0b\"}", "DATABASE_URL"),
            ("database: {url: x}\nshutdown: {grace_seconds: [1]}", "SHUTDOWN_GRACE_SECONDS"),
            ("database: {url: x}\nshutdown: {grace_seconds: 1e400}", "SHUTDOWN_GRACE_SECONDS"),
            ("database: {url: x}\nlog: {level: [info]}", "LOG_LEVEL"),
            ("database: {url: x}\nlog: {level: \"\\e[2J\"}", "LOG_LEVEL"),
            ("database: {url: x}\nintegration: {dsco: {timeout_seconds: -1}}", "DSCO_TIMEOUT_SECONDS"),
            ("- a\n- b", "the settings file"), ("\"", "the settings file"), ("", "the settings file"),
            ("a: b: c: \(secret)", "the settings file"),
        ])
    func wrongKind(_ yaml: String, _ name: String) async throws {
        let said = try await withFile(Array(yaml.utf8)) { path in await outcome(["CONVEYOR_ENV": path]) }
        #expect(said.hasPrefix(name), "\(said)")
        #expect(!said.contains("\n") && !said.contains(Self.secret), "\(said)")
    }

    @Test("a file that is a folder, is missing or is not text names the setting")
    func files() async throws {
        let folder = FileManager.default.temporaryDirectory.path()
        #expect(await outcome(["CONVEYOR_ENV": folder]).hasPrefix("the settings file"))
        #expect(await outcome(["CONVEYOR_ENV": "/nowhere/env.yaml"]).hasPrefix("the settings file"))
        for path in [folder, "/nowhere/secret", "\u{1B}[2J"] {
            let said = await outcome(["DATABASE_URL_FILE": path])
            #expect(said == "DATABASE_URL (database.url in env.yaml) cannot be read from the file that DATABASE_URL_FILE names")
        }
        let texts: [([UInt8], String)] = [
            ([0xFF, 0xFE], "is not UTF-8 in the file that DATABASE_URL_FILE names"), ([0x61, 0], "holds a control character"),
        ]
        for (bytes, end) in texts {
            let said = try await withFile(bytes) { await outcome(["DATABASE_URL_FILE": $0]) }
            #expect(said == "DATABASE_URL (database.url in env.yaml) \(end)")
        }
    }

    @Test("one line end is not part of a secret, however it is written", arguments: ["pass", "pass\n", "pass\r\n"])
    func lineEnds(_ text: String) async throws {
        try await withFile(Array(text.utf8)) { path in
            let reader = try await SettingsReader(environment: ["DSCO_TOKEN_FILE": path])
            #expect(try reader.string(.dscoToken) == "pass")
        }
    }
}
