package import Domain
package import PartnerHTTP
import Pipeline
package import StageRunner

extension Answer.Kind {
    /// What a failed write means for its effects.
    package init(_ error: PartnerError) {
        switch error.kind {
        case .refused: self = .refused(Failure(error))
        case .unknownOutcome: self = .unknown(Failure(error))
        case .notExecuted where error.isForWantOfTime: self = .notSent(Failure(error))
        case .notExecuted, .unavailable, .credentials, .malformedAnswer, .bug: self = .notExecuted(error)
        }
    }
}

extension PartnerError {
    /// Whether the call ended on our side before it was made, with nothing known about the partner.
    fileprivate var isForWantOfTime: Bool {
        [Code.deadlinePassed, Code.cancelled, Code.lockLost, Code.noSlot].contains(code)
    }
}

/// Sends a batch; one that is refused as a whole is halved until the bad effect stands alone (design 6, push).
///
/// - Parameter send: answers for exactly the rows it is given.
package func sendHalving<Effect: PartnerEffect>(
    _ rows: [OpenRow<Effect>], send: @Sendable ([OpenRow<Effect>]) async throws(PartnerError) -> [Answer]
) async -> [Answer] {
    guard !rows.isEmpty else { return [] }
    do {
        return try await send(rows)
    } catch {
        guard error.kind == .refused, rows.count > 1 else { return rows.map { Answer($0.id, Answer.Kind(error)) } }
        let middle = rows.count / 2
        let first = await sendHalving(Array(rows[..<middle]), send: send)
        let second = await sendHalving(Array(rows[middle...]), send: send)
        return first + second
    }
}
