import Configuration
import FoundationEssentials
import SystemPackage

/// Reads settings: an environment variable wins over the file named by `<NAME>_FILE`, which wins over `env.yaml` (design 3).
package struct SettingsReader: Sendable {
    private let environment: [String: String]
    private let file: ConfigReader?

    /// - Parameter environment: the process's environment. `CONVEYOR_ENV` names the YAML file, `./env.yaml` by default; only a file that was
    ///   named must exist.
    package init(environment: [String: String]) async throws(SettingError) {
        self.environment = environment
        let named = environment["CONVEYOR_ENV"].flatMap { $0.isEmpty ? nil : $0 }
        let path = named ?? "env.yaml"
        do {
            let provider = try await FileProvider<YAMLSnapshot>(filePath: FilePath(path), allowMissing: named == nil)
            file = ConfigReader(provider: provider)
        } catch {
            // The rest of a parser's words quotes the file, and there are secrets in it.
            let words = "\(error)".split(whereSeparator: \.isNewline).first ?? "it is no YAML"
            throw SettingError("the settings file \(path) cannot be read: \(words)")
        }
    }

    func string(_ setting: Setting) throws(SettingError) -> String? {
        guard let value = try spelling(setting), !value.isEmpty else { return nil }
        // It would end a C string early, split a header or play with the terminal that shows an error.
        guard !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw SettingError(setting, "holds a control character")
        }
        return value
    }

    private func spelling(_ setting: Setting) throws(SettingError) -> String? {
        if let value = environment[setting.variable], !value.isEmpty { return value }
        if let path = environment["\(setting.variable)_FILE"], !path.isEmpty {
            guard let data = try? Data(contentsOf: URL(filePath: path)) else {
                throw SettingError(setting, "cannot be read from the file that \(setting.variable)_FILE names")
            }
            guard var text = String(validating: data, as: UTF8.self) else {
                throw SettingError(setting, "is not UTF-8 in the file that \(setting.variable)_FILE names")
            }
            // With its \r\n a line's end is one character.
            if text.last?.isNewline == true { text.removeLast() }
            return text
        }
        let key = ConfigKey(setting.path)
        if let value = file?.string(forKey: key, isSecret: setting.isSecret) { return value }
        // What is there and is no text would pass for absent, and a default would stand in for it.
        guard file?.stringArray(forKey: key, isSecret: setting.isSecret) == nil else {
            throw SettingError(setting, "must be one value, not a list")
        }
        return nil
    }

    func required(_ setting: Setting) throws(SettingError) -> String {
        guard let value = try string(setting) else { throw SettingError(setting, "is not set") }
        return value
    }

    /// A positive number of seconds; zero only where `allowsZero`.
    func seconds(
        _ setting: Setting, default standard: Double, allowsZero: Bool = false, most: Double = 86_400
    ) throws(SettingError) -> Double {
        guard let text = try string(setting) else { return standard }
        guard let value = Double(text), value.isFinite, value > 0 || (allowsZero && value == 0), value <= most else {
            let bounds = (allowsZero ? "" : " above 0") + (most < 86_400 ? " and at most \(Int(most))" : "")
            throw SettingError(setting, "must be a number of seconds\(bounds), not \(text)")
        }
        return value
    }

    func url(_ setting: Setting, default standard: String) throws(SettingError) -> String {
        let text = try string(setting) ?? standard
        guard let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme),
            url.host()?.isEmpty == false,
            url.query() == nil, url.user() == nil
        else { throw SettingError(setting, "must be a plain http or https URL such as \(standard)") }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
