import Dispatch
import Foundation
import Testing

@testable import Observability

@Suite("A log output")
struct LogOutputTests {
    @Test("never mixes lines of several threads")
    func wholeLines() async throws {
        let pipe = Pipe()
        let output = LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        #expect(!output.isTerminal)
        // Longer than the kernel writes to a pipe at once without mixing (4096).
        let lines = (0..<8).map { String(repeating: String($0), count: 9000) + "\n" }
        // A thread of its own: the writers below block until someone reads.
        let reader = Reader(pipe.fileHandleForReading)
        await withTaskGroup { group in
            for line in lines {
                group.addTask { for _ in 0..<5 { output.write(line) } }
            }
        }
        try pipe.fileHandleForWriting.close()
        let read = String(decoding: await reader.everything(), as: UTF8.self).split(separator: "\n").map { String($0) + "\n" }
        let expected = lines.flatMap { Array(repeating: $0, count: 5) }
        #expect(read.sorted() == expected.sorted())
    }

    @Test("gives up a line that nobody can take, and goes on", .timeLimit(.minutes(1)))
    func closed() throws {
        let pipe = Pipe()
        let output = LogOutput(descriptor: pipe.fileHandleForReading.fileDescriptor)
        // The reading end of a pipe cannot be written to.
        output.write("lost\n")
    }

    /// Reads to the end on a dispatch thread.
    private struct Reader {
        private let bytes: AsyncStream<Data>

        init(_ handle: FileHandle) {
            let (bytes, read) = AsyncStream.makeStream(of: Data.self)
            self.bytes = bytes
            DispatchQueue.global().async {
                read.yield(handle.readDataToEndOfFile())
                read.finish()
            }
        }

        func everything() async -> Data { await bytes.reduce(into: Data()) { $0 += $1 } }
    }
}
