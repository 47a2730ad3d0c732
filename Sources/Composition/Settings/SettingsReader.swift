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
            throw SettingError("the settings file \(path) cannot be read: \(error)")
        }
    }

    func string(_ setting: Setting) throws(SettingError) -> String? {
        if let value = environment[setting.variable], !value.isEmpty { return value }
        if let path = environment["\(setting.variable)_FILE"], !path.isEmpty {
            guard let data = try? Data(contentsOf: URL(filePath: path)) else {
                throw SettingError(setting, "cannot be read from the file that \(setting.variable)_FILE names")
            }
            let text = String(decoding: data, as: UTF8.self)
            return text.hasSuffix("\n") ? String(text.dropLast()) : text
        }
        guard let value = file?.string(forKey: ConfigKey(setting.path), isSecret: setting.isSecret), !value.isEmpty else {
            return nil
        }
        return value
    }

    func required(_ setting: Setting) throws(SettingError) -> String {
        guard let value = try string(setting) else { throw SettingError(setting, "is not set") }
        return value
    }

    /// A positive number of seconds; zero only where `allowsZero`.
    func seconds(_ setting: Setting, default standard: Double, allowsZero: Bool = false) throws(SettingError) -> Double {
        guard let text = try string(setting) else { return standard }
        guard let value = Double(text), value.isFinite, value > 0 || (allowsZero && value == 0), value <= 86_400 else {
            throw SettingError(setting, "must be a number of seconds\(allowsZero ? "" : " above 0"), not \(text)")
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
