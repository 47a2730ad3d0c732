import FoundationEssentials
import Glibc

/// Under what figures were measured: those of a debug build or of a busy machine say little about the goals.
package struct Circumstances: Sendable, Hashable {
    /// `release` or `debug`.
    package let built: String
    package let processors: Int
    /// The load average of the minute before.
    package let load: Double

    package init(built: String, processors: Int, load: Double) {
        self.built = built
        self.processors = processors
        self.load = load
    }

    static func now(built: String) -> Circumstances {
        var load = 0.0
        getloadavg(&load, 1)
        return Circumstances(built: built, processors: ProcessInfo.processInfo.activeProcessorCount, load: load)
    }

    /// One line, with a warning where one is due.
    package var words: String {
        var words = "\(built) executables, \(processors) processors, load \(load.rounded(to: 1)) before"
        if built != "release" { words += "; the goals are those of release executables" }
        if load > Double(processors) / 2 { words += "; NOT A QUIET MACHINE, others are in these figures" }
        return words
    }
}
