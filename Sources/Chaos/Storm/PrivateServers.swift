import Glibc
import Rehearsal

/// The storm's own PostgreSQL and RabbitMQ, stopped, killed and started by `ops/servers`.
struct PrivateServers: Sendable {
    /// The script, and the environment in which it finds this storm's servers.
    let script: String
    let environment: [String: String]
    let log: String

    func stop(_ server: Server) async throws { try await call("down", server) }
    func kill(_ server: Server) async throws { try await call("kill", server) }
    func start(_ server: Server) async throws { try await call("up", server) }

    private func call(_ verb: String, _ server: Server) async throws {
        let exit = try await ChildProcess(script, [verb, server.rawValue], environment: environment, log: log).exit()
        guard exit == .status(0) else {
            throw RehearsalError("ops/servers \(verb) \(server.rawValue) failed (\(exit)); its log: \(log)")
        }
    }
}
