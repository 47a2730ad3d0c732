import FoundationEssentials

/// Where a storm or a measurement takes place.
package struct Surroundings: Sendable {
    /// The folder of the built executables.
    package let programs: String
    /// Logs, records and what is kept of a failure.
    package let folder: String
    package let databaseURL: String
    package let amqpURL: String
    package let managementURL: String
    package let serversScript: String
    /// What this process was started with: the children need a part of it.
    package let inherited: [String: String]

    /// - Parameters:
    ///   - script: `ops/servers`.
    ///   - environment: names the servers, as the scripts of `ops` have set it.
    package init(programs: String, folder: String, script: String, environment: [String: String]) throws(RehearsalError) {
        func required(_ name: String) throws(RehearsalError) -> String {
            guard let value = environment[name] else { throw RehearsalError("\(name) is not set: start this with ops") }
            return value
        }
        self.programs = programs
        self.folder = folder
        databaseURL = try required("DATABASE_URL")
        amqpURL = try required("AMQP_URL")
        managementURL = try required("CONVEYOR_TEST_RABBITMQ_MANAGEMENT_URL")
        serversScript = script
        inherited = environment
    }

    package var logs: String { "\(folder)/logs" }

    package func port(of url: String) throws(RehearsalError) -> Int {
        guard let port = URLComponents(string: url)?.port else { throw RehearsalError("a server's URL names no port") }
        return port
    }

    /// The same URL by way of a proxy.
    package func url(_ url: String, through port: Int) throws(RehearsalError) -> String {
        guard var components = URLComponents(string: url) else { throw RehearsalError("a server's URL cannot be read") }
        components.port = port
        guard let text = components.string else { throw RehearsalError("a server's URL cannot be read") }
        return text
    }

    /// Another database or virtual host of the same server.
    package func url(_ url: String, path: String) throws(RehearsalError) -> String {
        guard var components = URLComponents(string: url) else { throw RehearsalError("a server's URL cannot be read") }
        components.path = "/\(path)"
        guard let text = components.string else { throw RehearsalError("a server's URL cannot be read") }
        return text
    }

    package var vhost: String { URLComponents(string: amqpURL)?.path.drop { $0 == "/" }.description ?? "" }
}
