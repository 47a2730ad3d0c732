import ArgumentParser
import Domain
import FoundationEssentials
import JSON
import Store

struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show, check or change the runtime configuration.",
        discussion: """
            The runtime configuration says which jobs run when, how DSCO's retailers, warehouses, SKUs and service levels map to
            LingXing's, and how each stage behaves. It is one JSON document: what is absent takes its default, an unknown key is a
            fault. A change is in force at once, without a restart, and cures the held orders that waited for it.

              conveyor config show >config.json
              conveyor config validate config.json
              conveyor config set config.json
            """,
        subcommands: [ShowConfig.self, ValidateConfig.self, SetConfig.self])
}

struct ShowConfig: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the document in force, defaults included.",
        discussion: """
            `conveyor config show | conveyor config set -` changes nothing. With --json the version comes with it, for --if-version.
            """)

    @OptionGroup var output: OutputOptions

    func run(in context: CommandContext) async throws {
        let current = try await context.withDatabase { try await RuntimeConfigurationStore($0).current() }
        let document = (current?.configuration ?? RuntimeConfiguration()).document
        if output.isJSON {
            context.print(JSON.object(["version": .number(JSONNumber(current?.version ?? 0)), "config": document]).text())
        } else {
            if current == nil { context.note("No runtime configuration is set yet: these are the defaults, with every job off.") }
            context.print(document.text(.pretty))
        }
    }
}

struct ValidateConfig: Verb {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check a document, without any database.",
        discussion: """
            Names every fault with its path, and exits with 1 if there is any.

              conveyor config validate config.json
              conveyor config validate - <config.json
            """)

    @Argument(help: ArgumentHelp("The document; - reads standard input.", valueName: "file")) var file: String
    @OptionGroup var output: OutputOptions

    func run(in context: CommandContext) async throws {
        let document = try context.document(file)
        do {
            _ = try RuntimeConfiguration.parse(document)
            context.print(output.isJSON ? JSON.faults([]).text() : "The document is valid.")
        } catch {
            if output.isJSON {
                context.print(JSON.faults(error.faults).text())
            } else {
                for fault in error.faults { context.note(fault.description) }
                context.note("\(error.faults.count) fault\(error.faults.count == 1 ? "" : "s")")
            }
            throw ExitCode.failure
        }
    }
}

struct SetConfig: Verb {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Put a document in force.",
        discussion: """
            The whole document is checked first; one with a fault changes nothing. A document equal to the one in force makes no new
            version.

              conveyor config set config.json
              conveyor config set config.json --if-version 7     only if nobody changed it since version 7
            """)

    @Argument(help: ArgumentHelp("The document; - reads standard input.", valueName: "file")) var file: String
    @Option(help: ArgumentHelp("Refuse if another version is in force; 0 means none.", valueName: "n")) var ifVersion: Int?
    @OptionGroup var output: OutputOptions

    func run(in context: CommandContext) async throws {
        let configuration = try RuntimeConfiguration.parse(context.document(file))
        let now = context.now()
        let snapshot = try await context.withDatabase {
            try await RuntimeConfigurationStore($0).set(configuration, ifVersion: ifVersion, by: context.operatorName, now: now)
        }
        let isNew = snapshot.changedAt == now
        if output.isJSON {
            context.print(JSON.object(["version": .number(JSONNumber(snapshot.version)), "changed": .bool(isNew)]).text())
        } else if isNew {
            context.print("Version \(snapshot.version) is in force.")
        } else {
            context.print("Nothing changed: version \(snapshot.version) says the same.")
        }
    }
}

extension CommandContext {
    func document(_ file: String) throws(CommandFailure) -> [UInt8] {
        if file == "-" { return readInput() }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(.failed, "The file \(file) cannot be read.")
        }
        return Array(data)
    }
}

extension JSON {
    fileprivate static func faults(_ faults: [ConfigurationFault]) -> JSON {
        ["faults": .array(faults.map { ["path": .string($0.path), "message": .string($0.message)] })]
    }
}
