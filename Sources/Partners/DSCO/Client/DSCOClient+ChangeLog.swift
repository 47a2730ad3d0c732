import JSON
package import PartnerHTTP

extension DSCOClient {
    /// What became of batches (DSCO contract 2), all pages. A request id that DSCO does not know (yet) gives no rows and no progress.
    ///
    /// - Parameter includesPending: whether rows that DSCO has not worked through yet are asked for too; without them, a row that is missing
    ///   may not be decided yet.
    package func changes(
        in log: ChangeLog, _ lookup: ChangeLogQuery, includesPending: Bool = false, deadline: ContinuousClock.Instant? = nil
    ) async throws(PartnerError) -> ChangeLogAnswer {
        let query = lookup.query + (includesPending ? [] : [("status", "success_or_failure")])
        guard let first = try await page(of: log, query, deadline: deadline) else {
            return ChangeLogAnswer(progress: nil, rows: [])
        }
        var rows = first.rows
        var scrollID = first.rows.isEmpty ? nil : first.scrollID
        var pages = 1
        while let id = scrollID {
            guard let next = try await page(of: log, [("scrollId", id)], deadline: deadline) else {
                throw PartnerError(.dsco, .unavailable, call: log.endpoint.rawValue, code: "scroll_expired", status: 404)
            }
            rows += next.rows
            scrollID = next.rows.isEmpty ? nil : next.scrollID ?? id
            pages += 1
            guard pages <= Self.mostPages else {
                throw PartnerError(.dsco, .malformedAnswer, call: log.endpoint.rawValue, code: "endless_pages")
            }
        }
        // The first page's word counts: rows that were added while the others were read need not be among them.
        return ChangeLogAnswer(progress: first.progress, rows: rows)
    }

    /// One page; nil when DSCO has none (an expired scrollId, an unknown request).
    private func page(
        of log: ChangeLog, _ query: [(String, String)], deadline: ContinuousClock.Instant?
    ) async throws(PartnerError) -> ChangeLogPage? {
        try await call(
            log.endpoint, query: query, deadline: deadline, accepts: DSCOAnswer.isNotFound
        ) { response throws(PartnerError) in
            if response.status == 404 { return nil }
            return try decode(response, log.endpoint) { json throws(JSONError) in try ChangeLogPage(json, of: log) }
        }
    }
}

extension ChangeLogQuery {
    var query: [(String, String)] {
        switch self {
        case .request(let id): [("requestId", id)]
        case .time(let start, let end): [("startDate", DSCODate.text(start)), ("endDate", DSCODate.text(end))]
        }
    }
}
