package import JSON

extension RuntimeConfiguration {
    /// Reads and checks a whole document: absent = default, unknown key = fault.
    ///
    /// - Throws: every fault with its path; nothing of the document counts then.
    package static func parse(_ json: JSON) throws(ConfigurationFaults) -> RuntimeConfiguration {
        var configuration = RuntimeConfiguration()
        var faults: [ConfigurationFault] = []
        ConfigurationSchema.document.read(json, at: "", into: &configuration, faults: &faults)
        faults += configuration.mappingFaults + configuration.retryFaults
        guard faults.isEmpty else { throw ConfigurationFaults(faults) }
        return configuration
    }

    /// Reads and checks a whole document from its text; a text that is not JSON is one fault without a path.
    package static func parse(_ bytes: some Collection<UInt8>) throws(ConfigurationFaults) -> RuntimeConfiguration {
        let json: JSON
        do throws(JSONError) {
            json = try JSON.parse(bytes)
        } catch {
            throw ConfigurationFaults([ConfigurationFault(path: "", message: "is \(error.description)")])
        }
        return try parse(json)
    }

    /// The whole document, defaults included: setting what was shown changes nothing (design 3).
    package var document: JSON { ConfigurationSchema.document.write(self) }
}
