extension PostgresConfiguration {
    /// Everything libpq is told when it connects.
    var connectionKeywords: [String: String] {
        var all = [
            "connect_timeout": String(max(2, connectTimeout.components.seconds)),
            "keepalives": "1",
            "keepalives_idle": String(keepalive.idle),
            "keepalives_interval": String(keepalive.interval),
            "keepalives_count": String(keepalive.count),
            "tcp_user_timeout": String((keepalive.idle + keepalive.interval * keepalive.count) * 1000),
        ]
        all.merge(keywords) { _, fromURL in fromURL }
        all["application_name"] = applicationName
        all["client_encoding"] = "UTF8"
        all["options"] = [Self.planning, keywords["options"], startupOptions].compactMap(\.self).joined(separator: " ")
        return all
    }

    /// The server's default is for disks that seek: with it, a batch of a thousand rows that are named by key is looked for in the whole of
    /// a table of tens of thousands. It takes the place of what the server, database or role have set; the URL's options come later and win.
    private static let planning = "-c random_page_cost=1.1"

    /// Settings sent with the start of the session, so that they cost no round trip and survive `DISCARD ALL`.
    private var startupOptions: String {
        var settings = [
            "statement_timeout": String(statementTimeout.milliseconds),
            "idle_in_transaction_session_timeout": "5s",
            "TimeZone": "UTC",
            // The text formats that values are read in.
            "DateStyle": "ISO",
            "bytea_output": "hex",
            "extra_float_digits": "1",
        ]
        settings.merge(sessionSettings) { _, asked in asked }
        return settings.sorted { $0.key < $1.key }.map { "-c \(Self.escaped("\($0.key)=\($0.value)"))" }.joined(separator: " ")
    }

    /// The server splits `options` at blanks that no backslash precedes.
    private static func escaped(_ setting: String) -> String {
        var escaped = ""
        for character in setting {
            if character == " " || character == "\\" { escaped.append("\\") }
            escaped.append(character)
        }
        return escaped
    }
}

extension Duration {
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
