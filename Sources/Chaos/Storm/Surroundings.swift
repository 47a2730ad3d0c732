import FoundationEssentials

/// Where a storm takes place.
struct Surroundings: Sendable {
    /// The folder of the built executables.
    let programs: String
    /// Logs, records and what is kept of a failure.
    let folder: String
    let databaseURL: String
    let amqpURL: String
    let managementURL: String
    let serversScript: String
    /// What this process was started with: the children need a part of it.
    let inherited: [String: String]

    var logs: String { "\(folder)/logs" }

    func port(of url: String) throws(StormError) -> Int {
        guard let port = URLComponents(string: url)?.port else { throw StormError("a server's URL names no port") }
        return port
    }

    /// The same URL by way of a proxy.
    func url(_ url: String, through port: Int) throws(StormError) -> String {
        guard var components = URLComponents(string: url) else { throw StormError("a server's URL cannot be read") }
        components.port = port
        guard let text = components.string else { throw StormError("a server's URL cannot be read") }
        return text
    }

    var vhost: String { URLComponents(string: amqpURL)?.path.drop { $0 == "/" }.description ?? "" }
}
