import LingXing
import PartnerHTTP
import Pipeline
import StageRunner

/// Rows of a list that was asked for by platform order numbers, given to the numbers they belong to.
enum NumberedRows {
    /// What a look up has met so far.
    private struct Course {
        /// As many as two numbers among two hundred need to be found: more are no one order's fault.
        var failuresLeft = 20
        var hasAnswer = false
        var lastFailure: PartnerError?
    }

    /// Looks the numbers up at once. A row that cannot be read and names none of them may be any's, and a list that LingXing refuses or answers
    /// unreadably may be so for any of them: the numbers are then asked for in halves, until it is known whose it is.
    ///
    /// - Returns: every number with its rows, or why they cannot be told.
    /// - Throws: what LingXing said to all of them: that is no order's fault, and costs none an attempt (invariant 9).
    static func look<Row: Sendable>(
        up numbers: [String], numbersOf: (Row) -> [String], _ list: ([String]) async throws -> LingXingRows<Row>
    ) async throws -> [String: LingXingLookup.Found<Row>] {
        var course = Course()
        let found = try await look(up: numbers, numbersOf: numbersOf, &course, list)
        if !course.hasAnswer, let failure = course.lastFailure { throw failure }
        return found
    }

    private static func look<Row: Sendable>(
        up numbers: [String], numbersOf: (Row) -> [String], _ course: inout Course,
        _ list: ([String]) async throws -> LingXingRows<Row>
    ) async throws -> [String: LingXingLookup.Found<Row>] {
        guard !numbers.isEmpty else { return [:] }
        func halves() async throws -> [String: LingXingLookup.Found<Row>] {
            let middle = numbers.count / 2
            let first = try await look(up: Array(numbers[..<middle]), numbersOf: numbersOf, &course, list)
            let second = try await look(up: Array(numbers[middle...]), numbersOf: numbersOf, &course, list)
            return first.merging(second) { first, _ in first }
        }
        let rows: LingXingRows<Row>
        do {
            rows = try await list(numbers)
            course.hasAnswer = true
        } catch let error as PartnerError where error.mayConcernOneNumber && course.failuresLeft > 0 {
            course.failuresLeft -= 1
            course.lastFailure = error
            guard numbers.count == 1 else { return try await halves() }
            return [numbers[0]: .failure(OrderTrouble(Failure(error)))]
        }
        let asked = Dictionary(grouping: numbers, by: LingXingClient.asSent)
        func owners(_ named: [String]) -> [String] { named.flatMap { asked[$0] ?? [] } }

        if numbers.count > 1, rows.unreadable.contains(where: { owners($0.platformOrderNos).isEmpty }) {
            return try await halves()
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

extension PartnerError {
    fileprivate var mayConcernOneNumber: Bool {
        switch kind {
        case .refused, .malformedAnswer: true
        case .notExecuted, .unknownOutcome, .unavailable, .credentials, .bug: false
        }
    }
}
