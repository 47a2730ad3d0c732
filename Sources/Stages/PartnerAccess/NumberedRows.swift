import LingXing
import StageRunner

/// Rows of a list that was asked for by platform order numbers, given to the numbers they belong to.
enum NumberedRows {
    /// Looks the numbers up at once. A row that cannot be read and names none of them may be any's: the numbers are then asked for in
    /// halves, until it is known whose it is.
    ///
    /// - Returns: every number with its rows, or why they cannot be told.
    static func look<Row: Sendable>(
        up numbers: [String], numbersOf: (Row) -> [String], _ list: ([String]) async throws -> LingXingRows<Row>
    ) async throws -> [String: LingXingLookup.Found<Row>] {
        guard !numbers.isEmpty else { return [:] }
        let rows = try await list(numbers)
        let asked = Dictionary(grouping: numbers, by: LingXingClient.asSent)
        func owners(_ named: [String]) -> [String] { named.flatMap { asked[$0] ?? [] } }

        if numbers.count > 1, rows.unreadable.contains(where: { owners($0.platformOrderNos).isEmpty }) {
            let middle = numbers.count / 2
            let first = try await look(up: Array(numbers[..<middle]), numbersOf: numbersOf, list)
            let second = try await look(up: Array(numbers[middle...]), numbersOf: numbersOf, list)
            return first.merging(second) { first, _ in first }
        }
        var found: [String: LingXingLookup.Found<Row>] = Dictionary(numbers.map { ($0, .success([])) }) { first, _ in first }
        for row in rows.readable {
            for number in owners(numbersOf(row)) { found[number] = found[number]?.map { $0 + [row] } }
        }
        for row in rows.unreadable {
            let named = owners(row.platformOrderNos)
            for number in named.isEmpty ? numbers : named { found[number] = .failure(OrderTrouble(row)) }
        }
        return found
    }
}
