import CPostgres

extension PostgresError {
    /// What a failed result says.
    init(result: OpaquePointer, query: PostgresQuery?) {
        let words = Self.field(PG_FIELD_MESSAGE, of: result) ?? String(cString: PQresultErrorMessage(result)).oneLine
        let sqlState = Self.field(PG_FIELD_SQLSTATE, of: result)
        let table = Self.field(PG_FIELD_TABLE, of: result)
        self.init(
            Self.code(sqlState: sqlState, isFatal: Self.isFatal(result)),
            Self.message(sqlState: sqlState, isFatal: Self.isFatal(result), words: words, table: table))
        self.sqlState = sqlState
        self.table = table
        constraint = Self.field(PG_FIELD_CONSTRAINT, of: result)
        column = Self.field(PG_FIELD_COLUMN, of: result)
        story = ["Message: \(words)"]
        let details = [
            ("Detail", PG_FIELD_DETAIL), ("Hint", PG_FIELD_HINT), ("Context", PG_FIELD_CONTEXT),
            ("Position", PG_FIELD_POSITION),
        ]
        for (title, key) in details {
            if let text = Self.field(key, of: result) { story.append("\(title): \(text)") }
        }
        if let query { story.append("SQL: \(query.sql)") }
    }

    /// The server ends the session with such an error.
    static func isFatal(_ result: OpaquePointer) -> Bool {
        let severity = field(PG_FIELD_SEVERITY, of: result)
        return severity == "FATAL" || severity == "PANIC"
    }

    private static func field(_ key: some BinaryInteger, of result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(key)).map { String(cString: $0) }
    }

    private static func code(sqlState: String?, isFatal: Bool) -> Code {
        // Without an SQLSTATE the error is libpq's own: it lost the connection in mid-answer.
        guard let sqlState, !isFatal, !sqlState.hasPrefix("08") else { return .connectionLost }
        switch sqlState {
        case "57P01", "57P02", "57P03", "57P04", "57P05": return .connectionLost
        case "57014": return .timedOut
        default: return .server(sqlState: sqlState)
        }
    }

    /// The server's words name tables, columns and constraints; only those of class 22 (data exceptions) quote the value itself.
    private static func message(sqlState: String?, isFatal: Bool, words: String, table: String?) -> String {
        guard let sqlState else { return "The database session ended: \(words)" }
        if isFatal { return "The database ended the session (\(sqlState)): \(words)" }
        if sqlState == "57014" { return "The database stopped the statement: it ran longer than its time-out (57014)." }
        if sqlState.hasPrefix("22") { return "The database refused a value (\(sqlState), data exception)." }
        let place = table.map { " on \($0)" } ?? ""
        return "The database refused the statement\(place) (\(sqlState)): \(words)"
    }

    /// Why no session could be opened, from libpq's words in verbose form: `FATAL:  28P01: password authentication failed …`.
    static func connecting(to target: PostgresConfiguration, words: String, needsPassword: Bool) -> PostgresError {
        // The severity before it, FATAL, has five letters too, but no digit.
        let sqlState = words.firstMatch(of: #/: +(?=[A-Z]*[0-9])([0-9A-Z]{5}): /#).map { String($0.1) }
        let summary = words.split(separator: " LOCATION: ").first.map(String.init) ?? words
        var error: PostgresError
        switch sqlState {
        case _ where needsPassword, "28P01", "28000":
            error = PostgresError(.authenticationFailed, "The database at \(target) does not let this role in: \(summary)")
        // PgBouncer's words; a server would take the settings.
        case _ where words.contains("unsupported startup parameter"):
            error = .pooled(target, "it refuses the session's settings (\(summary))")
        case "3D000":
            error = PostgresError(
                .databaseMissing, "There is no such database at \(target): create it, or correct the URL. (\(summary))")
        default:
            error = PostgresError(.connectionFailed, "No connection to the database at \(target): \(summary)")
        }
        error.sqlState = sqlState
        return error
    }
}
