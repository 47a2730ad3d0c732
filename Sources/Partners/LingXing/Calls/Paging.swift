import JSON
import PartnerHTTP

/// One page of a list: its rows, and how many LingXing says there are in all.
struct Page<Row: Sendable>: Sendable {
    var rows: [PageRow<Row>]
    var total: Int?

    /// Reads the rows of a list, which may be absent or null when empty (LingXing contract 11). A row that cannot be read is
    /// kept as such; a list that is none is a fault of the whole answer.
    init(_ rows: JSONView?, total: JSONView?, path: String, row: (JSONReader) throws(JSONError) -> Row) throws(JSONError) {
        self.rows = []
        self.total = total?.int
        guard let rows, !rows.isNull else { return }
        var copies: [String: Int] = [:]
        for reader in try JSONReader(rows, path: path).elements() {
            do {
                self.rows.append(.readable(try row(reader)))
            } catch {
                let text = reader.value.json.text(.compact)
                copies[text, default: 0] += 1
                self.rows.append(.unreadable(UnreadableRow(reader.value, error), text: text, copy: copies[text, default: 1]))
            }
        }
    }
}

/// A row of a page. What cannot be read still counts towards the total and is told apart by its text.
enum PageRow<Row: Sendable>: Sendable {
    case readable(Row)
    /// `copy` counts rows of the same text on one page.
    case unreadable(UnreadableRow, text: String, copy: Int)
}

/// Reads a list to its end although it may change meanwhile: rows that come or go shift the pages behind them, so that one walk
/// repeats some rows and skips others (LingXing contract 11, pitfall 12).
struct ListWalk<Row: Sendable, Key: Hashable> {
    enum Demand {
        /// A list that was never seen whole is an error.
        case whole
        /// What several walks saw together will do.
        case best
        /// Every row that stays as it is while the list is read; the others are in the next window. Each page begins with rows of the one
        /// before, so that rows which leave the list pull none past the reader unseen.
        case unmoved
    }

    /// Rows asked for in one page.
    let length: Int
    let demand: Demand
    /// What tells rows apart.
    let key: (Row) -> Key

    static var walks: Int { 3 }

    /// - Parameter fetch: gets where the page begins, and how many pages of this walk were read before it.
    /// - Throws: what `fetch` throws; `.malformedAnswer` with code `incomplete_list`.
    func rows(
        of endpoint: LingXingEndpoint, fetch: (_ offset: Int, _ pages: Int) async throws(PartnerError) -> Page<Row>
    ) async throws(PartnerError) -> LingXingRows<Row> {
        var seen = Merge(key: key)
        for _ in 0..<Self.walks {
            var walk = Merge(key: key)
            let isWhole = try await self.walk(into: &walk, fetch)
            if isWhole { return LingXingRows(walk.rows) }
            for row in walk.rows { seen.add(row) }
        }
        if case .whole = demand {
            throw PartnerError(
                .lingXing, .malformedAnswer, call: "\(endpoint.method) \(endpoint.path)", code: "incomplete_list",
                words: "the rows read are not as many as the total, \(Self.walks) times over")
        }
        return LingXingRows(seen.rows)
    }

    /// One walk; whether it saw the list whole: one total on every page, and as many different rows. Of a list that moves: no gap between
    /// its pages, and as many rows at least as there were at first.
    private func walk(
        into merge: inout Merge, _ fetch: (Int, Int) async throws(PartnerError) -> Page<Row>
    ) async throws(PartnerError) -> Bool {
        var offset = 0
        var count = 0
        var pages = 0
        var totals: [Int?] = []
        var hasGap = false
        while true {
            let page = try await fetch(offset, pages)
            if pages > 0, !(page.rows.first.map(merge.holds) ?? false) { hasGap = true }
            pages += 1
            totals.append(page.total)
            let seen = merge.rows.count
            for row in page.rows { merge.add(row) }
            count = offset + page.rows.count
            let isEnd = page.total.map { count >= $0 } ?? (page.rows.count < length)
            // A server that gives the same page again would do so for ever.
            if isEnd || merge.rows.count == seen { break }
            offset = count - overlap(of: page, after: count)
        }
        if case .unmoved = demand, !hasGap, merge.rows.count >= totals[0] ?? 0 { return true }
        let isSteady = totals.allSatisfy { $0 == totals[0] }
        return isSteady && merge.rows.count == totals[0] ?? count
    }

    /// The rows of this page that the next one begins with: a tenth, or fewer where that would cost a page more.
    private func overlap(of page: Page<Row>, after count: Int) -> Int {
        guard case .unmoved = demand else { return 0 }
        let most = page.rows.count / 10
        guard let total = page.total, total > count else { return most }
        let (whole, rest) = (total - count).quotientAndRemainder(dividingBy: length)
        return rest == 0 ? 0 : min(most, (length - rest) / (whole + 1))
    }

    /// Rows by key in order of first appearance, each in its newest state.
    private struct Merge {
        private enum Name: Hashable {
            case key(Key)
            case text(String, copy: Int)
        }

        let key: (Row) -> Key
        private(set) var rows: [PageRow<Row>] = []
        private var places: [Name: Int] = [:]

        init(key: @escaping (Row) -> Key) { self.key = key }

        func holds(_ row: PageRow<Row>) -> Bool { places[name(row)] != nil }

        mutating func add(_ row: PageRow<Row>) {
            let name = name(row)
            if let place = places[name] {
                rows[place] = row
            } else {
                places[name] = rows.count
                rows.append(row)
            }
        }

        private func name(_ row: PageRow<Row>) -> Name {
            switch row {
            case .readable(let value): .key(key(value))
            case .unreadable(_, let text, let copy): .text(text, copy: copy)
            }
        }
    }
}
