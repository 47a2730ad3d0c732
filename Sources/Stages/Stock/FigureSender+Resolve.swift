import Algorithms
import DSCO
import Domain
import FoundationEssentials
import Logging
import PartnerAccess
import PartnerHTTP
import Pipeline
import StageRunner
import Store

extension FigureSender {
    /// Closes what earlier runs left open, as far as DSCO tells: by request id; in doubt by the log at the time of sending, read at once for
    /// all, and then one by one, a few at a time and only so many a run. What is known is settled before the next question.
    func resolve(_ open: [StoredSubmission]) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        func count(_ more: [String: Int]) { counts.merge(more) { $0 + $1 } }

        let rows = readable(open)
        var doubtful = rows.filter { row, _ in
            row.state != .accepted && context.now() >= row.deadline.addingTimeInterval(timing.settling)
        }
        let accepted = rows.filter { row, _ in row.state == .accepted }
        for (requestID, figures) in Dictionary(grouping: accepted, by: { row, _ in row.requestID ?? "" }) {
            let answer = try await dsco.changes(in: .inventory, .request(id: requestID))
            let told = LoggedFigures(figures.map(\.1), answer.rows)
            count(try await settle(told))
            let silent = Set(told.silent.map(\.id))
            // A log without our row needs no waiting (design 7.3).
            doubtful += figures.filter { row, sent in
                silent.contains(sent.id) && (answer.progress == .completed || isOverdue(row))
            }
        }

        let deadlines = Dictionary(doubtful.map { row, sent in (sent.id, row.deadline) }) { first, _ in first }
        var left = doubtful.map(\.1)
        for query in LogWindow.covering(Array(deadlines.values), timing, now: context.now()) {
            let told = LoggedFigures(left, among: try await dsco.changes(in: .inventory, query).rows) { sent in
                deadlines[sent.id].map(timing.earliest) ?? context.now()
            }
            count(try await settle(told))
            left = told.silent
        }

        for part in Array(left.sorted(by: { $0.id < $1.id }).prefix(Self.mostSingles)).chunks(ofCount: 20) where !context.isOver {
            count(try await settle(try await read(Array(part))))
        }
        return counts
    }

    private func readable(_ open: [StoredSubmission]) -> [(StoredSubmission, Sent)] {
        open.compactMap { row in
            do {
                return (row, Sent(id: row.id, figure: try LedgerCoding.effect(row.effect)))
            } catch {
                context.logger.error("a stock figure of the ledger cannot be read", error: error, metadata: ["sku": "\(row.key)"])
                return nil
            }
        }
    }

    private func isOverdue(_ row: StoredSubmission) -> Bool {
        context.now() >= (row.sentAt ?? row.deadline).addingTimeInterval(timing.logPatience)
    }

    /// What DSCO shows of these SKUs. One that it did not answer for stays open; one that it shows unreadably, or otherwise, is over: the
    /// next pass sends what is then right.
    private func read(_ figures: [Sent]) async throws -> [StockSettlement] {
        let dsco = dsco
        let looks = try await lookEach(figures) { sent throws(PartnerError) in try await dsco.stock(sku: sent.figure.sku) }
        return zip(figures, looks).compactMap { sent, look in
            let end: StockSettlement.End
            switch look {
            case .success(let shown): end = shown?.warehouses == sent.figure.warehouses ? .confirmed : .superseded
            case .failure(let error):
                guard error.kind != .unavailable else { return nil }
                end = .superseded
            }
            return StockSettlement(id: sent.id, figure: sent.figure, end: end)
        }
    }
}
