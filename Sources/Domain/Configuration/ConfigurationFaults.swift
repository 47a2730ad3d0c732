/// One thing wrong with a configuration document.
package struct ConfigurationFault: Sendable, Hashable, CustomStringConvertible {
    /// Where, such as `jobs.push_to_lingxing.cron` or `mapping.shop.1234`; empty for the document as a whole.
    package let path: String
    /// What is wrong, as the end of a sentence about that place.
    package let message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    package var description: String { path.isEmpty ? "the document \(message)" : "\(path) \(message)" }
}

/// Everything wrong with a configuration document: it is refused as a whole.
package struct ConfigurationFaults: Error, Sendable, Hashable, CustomStringConvertible {
    /// In document order, never empty.
    package let faults: [ConfigurationFault]

    package init(_ faults: [ConfigurationFault]) { self.faults = faults }

    package var description: String { faults.map(\.description).joined(separator: "\n") }
}
