import Domain
import Foundation

/// An executable of this package, as `swift build` left it beside the tests.
enum Program: Sendable, Hashable {
    case worker(Stage)
    case scheduler
    case conveyor

    static let fleet: [Program] = [.scheduler] + Stage.allCases.map(Program.worker)

    var name: String {
        switch self {
        case .worker(let stage): "\(stage.rawValue)-worker"
        case .scheduler: "scheduler"
        case .conveyor: "conveyor"
        }
    }

    var file: URL { Self.products.appending(path: name) }

    private static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
}

/// One running program. What it writes goes to files, so that it outlives a kill.
final class ChildProcess: Sendable {
    let program: Program
    let output: URL
    let errors: URL
    private let process: Process

    /// - Parameters:
    ///   - file: the executable, where it is not the program's own.
    ///   - folder: where it runs and writes.
    ///   - name: of its two files there.
    init(
        _ program: Program, file: URL? = nil, _ arguments: [String] = [], environment: [String: String], input: String? = nil,
        folder: URL, name: String
    ) throws {
        self.program = program
        output = folder.appending(path: "\(name).out")
        errors = folder.appending(path: "\(name).log")
        process = Process()
        process.executableURL = file ?? program.file
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        process.standardInput =
            try input.map { input in
                let file = folder.appending(path: "\(name).in")
                try Data(input.utf8).write(to: file)
                return try FileHandle(forReadingFrom: file)
            } ?? FileHandle.nullDevice
        process.standardOutput = try Self.create(output)
        process.standardError = try Self.create(errors)
        try process.run()
    }

    var isRunning: Bool { process.isRunning }
    var processIdentifier: Int32 { process.processIdentifier }

    func send(_ signal: Int32) {
        if process.isRunning { kill(process.processIdentifier, signal) }
    }

    /// - Throws: when it is still there after that long.
    func exitStatus(within timeout: Duration = .seconds(20)) async throws -> Int32 {
        try await eventually(within: timeout, "\(program.name) ends") { !process.isRunning }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    func outputText() throws -> String { try String(contentsOf: output, encoding: .utf8) }
    func errorText() throws -> String { try String(contentsOf: errors, encoding: .utf8) }

    private static func create(_ file: URL) throws -> FileHandle {
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }
}
