/// One thing wrong with a configuration document.
package struct ConfigurationFault: Sendable, Hashable, CustomStringConvertible {
    /// Where, such as `jobs.push_to_lingxing.cron` or `mapping.shop.1234`; empty for the document as a whole.
    package let path: String
    /// What is wrong, as the end of a sentence about that place.
    package let message: String

    package init(path: String, message: String) {
        self.path = path.shortened(to: 200)
        self.message = message.shortened(to: 400)
    }

    package var description: String { path.isEmpty ? "the document \(message)" : "\(path) \(message)" }
}

/// Everything wrong with a configuration document: it is refused as a whole.
package struct ConfigurationFaults: Error, Sendable, Hashable, CustomStringConvertible {
    /// In document order, never empty; of very many the first ones.
    package let faults: [ConfigurationFault]

    package init(_ faults: [ConfigurationFault]) {
        let more = faults.count - Self.most
        self.faults =
            more > 0 ? faults.prefix(Self.most) + [ConfigurationFault(path: "", message: "has \(more) more faults")] : faults
    }

    private static let most = 100

    package var description: String { faults.map(\.description).joined(separator: "\n") }
}

extension String {
    /// Cut for people, who read no megabytes: by scalars, since one character may be as long as it likes.
    fileprivate func shortened(to limit: Int) -> String {
        guard utf8.count > limit, unicodeScalars.count > limit else { return self }
        return String(unicodeScalars.prefix(limit)) + "…"
    }
}
