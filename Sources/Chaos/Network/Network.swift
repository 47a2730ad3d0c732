import Rehearsal

/// The four links of the fleet.
struct Network: Sendable {
    let links: [LinkName: Link]
    let ports: [LinkName: Int]

    static func open(_ surroundings: Surroundings, sandboxPort: Int) async throws -> Network {
        let targets: [LinkName: Int] = [
            .postgres: try surroundings.port(of: surroundings.databaseURL),
            .rabbitmq: try surroundings.port(of: surroundings.amqpURL),
            .dsco: sandboxPort, .lingxing: sandboxPort,
        ]
        var links: [LinkName: Link] = [:]
        var ports: [LinkName: Int] = [:]
        for (name, target) in targets {
            let link = Link(name, to: target)
            links[name] = link
            ports[name] = try await link.open()
        }
        return Network(links: links, ports: ports)
    }

    func heal() {
        for link in links.values { link.heal() }
    }

    func close() async {
        for link in links.values { await link.close() }
    }
}
