import FoundationEssentials
import PartnerHTTP
import PostgreSQL
import Store

/// An error that a run's row calls by a code of its own.
package protocol CodedError: Error, CustomStringConvertible {
    var code: String { get }
}

/// Why a run could not begin.
package enum RunFailure: CodedError, Hashable {
    case notConfigured
    /// Seconds ahead of the database's clock; less than 0 behind it.
    case clockIsOff(by: Int)

    package var code: String {
        switch self {
        case .notConfigured: "not_configured"
        case .clockIsOff: "clock_off"
        }
    }

    package var description: String {
        switch self {
        case .notConfigured:
            "there is no runtime configuration yet: set one with `conveyor config set FILE`"
        case .clockIsOff(let seconds):
            "this host's clock is \(abs(seconds)) s \(seconds > 0 ? "ahead of" : "behind") the database's: nothing runs here until it is right"
        }
    }

    /// - Parameters:
    ///   - clock: the database's, which was asked between the two instants.
    /// - Throws: `.clockIsOff`.
    static func check(clock: Date, askedBetween before: Date, and after: Date, tolerance: TimeInterval) throws(RunFailure) {
        let ahead = before.timeIntervalSince(clock)
        let behind = clock.timeIntervalSince(after)
        if ahead > tolerance { throw .clockIsOff(by: Int(ahead)) }
        if behind > tolerance { throw .clockIsOff(by: -Int(behind)) }
    }

    /// How a run that ended in the error is listed.
    static func code(of error: any Error) -> String {
        switch error {
        case let error as any CodedError: error.code
        case let error as StoreError: error.code.rawValue
        case is PartnerError: StageRunStore.partnerFailed
        case is PostgresError: "database_failed"
        case is CancellationError: "cancelled"
        default: "internal"
        }
    }
}
