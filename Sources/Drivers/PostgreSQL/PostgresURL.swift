import CPostgres

/// Reads a database URL with libpq, after finding its faults by hand: libpq's own words about a bad URL may quote the password.
enum PostgresURL {
    static func keywords(of url: String) throws(PostgresError) -> [String: String] {
        try check(url)
        var words: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(url, &words)
        defer {
            PQconninfoFree(options)
            PQfreemem(words)
        }
        guard var option = options else {
            throw refused("libpq cannot read it. Its words are left out here, since they may quote the password.")
        }
        var keywords: [String: String] = [:]
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { keywords[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return keywords
    }

    private static func check(_ url: String) throws(PostgresError) {
        guard let scheme = ["postgres://", "postgresql://"].first(where: url.hasPrefix) else {
            throw refused("it must begin with postgres:// or postgresql://.")
        }
        guard !url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
            throw refused("it contains a blank or a control character.")
        }
        try checkEscapes(url)
        let rest = url.dropFirst(scheme.count)
        let beforeQuery = rest.prefix { $0 != "?" }
        let authority = beforeQuery.prefix { $0 != "/" }
        try checkAuthority(authority)
        try checkQuery(rest.dropFirst(beforeQuery.count).dropFirst())
    }

    private static func checkEscapes(_ url: String) throws(PostgresError) {
        let bytes = Array(url.utf8)
        for index in bytes.indices where bytes[index] == UInt8(ascii: "%") {
            let code = bytes[(index + 1)...].prefix(2)
            let value = UInt8(String(decoding: code, as: UTF8.self), radix: 16)
            guard code.count == 2, code.first != UInt8(ascii: "+"), let value, value != 0 else {
                throw refused("a % is not followed by the two digits of a character's code; a plain % is written %25.")
            }
        }
    }

    private static func checkAuthority(_ authority: Substring) throws(PostgresError) {
        let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2 else {
            throw refused("there is an @ in the user name or the password; it is written %40.")
        }
        for server in (parts.last ?? "").split(separator: ",", omittingEmptySubsequences: false) {
            var port = server
            if server.hasPrefix("[") {
                guard let bracket = server.firstIndex(of: "]") else { throw refused("the [ of the IPv6 address is not closed.") }
                port = server[server.index(after: bracket)...]
            }
            guard let colon = port.firstIndex(of: ":") else { continue }
            guard let number = Int(port[port.index(after: colon)...]), (1...65535).contains(number) else {
                let cause = "A / ? or # in the password also reads as this: write %2F, %3F, %23."
                throw refused("the port is not a number from 1 to 65535. (\(cause))")
            }
        }
    }

    private static func checkQuery(_ query: Substring) throws(PostgresError) {
        for (index, parameter) in query.split(separator: "&", omittingEmptySubsequences: false).enumerated() where !query.isEmpty
        {
            let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, !pair[0].isEmpty else {
                throw refused("parameter \(index + 1) behind the ? is not name=value.")
            }
            guard pair[0] == "ssl" || isKeyword(pair[0]) else {
                throw refused("parameter \(index + 1) behind the ? is none that libpq knows.")
            }
        }
    }

    private static func isKeyword(_ name: Substring) -> Bool {
        let defaults = PQconndefaults()
        defer { PQconninfoFree(defaults) }
        var option = defaults
        while let current = option, let keyword = current.pointee.keyword {
            if String(cString: keyword) == name { return true }
            option = current + 1
        }
        return false
    }

    private static func refused(_ words: String) -> PostgresError {
        PostgresError(.invalidURL, "The database URL cannot be used: \(words)")
    }
}
