package import Domain
package import FoundationEssentials
package import Pipeline
package import RabbitMQ

/// A message that no run could take, and why (design 4).
package struct DeadLetter: Sendable {
    package enum Reason: Sendable, Hashable {
        /// It is no tick of its stage; the worker that read it says why.
        case malformed(String)
        /// It was handed out as often as the queue allows, and no worker lived to settle it.
        case deliveryLimit
        /// The broker moved it for another reason of its own: `rejected`, `expired`, `maxlen`.
        case byBroker(String)
        /// Its headers do not say, such as for a message that a person put there.
        case unknown

        /// For programs.
        package var code: String {
            switch self {
            case .malformed: "malformed"
            case .deliveryLimit: "delivery_limit"
            case .byBroker(let word): word
            case .unknown: "unknown"
            }
        }
    }

    package let stage: Stage
    /// Names it for as long as it is dead, and to whoever looks. Copies that agree in everything share one.
    package let id: String
    package let reason: Reason
    /// When it died.
    package let at: Date?
    package let body: [UInt8]
    /// `nil` where the body is no tick.
    package let tick: Tick?
    /// Why the stage would bury it again, if it would.
    package let fault: String?

    package init(_ delivery: Delivery, stage: Stage) {
        self.stage = stage
        body = delivery.body
        let death = delivery.headers["x-death"]?.firstTable
        let word = death?["reason"]?.string ?? delivery.headers["x-first-death-reason"]?.string
        reason =
            if let words = delivery.headers[Topology.reasonHeader]?.string {
                .malformed(words)
            } else if let word {
                word == "delivery_limit" ? .deliveryLimit : .byBroker(word)
            } else {
                .unknown
            }
        at = death?["time"]?.date ?? delivery.timestamp
        do throws(MalformedTick) {
            let tick = try Tick(parsing: delivery.body, of: stage)
            (self.tick, fault) = (tick, nil)
        } catch {
            (tick, fault) = (nil, error.description)
        }
        let marks = [stage.rawValue, reason.code, "\(at?.timeIntervalSince1970 ?? 0)", delivery.messageID ?? ""]
        id = Self.name(Array(marks.joined(separator: "\u{0}").utf8) + body)
    }

    /// FNV-1a, in 16 hexadecimal digits. It need not be unforgeable: whoever can write into the queue can write anything.
    private static func name(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension RabbitMQValue {
    /// The newest of the broker's `x-death` entries.
    fileprivate var firstTable: [String: RabbitMQValue]? {
        guard case .array(let values) = self, case .table(let table) = values.first else { return nil }
        return table
    }

    fileprivate var date: Date? {
        if case .timestamp(let date) = self { date } else { nil }
    }
}
