import DSCO
import Logging
import PartnerAccess
import PartnerHTTP
import StageRunner

extension Intake {
    /// What became of orders that were asked for by name.
    struct Fetched: Sendable, Hashable {
        /// There was no time for them.
        var notAsked: [String] = []
        /// DSCO answered with something that is no answer: ask again later.
        var garbled: [String] = []
        /// DSCO refuses to show them, or has none of this name; asking again would not help.
        var refused = 0
        var unknown = 0
    }

    /// Fetches named orders, by purchase order number, else by DSCO id. One order's trouble is its own.
    ///
    /// - Throws: what concerns DSCO as a whole, when nothing was fetched before; later it ends the run with what it has.
    func fetch(_ names: [String]) async throws -> Fetched {
        var fetched = Fetched()
        var waiting = names[...]
        while !waiting.isEmpty, !context.isOver {
            let batch = Array(waiting.prefix(20))
            let answers = try await concurrentMap(batch, limit: 4) { [dsco] name in await Self.look(name, dsco) }
            var found: [ReceivedOrder] = []
            var notAsked: [String] = []
            var trouble: PartnerError?
            for (name, answer) in zip(batch, answers) {
                switch answer {
                case .success(let orders):
                    found += orders
                    guard orders.isEmpty else { continue }
                    fetched.unknown += 1
                    context.logger.warning("DSCO shows no such order", metadata: ["order": "\(name)"])
                case .failure(let error):
                    switch error.kind {
                    case .refused: fetched.refused += 1
                    case .malformedAnswer: fetched.garbled.append(name)
                    case .notExecuted, .unavailable, .credentials, .bug, .unknownOutcome:
                        notAsked.append(name)
                        trouble = error
                        continue
                    }
                    context.logger.warning("order could not be fetched", error: error, metadata: ["order": "\(name)"])
                }
            }
            try await put(found, cursor: nil)
            waiting = waiting.dropFirst(batch.count)
            guard let trouble else { continue }
            fetched.notAsked = notAsked + waiting
            guard fetched.notAsked.count + fetched.garbled.count < names.count else { throw trouble }
            context.logger.warning("not every order was fetched; the rest is carried on", error: trouble)
            return fetched
        }
        fetched.notAsked = Array(waiting)
        return fetched
    }

    private static func look(_ name: String, _ dsco: DSCOClient) async -> Result<[ReceivedOrder], PartnerError> {
        do throws(PartnerError) {
            let byNumber = try await dsco.orders(by: .poNumber(name))
            return .success(byNumber.isEmpty ? try await dsco.orders(by: .dscoOrderID(name)) : byNumber)
        } catch {
            return .failure(error)
        }
    }
}
