package import Domain
package import Rehearsal
package import Sandbox

package enum Server: String, Sendable, Hashable, CaseIterable {
    case postgres, rabbitmq
}

/// A way between our processes and what they talk to.
package enum LinkName: String, Sendable, Hashable, CaseIterable {
    case postgres, rabbitmq, dsco, lingxing
}

package enum LinkFault: Sendable, Hashable {
    /// Every connection is reset.
    case cut
    /// The next requests are reset before a byte of them arrives; the server knows nothing of them.
    case cutBefore(requests: Int)
    /// The next requests arrive and are worked on, but the connection is reset instead of an answer.
    case cutAfter(requests: Int)
    /// The next answers end in a reset after so many bytes.
    case cutMidway(requests: Int, bytes: Int)
    /// Every piece takes so much longer, for a while.
    case delayed(by: Double, seconds: Double)
    /// Connections stay open and nothing arrives, for a while; those that lost something are reset at its end.
    case blackHole(seconds: Double)
}

package enum ConfigurationChange: Sendable, Hashable {
    case shards(Stage, Int)
    /// The mapping of the nth retailer is missing.
    case withoutShop(Int)
    case identityByDSCOOrderID
    case retry(base: Int, max: Int)
    case writeOff(Stage)
    case allPackages
}

package enum Replay: Sendable, Hashable {
    /// Orders that came in lately.
    case byNumber(Stage, orders: Int)
    case byHold(Stage, HoldReason)
    case since(Stage, seconds: Int)
}

/// A fault with everything that the seed decides about it.
package enum StormFault: Sendable, Hashable {
    case kill(ProcessName)
    case freeze(ProcessName, seconds: Double)
    /// SIGTERM; the process is started again when it has ended.
    case restart(ProcessName)
    /// Down for so long, besides the time that the server takes to start.
    case stop(Server, seconds: Double)
    case crash(Server, seconds: Double)
    /// The share of our sessions that an administrator ends.
    case terminateSessions(share: Double)
    case closeConnections
    case deleteQueue(Stage)
    case purgeQueue(Stage)
    case link(LinkName, LinkFault)
    case partner(Partner, path: String, Fault.Kind, count: Int, seconds: Double)
    case configure(ConfigurationChange, seconds: Double)
    case replay(Replay)
    case tick(Stage)
    case tickTwice(Stage)
    case malformedMessage(Stage, number: Int)
}

/// A fault and when it strikes, in seconds from the start of the storm.
package struct PlannedFault: Sendable, Hashable {
    package let at: Double
    package let kind: FaultKind
    package let fault: StormFault
}
