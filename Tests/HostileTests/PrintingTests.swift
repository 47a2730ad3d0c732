import Domain
import Foundation
import JSON
import PostgreSQL
import Synchronization
import TestSupport
import Testing

@testable import Commands

@Suite("What partners wrote, on an operator's terminal")
struct HostilePrintingTests {
    private static let escapes = "PO\u{1B}[2J\u{1B}]0;owned\u{7}\u{9B}31m\u{202E}gpj\u{2066}\u{200B}\u{E0041}\u{2028}\u{7F}\rX"

    private static func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control: scalar == "\n"
            case .format, .lineSeparator, .paragraphSeparator, .surrogate: false
            default: true
            }
        }
    }

    @Test("is shown without moving, colouring, clearing or turning anything", arguments: Nasty.texts + [escapes])
    func neutral(_ text: String) throws {
        #expect(Self.isHarmless(text.onTerminal))
        var table = Table("A", "B")
        table.add([text, "x"])
        #expect(Self.isHarmless(table.text))
        #expect(table.text.split(separator: "\n").count == 2)
        // The escapes are JSON's: a document stays the same.
        let json = JSON.object(["a": .string(text)]).text()
        #expect(try JSON.parse(json.onTerminal) == JSON.parse(json))
    }

    private func run(_ arguments: [String], _ database: TestDatabase? = nil, input: [UInt8] = []) async -> (Int32, String) {
        let screen = Mutex("")
        var environment = ["CONVEYOR_OPERATOR": "ming"]
        environment["CONVEYOR_MIGRATIONS"] =
            URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../migrations").standardizedFileURL.path()
        environment["DATABASE_URL"] = database?.url
        let context = CommandContext(
            environment: environment, readInput: { input }, write: { _, text in screen.withLock { $0 += text } })
        let status = await Conveyor.run(arguments, in: context)
        return (status, screen.withLock { $0 })
    }

    @Test("a stored order full of escapes is listed and shown")
    func stored() async throws {
        try await withTestDatabase(migrated: true) { database in
            let session = try await database.connect()
            let text = Self.escapes
            try await session.query(
                """
                insert into dsco_order_sync (order_key, dsco_order_id, po_number, partition, status, status_since, payload, payload_at, mskus,
                                             dsco_status, hold_reason, hold_facts, hold_since, last_error_code, last_error_text, last_error_at,
                                             next_attempt, created_at, updated_at)
                values ('1', '1', \(text), 7, 1::smallint, now(), '{}', now(), \([text]), \(text), 'shop_unmapped', \(text), now(),
                        \(text), \(text), now(), now(), now(), now())
                """)
            try await session.query(
                "insert into order_event (order_key, at, kind, by, text) values ('1', now(), \(text), \(text), \(text))")
            await session.close()
            for arguments in [
                ["orders", "--held"], ["order", "1"], ["orders", "--json"], ["order", "1", "--json"], ["status"],
            ] {
                let (status, printed) = await run(arguments, database)
                #expect(status == 0, "\(printed)")
                #expect(Self.isHarmless(printed), "\(arguments)")
                if arguments.contains("--json") { #expect(throws: Never.self) { try JSON.parse(printed) } }
            }
            let (status, printed) = await run(["order", text], database)
            #expect(status == 0 && Self.isHarmless(printed))
            let missing = await run(["order", "\u{1B}[2J"], database)
            #expect(missing.0 == 3 && Self.isHarmless(missing.1))
        }
    }

    @Test("a configuration file of any bytes is refused in words", arguments: Seeds.chunks)
    func configurationFile(_ chunk: Int) async {
        for seed in Seeds.of(chunk, 40) {
            await Seeds.breathe(seed)
            var mutator = Mutator(seed: seed)
            let bytes = mutator.oneOfAnyBytes(or: Samples.configuration.document)
            let (status, printed) = await run(["config", "validate", "-"], input: bytes)
            #expect(status == 0 || status == 1, "seed \(seed)")
            #expect(!printed.isEmpty && Self.isHarmless(printed), "seed \(seed): \(shown(bytes))")
        }
    }

    @Test(
        "a stray argument with escapes is named harmlessly",
        arguments: [["\u{1B}[2J"], ["orders", "--held", "\u{9B}2J"], ["tick", "\u{202E}"]])
    func arguments(_ line: [String]) async {
        let (status, printed) = await run(line)
        #expect(status == 64 && Self.isHarmless(printed), "\(printed)")
    }
}

extension Mutator {
    fileprivate mutating func oneOfAnyBytes(or document: JSON) -> [UInt8] {
        guard random.oneIn(3) else { return text(of: document) }
        return (0..<random.below(2_000)).map { _ in UInt8(random.below(256)) }
    }
}
