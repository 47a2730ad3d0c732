import JSON
import PartnerHTTP

/// LingXing's codes and what they demand (LingXing contract 7). Codes are compared as text: they come as int or string, some
/// with leading zeros. The texts beside them are Chinese and change; only where a code has two meanings is its text looked at.
enum AnswerCode {
    /// What went wrong, before it is known whether the call was a read or a write.
    enum Fault: Sendable, Hashable {
        /// The token is dead or not ours any more. Nothing was executed.
        case tokenRefused
        /// The refresh token is spent: exchange the secret instead.
        case refreshRefused
        /// The sign was older than two minutes. Nothing was executed.
        case signExpired
        /// No bucket token left, or the limiter inside the service. Nothing was executed.
        case throttled(pause: Duration)
        /// App, secret, permission or IP refused; `pause` is how long calling on is pointless.
        case credentials(pause: Duration?)
        /// Our request is wrong as such.
        case request
        /// This payload is refused for good.
        case payload
        /// LingXing broke; whether a write happened is unknown.
        case server
        /// A code the contract does not know.
        case unknown
    }

    static let tokenRefused: Set<String> = ["2001003", "2001005"]
    static let refreshRefused: Set<String> = ["2001008", "2001009"]
    static let signExpired = "2001007"

    /// - Parameters:
    ///   - text: `msg` or `message`.
    ///   - hasDetails: whether `error_details` says something.
    static func fault(_ code: String, text: String, hasDetails: Bool) -> Fault {
        switch code {
        case _ where tokenRefused.contains(code): .tokenRefused
        case _ where refreshRefused.contains(code): .refreshRefused
        case signExpired: .signExpired
        case "3001008": .throttled(pause: .seconds(2))
        case "103": .throttled(pause: .seconds(30))
        case "2001001", "2001002", "0001001", "2001004", "401", "403": .credentials(pause: nil)
        case "3001002": .credentials(pause: .seconds(300))
        case "2001006", "3001001", "400": .request
        case "102", "301000", "11004", "1000", "10000": .payload
        case "1": hasDetails || text.contains("参数") ? .payload : .server
        case "100", "500": text.contains("404 NOT_FOUND") ? .request : .server
        case "104", "3001004", "10001": .server
        default: .unknown
        }
    }

    /// What HTTP itself says, for answers that are not LingXing's JSON. Too many requests proves nothing about a
    /// write here: it was only seen in front of LingXing.
    static func fault(status: Int) -> Fault {
        switch status {
        case 401, 403: .credentials(pause: nil)
        case 413: .payload
        case 404, 405: .request  // a wrong path; 405 comes as HTML
        default: .server  // whoever answered, it was not LingXing's application
        }
    }
}

extension AnswerCode.Fault {
    /// What the caller must do.
    func kind(isRead: Bool) -> PartnerError.Kind {
        switch self {
        case .tokenRefused, .signExpired, .throttled: isRead ? .unavailable : .notExecuted
        case .refreshRefused: .notExecuted
        case .credentials: .credentials
        case .request: .bug
        case .payload: .refused
        case .server: isRead ? .unavailable : .unknownOutcome
        // Only a code that the contract names as one is a refusal: this may be a gateway that lost the application's answer.
        case .unknown: isRead ? .malformedAnswer : .unknownOutcome
        }
    }

    var pause: Duration? {
        switch self {
        case .throttled(let pause): pause
        case .credentials(let pause): pause
        case .tokenRefused, .refreshRefused, .signExpired, .request, .payload, .server, .unknown: nil
        }
    }
}
