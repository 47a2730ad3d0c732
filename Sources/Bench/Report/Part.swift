/// What can be measured by itself, in the order of the table.
package enum Part: String, Sendable, Hashable, CaseIterable {
    /// Orders from pull to invoiced: speed, CPU, memory.
    case flow
    /// What they cost in calls, bytes and transactions.
    case calls
    /// The partners' limits, shared by eight workers.
    case limits
    /// From a tick to its run, and the broker's speed.
    case ticks
    /// What a run costs that finds nothing changed.
    case waiting
    /// Claims in front of a long history.
    case claims
    /// More shards and workers.
    case scaling
    /// A backlog that drains by itself.
    case backlog
    /// Processes with nothing to do.
    case idle
    /// Small things, many times over.
    case micro
    /// An hour of work.
    case soak

    /// Whether only `--full` measures it.
    var isLong: Bool { self == .soak }
}
