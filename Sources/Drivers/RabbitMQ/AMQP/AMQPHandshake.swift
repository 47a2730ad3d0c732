import CRabbitMQ
import Glibc

/// Reaching the broker, TLS and login: the only part of librabbitmq that blocks, on the connection's own queue and with time-outs.
enum AMQPHandshake {
    static func connect(_ configuration: RabbitMQConfiguration) throws(RabbitMQError) -> AMQPHandle {
        _ = ignoreBrokenPipes
        guard let handle = AMQPHandle() else { throw .connectFailed(configuration, "out of memory") }
        var timeout = configuration.connectTimeout.timeval
        amqp_set_handshake_timeout(handle.state, &timeout)
        amqp_set_rpc_timeout(handle.state, &timeout)

        let socket = try makeSocket(handle, configuration)
        let status = amqp_socket_open_noblock(socket, configuration.host, Int32(configuration.port), &timeout)
        guard status == AMQP_STATUS_OK.rawValue else { throw .connectFailed(configuration, openFailure(status)) }
        limitStalls(handle, configuration)
        try logIn(handle, configuration)
        return handle
    }

    /// Writing to a connection that the broker closed must be an error, not the end of the process.
    private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    /// The broker's default too. A larger frame only delays heartbeats.
    private static let frameMax: Int32 = 131_072

    /// librabbitmq waits without limit for a socket to take a frame. Where the broker reads no more (frozen, or blocking publishers) and the
    /// buffers are full, the kernel ends such a connection when a heartbeat's answer would be overdue.
    private static func limitStalls(_ handle: AMQPHandle, _ configuration: RabbitMQConfiguration) {
        var milliseconds = CInt(2 * configuration.heartbeat * 1000)
        setsockopt(
            amqp_get_sockfd(handle.state), CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, socklen_t(MemoryLayout<CInt>.size))
    }

    private static func makeSocket(_ handle: AMQPHandle, _ configuration: RabbitMQConfiguration) throws(RabbitMQError)
        -> OpaquePointer
    {
        guard let tls = configuration.tls else {
            guard let socket = amqp_tcp_socket_new(handle.state) else { throw .connectFailed(configuration, "out of memory") }
            return socket
        }
        guard let socket = amqp_ssl_socket_new(handle.state) else {
            throw .connectFailed(configuration, "TLS could not be set up")
        }
        amqp_ssl_socket_set_verify_peer(socket, tls.verifiesPeer ? 1 : 0)
        amqp_ssl_socket_set_verify_hostname(socket, tls.verifiesPeer ? 1 : 0)
        _ = amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST)
        if tls.verifiesPeer, amqp_ssl_socket_set_cacert(socket, tls.certificateAuthorities) != AMQP_STATUS_OK.rawValue {
            throw .connectFailed(configuration, "the certificate authorities in \(tls.certificateAuthorities) cannot be read")
        }
        return socket
    }

    private static func logIn(_ handle: AMQPHandle, _ configuration: RabbitMQConfiguration) throws(RabbitMQError) {
        let reply = AMQPArena.with { arena in
            // librabbitmq's own list leaves out consumer_cancel_notify, and a consumer whose queue was deleted would wait for ever.
            var properties = arena.table([
                "connection_name": .string(configuration.connectionName),
                "capabilities": .table([
                    "authentication_failure_close": true, "basic.nack": true, "connection.blocked": true,
                    "consumer_cancel_notify": true,
                    "publisher_confirms": true,
                ]),
            ])
            return shim_amqp_login(
                handle.state, configuration.vhost, frameMax, Int32(configuration.heartbeat), &properties, configuration.user,
                configuration.password)
        }
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL: return
        case AMQP_RESPONSE_SERVER_EXCEPTION where reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD:
            let close = reply.reply.decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            throw .refusedLogin(configuration, close.reply_code, String(close.reply_text))
        case AMQP_RESPONSE_LIBRARY_EXCEPTION:
            throw .connectFailed(configuration, "login failed: \(String(amqpStatus: reply.library_error))")
        default:
            throw .connectFailed(configuration, "the connection ended during login")
        }
    }

    private static func openFailure(_ status: Int32) -> String {
        switch status {
        case AMQP_STATUS_SOCKET_ERROR.rawValue: "connection refused or host unreachable"
        case AMQP_STATUS_TIMEOUT.rawValue: "no answer in time"
        default: String(amqpStatus: status)
        }
    }
}

extension String {
    /// librabbitmq's words for a status.
    init(amqpStatus status: Int32) {
        self = amqp_error_string2(status).map { String(cString: $0) } ?? "librabbitmq status \(status)"
    }
}

extension Duration {
    fileprivate var timeval: Glibc.timeval {
        Glibc.timeval(tv_sec: Int(components.seconds), tv_usec: Int(components.attoseconds / 1_000_000_000_000))
    }
}

extension RabbitMQError {
    fileprivate static func connectFailed(_ configuration: RabbitMQConfiguration, _ reason: String) -> RabbitMQError {
        RabbitMQError(.connectFailed, "RabbitMQ at \(configuration.address) does not answer: \(reason)")
    }

    fileprivate static func refusedLogin(_ configuration: RabbitMQConfiguration, _ code: UInt16, _ text: String) -> RabbitMQError
    {
        RabbitMQError(
            .authenticationFailed,
            "RabbitMQ at \(configuration.address) refused the login; check user, password and virtual host of the URL",
            replyCode: code,
            replyText: text)
    }
}
