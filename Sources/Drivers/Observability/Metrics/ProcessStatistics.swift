import FoundationEssentials
import Glibc

/// What Linux says about this process, under the names that every Prometheus client uses.
struct ProcessStatistics: Equatable {
    var residentBytes: Int
    var cpuSeconds: Double
    /// Seconds since 1970.
    var startTime: Double
    var openFiles: Int

    /// - Parameters:
    ///   - stat: the text of `/proc/self/stat`.
    ///   - bootTime: seconds since 1970 (`btime` of `/proc/stat`).
    ///   - ticks: a second's clock ticks.
    init?(stat: String, bootTime: Double, openFiles: Int, ticks: Double, pageSize: Int) {
        // The second field is the program's name in brackets, which may itself contain spaces and brackets.
        guard let name = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: name)...].split(whereSeparator: \.isWhitespace)
        // proc(5) numbers from 1, and two fields are gone: utime 14, stime 15, starttime 22, rss 24.
        guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]), let start = Double(fields[19]),
            let pages = Int(fields[21])
        else { return nil }
        residentBytes = pages * pageSize
        cpuSeconds = (user + system) / ticks
        startTime = bootTime + start / ticks
        self.openFiles = openFiles
    }

    /// `nil` where `/proc` is not what Linux gives.
    static func current() -> ProcessStatistics? {
        guard let stat = read("/proc/self/stat"), let boot = read("/proc/stat"),
            let line = boot.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let bootTime = Double(line.dropFirst(6)),
            let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        else { return nil }
        // One of the files is the folder being listed.
        return ProcessStatistics(
            stat: stat, bootTime: bootTime, openFiles: files.count - 1, ticks: Double(sysconf(Int32(_SC_CLK_TCK))),
            pageSize: Int(sysconf(Int32(_SC_PAGESIZE))))
    }

    private static func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    func exposition() -> String {
        func metric(_ name: String, _ kind: MetricFamily.Kind, _ value: Double, _ help: String) -> String {
            "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n\(name) \(MetricName.number(value))\n"
        }
        return metric("process_cpu_seconds_total", .counter, cpuSeconds, "User and system CPU time.")
            + metric("process_open_fds", .gauge, Double(openFiles), "Open file descriptors.")
            + metric("process_resident_memory_bytes", .gauge, Double(residentBytes), "Resident memory.")
            + metric("process_start_time_seconds", .gauge, startTime, "Start of the process since 1970.")
    }
}
