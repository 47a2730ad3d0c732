import Glibc

/// Where a storm or a measurement speaks: progress on standard error, the report on standard output.
package enum Console {
    package static func say(_ text: String) { write(text, to: STDERR_FILENO) }
    package static func print(_ text: String) { write(text, to: STDOUT_FILENO) }

    private static func write(_ text: String, to file: Int32) {
        let bytes = Array("\(text)\n".utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            sent += count
        }
    }
}
