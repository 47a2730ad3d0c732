/// The two form encodings that the partners' token calls use.
enum Forms {
    /// `a=1&b=2`, of a query or an `application/x-www-form-urlencoded` body. A plus sign is a blank.
    static func urlEncoded(_ text: some StringProtocol) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : "")
        }
    }

    static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(0x20)
            } else if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text fields of a `multipart/form-data` body; nil when it is none.
    static func multipart(_ body: [UInt8], contentType: String) -> [String: String]? {
        guard contentType.lowercased().hasPrefix("multipart/form-data"),
            let range = contentType.firstRange(of: "boundary=")
        else { return nil }
        var boundary = contentType[range.upperBound...].prefix { $0 != ";" }.trimmed
        if boundary.hasPrefix("\""), boundary.hasSuffix("\""), boundary.count > 1 {
            boundary = String(boundary.dropFirst().dropLast())
        }
        let text = String(decoding: body, as: UTF8.self)
        guard text.contains("--\(boundary)--") else { return nil }
        var fields: [String: String] = [:]
        for part in text.split(separator: "--\(boundary)") {
            guard let blank = part.firstRange(of: "\r\n\r\n") else { continue }
            let head = part[..<blank.lowerBound]
            var value = part[blank.upperBound...]
            if value.hasSuffix("\r\n") { value = value.dropLast() }
            guard let name = head.firstRange(of: "name=\"") else { return nil }
            fields[String(head[name.upperBound...].prefix { $0 != "\"" })] = String(value)
        }
        return fields
    }
}
