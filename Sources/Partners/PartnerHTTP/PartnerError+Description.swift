extension PartnerError: CustomStringConvertible, CustomDebugStringConvertible {
    /// What happened to which call, without anything the partner wrote.
    package var description: String {
        let facts = [status.map { "HTTP \($0)" }, code].compactMap { $0 }.joined(separator: ", ")
        return "\(partner.displayName), \(call): \(kind.sentence)" + (facts.isEmpty ? "" : " (\(facts))")
    }

    /// The description with the partner's redacted words and the pause it asked for.
    package var debugDescription: String {
        var text = description
        if let words { text += ": \(words)" }
        if let retryAfter { text += " [retry after \(retryAfter)]" }
        return text
    }
}

extension PartnerError.Kind {
    fileprivate var sentence: String {
        switch self {
        case .notExecuted: "not executed, may be sent again"
        case .unknownOutcome: "sent, but no readable answer came; whether it was done must be looked up"
        case .unavailable: "unavailable, the read will be repeated later"
        case .credentials: "our credentials or permissions were refused; check the configured ones"
        case .refused: "refused this payload"
        case .malformedAnswer: "answered something outside its contract"
        case .bug: "rejected the request as such; Conveyor itself must be corrected"
        }
    }
}
