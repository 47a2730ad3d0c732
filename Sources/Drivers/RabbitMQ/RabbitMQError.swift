/// What went wrong between this process and the broker.
///
/// `description` is fit for any log: it names queues, exchanges and the broker's host, never credentials or message contents.
package struct RabbitMQError: Error, Sendable {
    package enum Code: Sendable, Hashable {
        /// The connection URL cannot be read; the process should not start.
        case invalidURL
        /// The message cannot be put on the wire (a routing key over 255 bytes, for instance). Nothing was sent.
        case invalidMessage
        /// No broker answers at the address, or TLS failed.
        case connectFailed
        /// The broker refused the user, the password or the virtual host.
        case authenticationFailed
        /// The connection went away. What was under way on it has an unknown outcome; its deliveries are handed out again.
        case connectionLost
        /// The broker refused an operation and closed its channel; `replyCode` says why (404 missing, 406 declared differently).
        case channelClosed
        /// The message fits no queue; the broker did not keep it.
        case returned
        /// The broker did not take the message, usually because the queue is full.
        case nacked
        /// The broker has blocked publishers (memory or disk alarm); the message was not sent.
        case blocked
        /// No answer in time. A message may or may not be stored.
        case timedOut
        /// The broker ended the subscription, usually because the queue was deleted.
        case consumerCancelled
        /// The delivery was acknowledged or rejected before.
        case alreadySettled
        /// This side is shutting down.
        case shutDown
    }

    package let code: Code
    /// What happened, to what, and what to do.
    package let message: String
    /// The broker's AMQP reply code, where it gave one.
    package let replyCode: UInt16?
    /// The broker's own words, where it gave any.
    package let replyText: String?

    /// The user or the password is wrong (ACCESS_REFUSED). A virtual host that is missing may only be late, or down for a moment.
    var isRefusedUser: Bool { code == .authenticationFailed && replyCode == 403 }

    init(_ code: Code, _ message: String, replyCode: UInt16? = nil, replyText: String? = nil) {
        self.code = code
        self.message = message
        self.replyCode = replyCode
        self.replyText = replyText
    }
}

extension RabbitMQError {
    /// Whether the same message may well be taken a little later.
    package var mayPass: Bool {
        switch code {
        case .connectFailed, .connectionLost, .nacked, .blocked, .timedOut: true
        default: false
        }
    }
}

extension RabbitMQError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        guard let replyText, !replyText.isEmpty else { return message }
        return "\(message) (RabbitMQ says: \(replyText))"
    }

    package var debugDescription: String {
        let reply = replyCode.map { ", reply code \($0)" } ?? ""
        return "RabbitMQError.\(code)\(reply): \(description)"
    }
}
