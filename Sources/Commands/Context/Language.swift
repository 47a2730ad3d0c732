import Domain

/// The language of what is told of an order: its status, holds and cures, waits and events. Everything else is in English.
enum Language: Sendable, Hashable {
    case english, chinese

    /// Chinese where the locale says so, by the usual precedence.
    init(environment: [String: String]) {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        self = locale?.hasPrefix("zh") == true ? .chinese : .english
    }

    func callAsFunction(_ words: Words) -> String {
        switch self {
        case .english: words.english
        case .chinese: words.chinese
        }
    }
}
