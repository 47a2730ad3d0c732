import Logging
import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy on 127.0.0.1 between our processes and one server, which cuts, delays and swallows as it is told.
///
/// A request is what a client sends until the server's next piece comes back: true of HTTP, of queries and of publishes alike.
package final class Link: Sendable {
    private struct State {
        var listener: (any Channel)?
        var clients: [ObjectIdentifier: any Channel] = [:]
        var fates: [Fate] = []
        var delay: TimeAmount?
        var isBlackHole = false
        var struck = 0
    }

    /// What becomes of one request.
    enum Fate: Sendable, Hashable {
        case passes
        case cutBefore, cutAfter
        case cutAfterBytes(Int)
    }

    package let name: LinkName
    private let targetPort: Int
    private let state = Mutex(State())

    package init(_ name: LinkName, to targetPort: Int) {
        self.name = name
        self.targetPort = targetPort
    }

    /// Starts to listen.
    /// - Returns: the port that it got.
    package func open() async throws -> Int {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { [self] client in
                client.eventLoop.makeCompletedFuture { try converse(client) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        state.withLock { $0.listener = listener }
        return listener.localAddress?.port ?? 0
    }

    package func close() async {
        let listener = state.withLock { $0.listener }
        try? await listener?.close()
        cut()
    }

    /// How many requests met a fault so far.
    package var struck: Int { state.withLock { $0.struck } }

    // MARK: Faults

    /// Resets every connection.
    package func cut() {
        let clients = state.withLock { state in
            state.struck += state.clients.count
            return Array(state.clients.values)
        }
        for client in clients { client.triggerUserOutboundEvent(Reset(), promise: nil) }
    }

    func addFates(_ fate: Fate, count: Int) {
        state.withLock { $0.fates += Array(repeating: fate, count: count) }
    }

    func setDelay(_ delay: TimeAmount?) { state.withLock { $0.delay = delay } }

    func setBlackHole(_ isBlackHole: Bool) { state.withLock { $0.isBlackHole = isBlackHole } }

    /// Everything passes again.
    package func heal() {
        state.withLock { state in
            state.fates = []
            state.delay = nil
            state.isBlackHole = false
        }
    }

    // MARK: What the conversations ask

    var isBlackHole: Bool { state.withLock { $0.isBlackHole } }
    var delay: TimeAmount? { state.withLock { $0.delay } }

    /// The fate of the next request.
    func nextFate() -> Fate {
        state.withLock { state in
            guard !state.fates.isEmpty else { return .passes }
            state.struck += 1
            return state.fates.removeFirst()
        }
    }

    func forget(_ client: any Channel) {
        _ = state.withLock { $0.clients.removeValue(forKey: ObjectIdentifier(client)) }
    }

    private func converse(_ client: any Channel) throws {
        state.withLock { $0.clients[ObjectIdentifier(client)] = client }
        let conversation = Conversation(client: client, link: self)
        try client.pipeline.syncOperations.addHandler(RelayHandler(conversation, isClient: true))
        let bound = NIOLoopBound(conversation, eventLoop: client.eventLoop)
        // On the same event loop, so that a conversation needs no lock.
        ClientBootstrap(group: client.eventLoop)
            .channelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    try server.pipeline.syncOperations.addHandler(RelayHandler(bound.value, isClient: false))
                }
            }
            .connect(host: "127.0.0.1", port: targetPort)
            .whenComplete { result in
                switch result {
                case .success(let server): bound.value.connected(server)
                case .failure: bound.value.reset()
                }
            }
    }
}

/// Asks a conversation to end.
struct Reset: Sendable {}
