import DSCO
import Domain
import FoundationEssentials
import PartnerAccess

/// What rows of the inventory's change log say about figures.
struct LoggedFigures: Sendable {
    struct Refused: Sendable {
        var sent: FigureSender.Sent
        /// DSCO's reason; `nil` when it gave none.
        var words: String?
    }

    var confirmed: [FigureSender.Sent] = []
    var refused: [Refused] = []
    /// Those without a row, or whose row says nothing yet.
    var silent: [FigureSender.Sent] = []

    /// The rows of the figures' own request.
    init(_ figures: [FigureSender.Sent], _ rows: [ChangeLogRow]) {
        let bySKU = Dictionary(rows.compactMap { row in Self.sku(row).map { ($0, row) } }) { first, second in
            first.status == .success ? first : second
        }
        for sent in figures { add(sent, bySKU[sent.figure.sku]) }
    }

    /// Rows of a time: only one about exactly this figure counts, and no refusal of an earlier one.
    ///
    /// - Parameter sentFrom: when the figure can have been sent at the earliest.
    init(_ figures: [FigureSender.Sent], among rows: [ChangeLogRow], sentFrom: (FigureSender.Sent) -> Date) {
        let bySKU = Dictionary(grouping: rows) { Self.sku($0) ?? "" }
        for sent in figures {
            let own = (bySKU[sent.figure.sku] ?? []).filter {
                $0.figure == sent.figure && ($0.processed.map { $0 >= sentFrom(sent) } ?? false)
            }
            add(sent, own.first { $0.status == .success } ?? own.last)
        }
    }

    private mutating func add(_ sent: FigureSender.Sent, _ row: ChangeLogRow?) {
        switch row?.status {
        case .success: confirmed.append(sent)
        case .failure: refused.append(Refused(sent: sent, words: row?.words))
        case .pending, nil: silent.append(sent)
        }
    }

    private static func sku(_ row: ChangeLogRow) -> String? {
        if case .item(let sku) = row.key { sku } else { nil }
    }
}
