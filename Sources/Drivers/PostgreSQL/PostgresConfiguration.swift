/// Where the database is and how its sessions behave.
///
/// Every session has a connect time-out, TCP keepalives and a TCP user time-out, a statement time-out, UTC, ISO dates, UTF-8, and an
/// `idle_in_transaction_session_timeout` of 5 s (design 4): whatever dies or freezes, neither side waits for long. It plans with
/// `random_page_cost` 1.1, unless the URL's `options` say another.
package struct PostgresConfiguration: Sendable {
    /// What the URL says, by libpq keyword; the password is among it.
    private(set) var keywords: [String: String]
    package var applicationName: String
    /// The server stops a statement that runs longer (57014); the client gives up a little later. Zero is no limit.
    package var statementTimeout: Duration = .seconds(30)
    /// From the first byte to a usable session. Resolving the host name is not cut short by it.
    package var connectTimeout: Duration = .seconds(5)
    package var keepalive = Keepalive(idle: 4, interval: 2, count: 3)
    /// Server settings of every session, on top of those above: `["idle_session_timeout": "5s"]`.
    package var sessionSettings: [String: String] = [:]

    /// When TCP decides that the other side is gone, in seconds and probes.
    package struct Keepalive: Sendable {
        package var idle: Int
        package var interval: Int
        package var count: Int

        package init(idle: Int, interval: Int, count: Int) {
            self.idle = idle
            self.interval = interval
            self.count = count
        }
    }

    /// - Parameter url: a libpq URL, `postgres://role:password@host:port/database?sslmode=require`. What it says about time-outs,
    ///   keepalives and the application's name takes the place of the defaults here.
    /// - Throws: `.invalidURL`, which names the wrong part and never quotes the URL.
    package init(url: String, applicationName: String = "conveyor") throws(PostgresError) {
        keywords = try PostgresURL.keywords(of: url)
        self.applicationName = keywords["application_name"] ?? applicationName
        if let seconds = keywords["connect_timeout"].flatMap({ Int($0) }), seconds > 0 { connectTimeout = .seconds(seconds) }
    }

    /// The same server and role, another database.
    package func with(database: String) -> PostgresConfiguration {
        var other = self
        other.keywords["dbname"] = database
        return other
    }

    /// How long after a sign of life a session made by `holdingLocks()` certainly has its locks: a little less than the server's patience.
    package static let lockLease: Duration = .milliseconds(4500)

    /// For a session that holds advisory locks (design 4): the server drops it, and so its locks, within seconds of the holder's
    /// freezing or being cut off. Such a session must be pinged: `keepAlive(every: .milliseconds(1500))`.
    package func holdingLocks() -> PostgresConfiguration {
        var session = self
        session.keepalive = Keepalive(idle: 3, interval: 2, count: 3)
        let server = [
            "idle_session_timeout": "5s", "client_connection_check_interval": "2s",
            "tcp_keepalives_idle": "3", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3",
        ]
        session.sessionSettings.merge(server) { _, new in new }
        return session
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Role, host, port and database; safe to print.
    package var description: String {
        let role = keywords["user"].map { "\($0)@" } ?? ""
        func list(_ text: String) -> [Substring] { text.split(separator: ",", omittingEmptySubsequences: false) }
        let hosts = list(keywords["host"] ?? keywords["hostaddr"] ?? "localhost"), ports = list(keywords["port"] ?? "5432")
        let servers = hosts.enumerated().map { index, host in
            let port = index < ports.count ? ports[index] : ports[0]
            return "\(host):\(port.isEmpty ? "5432" : port)"
        }
        return "\(role)\(servers.joined(separator: ","))/\(keywords["dbname"] ?? keywords["user"] ?? "")"
    }

    package var debugDescription: String { description }

    /// `dump` and string interpolation of an enclosing value must not find the password either.
    package var customMirror: Mirror { Mirror(self, children: ["target": description]) }
}
