import FoundationEssentials
import Glibc

/// What Linux says that a process has used.
package struct ProcessUse: Sendable, Hashable {
    /// User and system time of all its threads, in seconds, as fine as the clock's ticks (10 ms).
    package let cpu: Double
    /// Private memory: `RssAnon`.
    package let privateBytes: Int

    /// - Returns: nil when there is no such process.
    static func of(_ pid: pid_t) -> ProcessUse? {
        guard let stat = read("/proc/\(pid)/stat"), let status = read("/proc/\(pid)/status") else { return nil }
        return ProcessUse(stat: stat, status: status, ticks: Double(sysconf(Int32(_SC_CLK_TCK))))
    }

    /// - Parameters:
    ///   - stat: the text of `/proc/PID/stat`; status: of `/proc/PID/status`.
    ///   - ticks: a second's clock ticks.
    package init?(stat: String, status: String, ticks: Double) {
        // The second field is the program's name in brackets, which may itself contain spaces and brackets; utime is 14, stime 15.
        guard let name = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: name)...].split(whereSeparator: \.isWhitespace)
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("RssAnon:") }),
            let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        cpu = (user + system) / ticks
        privateBytes = kilobytes * 1024
    }

    private static func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
