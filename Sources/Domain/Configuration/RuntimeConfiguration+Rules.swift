/// The rules between values, judged only where an enabled job needs them (design 5).
extension RuntimeConfiguration {
    private func isAnyEnabled(_ stages: Stage...) -> Bool { stages.contains { job($0).isEnabled } }

    var mappingFaults: [ConfigurationFault] {
        var faults: [ConfigurationFault] = []
        if isAnyEnabled(.push, .ship, .invoice) {
            faults += emptiness(of: mapping.shop, "mapping.shop")
            faults += mapping.shop.sorted { $0.key < $1.key }.filter { !Self.isStoreID($0.value) }.map {
                ConfigurationFault(path: "mapping.shop.\($0.key)", message: "must be a LingXing store id, a whole number")
            }
        }
        if isAnyEnabled(.stock) {
            faults += emptiness(of: mapping.warehouse, "mapping.warehouse")
            faults += mapping.warehouse.filter(\.value.isEmpty).keys.sorted().map {
                ConfigurationFault(path: "mapping.warehouse.\($0)", message: "must be a LingXing warehouse id")
            }
            faults += reverseConflicts(of: mapping.warehouse, "mapping.warehouse")
        }
        if isAnyEnabled(.ship, .invoice, .stock) { faults += reverseConflicts(of: mapping.sku, "mapping.sku") }
        return faults
    }

    var retryFaults: [ConfigurationFault] {
        guard retry.maxSeconds < retry.baseSeconds else { return [] }
        return [ConfigurationFault(path: "retry.max_seconds", message: "must not be below retry.base_seconds")]
    }

    private func emptiness(of mapping: [String: String], _ path: String) -> [ConfigurationFault] {
        mapping.isEmpty ? [ConfigurationFault(path: path, message: "must not be empty while a job that needs it is enabled")] : []
    }

    /// Two DSCO names for one LingXing name: the way back is not known. Every name but the first is at fault.
    private func reverseConflicts(of mapping: [String: String], _ path: String) -> [ConfigurationFault] {
        var names: [String: String] = [:]
        var faults: [ConfigurationFault] = []
        for (name, target) in mapping.sorted(by: { $0.key < $1.key }) where !target.isEmpty {
            if let first = names[target] {
                faults.append(ConfigurationFault(path: "\(path).\(name)", message: "leads to \(target), and so does \(first)"))
            } else {
                names[target] = name
            }
        }
        return faults
    }

    private static func isStoreID(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } && (Int64(text) ?? 0) > 0
    }
}
