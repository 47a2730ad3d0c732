package import PartnerHTTP

/// Looks at objects one by one, a few at a time. Each look stands alone: what the partner says against one, or shows unreadably, or does not
/// answer, is that one's result. Whether the partner is down is for its circuit to say: an object that it cannot show, and that is the only
/// one asked for, must not stop everything else.
///
/// - Returns: the results in the order of the elements.
/// - Throws: what concerns every call: the partner refuses our credentials, the circuit is open, or the run was stopped.
package func lookEach<Element: Sendable, Found: Sendable>(
    _ elements: [Element], limit: Int = 4, _ look: @Sendable @escaping (Element) async throws(PartnerError) -> Found
) async throws(PartnerError) -> [Result<Found, PartnerError>] {
    do {
        return try await concurrentMap(elements, limit: limit) { element in
            do throws(PartnerError) {
                return .success(try await look(element))
            } catch {
                if error.stopsEveryLook { throw error }
                return .failure(error)
            }
        }
    } catch let error as PartnerError {
        throw error
    } catch {
        throw PartnerError(.dsco, .unavailable, call: "look", code: PartnerError.Code.cancelled)
    }
}

extension PartnerError {
    /// Whether no other look can do better.
    fileprivate var stopsEveryLook: Bool {
        switch kind {
        case .credentials, .bug: true
        case .unavailable, .notExecuted: isOurOwn
        case .refused, .malformedAnswer, .unknownOutcome: false
        }
    }
}
