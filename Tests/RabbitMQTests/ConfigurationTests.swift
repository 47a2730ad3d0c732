import RabbitMQ
import Testing

@Suite struct `A RabbitMQ URL` {
    struct Good: Sendable {
        let url: String
        let host: String
        let port: Int
        let vhost: String
        var user = "guest"
        var isSecure = false
    }

    @Test(arguments: [
        Good(url: "amqp://h", host: "h", port: 5672, vhost: "/"),
        Good(url: "amqp://h/", host: "h", port: 5672, vhost: "/"),
        Good(url: "amqp://h/%2f", host: "h", port: 5672, vhost: "/"),
        Good(url: "amqp://h:5673/%2Fa%2Fb", host: "h", port: 5673, vhost: "/a/b"),
        Good(url: "AMQP://u%40x:p%3a%2fw@h:1/v", host: "h", port: 1, vhost: "v", user: "u@x"),
        Good(
            url: "amqps://u:p@[::1]:99/v?verify=verify_none&heartbeat=7", host: "::1", port: 99, vhost: "v", user: "u",
            isSecure: true),
        Good(url: "amqps://[::1]", host: "::1", port: 5671, vhost: "/", isSecure: true),
    ]) func `is read`(good: Good) throws {
        let read = try RabbitMQConfiguration(url: good.url)
        #expect(read.host == good.host)
        #expect(read.port == good.port)
        #expect(read.vhost == good.vhost)
        #expect(read.user == good.user)
        #expect((read.tls != nil) == good.isSecure)
    }

    @Test func `sets TLS and time-outs by its query`() throws {
        let checked = try RabbitMQConfiguration(url: "amqps://h?cacertfile=%2Fca.pem&connection_timeout=1500&heartbeat=9")
        #expect(checked.tls?.certificateAuthorities == "/ca.pem")
        #expect(checked.tls?.verifiesPeer == true)
        #expect(checked.connectTimeout == .milliseconds(1500))
        #expect(checked.heartbeat == 9)
        #expect(try RabbitMQConfiguration(url: "amqps://h?verify=none").tls?.verifiesPeer == false)
    }

    @Test(arguments: [
        ("http://u:hunter2@h", "amqp://"),
        ("amqp://u:hunter2@", "host"),
        ("amqp://u:hunter2@h:x", "port"),
        ("amqp://u:hunter2@h:70000", "port"),
        ("amqp://u:hunter2@h/a/b", "%2f"),
        ("amqp://u:hunter2%zz@h", "password"),
        ("amqp://u:hunter2@h/%00", "virtual host"),
        ("amqp://u:hunter2@h?verify=none", "verify"),
        ("amqp://u:hunter2@h?heartbeat=0", "heartbeat"),
        ("amqp://u:hunter2@h?colour=hunter2", "parameter"),
    ]) func `that is wrong is refused with the part named and without the password`(url: String, part: String) throws {
        let error = try #require(throws: RabbitMQError.self) { try RabbitMQConfiguration(url: url) }
        #expect(error.code == .invalidURL)
        #expect(error.description.contains(part))
        #expect(!error.debugDescription.contains("hunter2"))
    }

    @Test func `never shows its password`() throws {
        let configuration = try RabbitMQConfiguration(url: "amqp://u:hunter2@h/v")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains("hunter2"))
    }
}
